import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Pattern `branch`: one task after the other in the user's checkout, which is given back whatever happens.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({
    'README.md': '# scratch\n',
    'src/a.txt': 'one\ntwo\nthree\n',
    '.gitignore': '*.log\n.env\n',
  });
});
afterEach(() => scratch.remove());

const NAME = 'TS-0001-scratch';
const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const head = () => scratch.git('symbolic-ref', 'HEAD');
const dirt = () => scratch.git('status', '--porcelain', '-uall');
const shown = (revision: string, path: string) => scratch.git('show', `${revision}:${path}`);

const FOUR = [
  { id: 'task-001', create: ['task-001.txt'] },
  { id: 'task-002', create: ['task-002.txt'] },
  { id: 'task-003', wave: 2, deps: ['task-001'], create: ['task-003.txt'] },
  { id: 'task-004', wave: 2, deps: ['task-002', 'task-003'], create: ['task-004.txt'] },
];

describe('a run in the checkout', () => {
  it('ends in the same integrated tree as with worktrees, one task at a time', async () => {
    shellPlan(scratch, { tasks: FOUR }, { 'task-004': 'cat task-002.txt task-003.txt > task-004.txt' });
    const before = [head(), scratch.git('rev-parse', 'HEAD')];
    const run = await copse('run', '--pattern', 'branch', '--max-concurrent', '4');
    expect(run.exit, run.stderr).toBe(0);
    expect([head(), scratch.git('rev-parse', 'HEAD')]).toEqual(before);
    expect(dirt()).toBe('');
    expect(existsSync(join(scratch.repo, '.claude-task-complete'))).toBe(false);
    expect(scratch.git('log', '-1', '--format=%s', 'feature/task-004')).toBe('feat: task-004 implementation');
    expect(shown(`copse/${NAME}`, 'task-004.txt')).toBe('made by task-002\nmade by task-003');
    const inCheckout = scratch.git('rev-parse', `copse/${NAME}^{tree}`);
    const running: string[] = [];
    for (const event of journalOf(scratch)) {
      if (event.type === 'attempt.started') running.push(event.task);
      if (event.type === 'attempt.ended') running.splice(running.indexOf(event.task), 1);
      expect(running.length).toBeLessThanOrEqual(1);
    }

    expect((await copse('clean', '--force')).exit).toBe(0);
    expect((await copse('run')).exit).toBe(0);
    expect(scratch.git('rev-parse', `copse/${NAME}^{tree}`)).toBe(inCheckout);
  });

  it('integrates onto the branch it stands on, and clean leaves the checkout alone', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) });
    expect((await copse('run', '--pattern', 'branch')).exit).toBe(0);
    expect((await copse('integrate')).exit).toBe(0);
    expect(readFileSync(join(scratch.repo, 'task-001.txt'), 'utf8')).toBe('made by task-001\n');
    expect((await copse('clean')).exit).toBe(0);
    expect(scratch.git('branch', '--format=%(refname:short)')).toBe('main');
    expect(existsSync(join(scratch.repo, 'src/a.txt'))).toBe(true);
  });

  it('a failure gives the checkout back; the next attempt starts clean and what the first left is kept', async () => {
    const script =
      'if [ "$2" = 1 ]; then echo half > half.txt; echo changed > src/a.txt; exit 7; fi\necho ok > task-001.txt';
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': script });
    const run = await copse('run', '--pattern', 'branch', '--retries', '1');
    expect(run.exit, run.stderr).toBe(0);
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
    expect(scratch.git('ls-tree', '-r', '--name-only', `copse/${NAME}`)).not.toContain('half.txt');
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(refs.some((ref) => scratch.git('ls-tree', '--name-only', ref).includes('half.txt'))).toBe(true);
  });

  it('what lies untracked in the plan folder is no doing of an agent', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) });
    scratch.write(`parallel/${NAME}/report.json`, '{}\n');
    const run = await copse('run', '--pattern', 'branch');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).not.toContain('report.json');
    expect(dirt()).toBe(`?? parallel/${NAME}/report.json`);
  });

  it('works on a detached HEAD and puts it back there', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) });
    scratch.git('checkout', '-q', '--detach');
    const before = scratch.git('rev-parse', 'HEAD');
    expect((await copse('run', '--pattern', 'branch')).exit).toBe(0);
    expect(() => head()).toThrow();
    expect(scratch.git('rev-parse', 'HEAD')).toBe(before);
  });

  it.each([
    ['a changed file', () => scratch.write('src/a.txt', 'mine\n')],
    ['an untracked file', () => scratch.write('mine.txt', 'mine\n')],
    [
      'a staged file',
      () => {
        scratch.write('mine.txt', 'mine\n');
        scratch.git('add', 'mine.txt');
      },
    ],
  ])('refuses a checkout with %s, and changes nothing', async (_, make) => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) });
    make();
    const before = [dirt(), scratch.git('for-each-ref')];
    const run = await copse('run', '--pattern', 'branch');
    expect(run.exit).toBe(2);
    expect(run.stderr).toMatch(/in no commit: (src\/a|mine)\.txt[\s\S]*git stash/);
    expect([dirt(), scratch.git('for-each-ref')]).toEqual(before);
    scratch.git('stash', '-u');
    scratch.write('.env', 'ignored files may stay\n');
    expect((await copse('run', '--pattern', 'branch')).exit).toBe(0);
    expect(readFileSync(join(scratch.repo, '.env'), 'utf8')).toBe('ignored files may stay\n');
  });
});

describe('an agent that leaves the checkout in a state', () => {
  it.each([
    ['on another branch', 'git checkout -qb elsewhere; echo x > task-001.txt; git add -A; git commit -qm x'],
    ['in the middle of a merge', OTHER_SIDE('git merge other')],
    ['in the middle of a rebase', OTHER_SIDE('git rebase other')],
    ['with a locked index', 'echo x > task-001.txt; git add -A; git commit -qm x; touch .git/index.lock'],
    ['with unstaged and untracked files', 'rm src/a.txt; mkdir d; echo x > d/new.txt; echo x > task-001.txt'],
  ])('%s: it comes back as it was', async (_, script) => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': script });
    await copse('run', '--pattern', 'branch', '--retries', '0');
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
    expect(scratch.git('rev-parse', '--verify', '-q', 'HEAD')).toBe(scratch.git('rev-parse', 'main'));
    for (const left of ['MERGE_HEAD', 'rebase-merge', 'index.lock', 'copse-workspace.json']) {
      expect(existsSync(join(scratch.repo, '.git', left)), left).toBe(false);
    }
    expect(readFileSync(join(scratch.repo, 'src/a.txt'), 'utf8')).toBe('one\ntwo\nthree\n');
  });
});

/** Two sides that change one line, and a command that stops between them. */
function OTHER_SIDE(command: string): string {
  return `set +e
echo mine > src/a.txt; echo x > task-001.txt; git add -A; git commit -qm mine
git checkout -q -b other HEAD~1; echo theirs > src/a.txt; git commit -qam theirs
git checkout -q -; ${command}; exit 0`;
}

describe('a run that ends in the middle', () => {
  let program: Copse;
  beforeAll(() => {
    program = builtCopse();
  });
  afterAll(() => program.remove());

  function heldPlan(): string {
    const gates = join(scratch.root, 'gates');
    mkdirSync(gates);
    const agent = join(scratch.root, 'agent.sh');
    writeFileSync(
      agent,
      `#!/bin/sh
echo "$1" >> ${gates}/began
echo "half of $1" > "$1.txt"
touch ${gates}/$1.begun
while [ ! -e ${gates}/$1.open ]; do sleep 0.05; done
echo "made by $1" > "$1.txt"
`,
    );
    chmodSync(agent, 0o755);
    scratchPlan(scratch, {
      tasks: FOUR.slice(0, 2),
      config: { agent: 'command', pattern: 'branch', agents: { command: { command: [agent, '{task}'] } } },
    });
    return gates;
  }

  it('SIGINT gives the checkout back at once; resume goes on', async () => {
    const gates = heldPlan();
    const run = program.start(scratch, ['run']);
    await fileAppears(join(gates, 'task-001.begun'));
    expect(head()).toBe('refs/heads/feature/task-001');
    run.child.kill('SIGINT');
    expect(await run.ended, run.output()).toBe(130);
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
    for (const task of ['task-001', 'task-002']) writeFileSync(join(gates, `${task}.open`), '');
    const again = program.start(scratch, ['resume']);
    expect(await again.ended, again.output()).toBe(0);
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
  });

  it('SIGKILL: resume takes the living agent over, and gives the checkout back', async () => {
    const gates = heldPlan();
    const run = program.start(scratch, ['run']);
    await fileAppears(join(gates, 'task-001.begun'));
    run.child.kill('SIGKILL');
    await run.ended;
    expect(head()).toBe('refs/heads/feature/task-001');
    const told = program.start(scratch, ['status']);
    await told.ended;
    expect(told.output()).toContain('the checkout is on feature/task-001');
    const again = program.start(scratch, ['resume']);
    for (const task of ['task-001', 'task-002']) writeFileSync(join(gates, `${task}.open`), '');
    expect(await again.ended, again.output()).toBe(0);
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
    expect(readFileSync(join(gates, 'began'), 'utf8').trim().split('\n')).toEqual(['task-001', 'task-002']);
    expect(shown(`copse/${NAME}`, 'task-001.txt')).toBe('made by task-001');
  });

  it('SIGKILL and a dead agent: clean --force gives the checkout back, and keeps what was half done', async () => {
    const gates = heldPlan();
    const run = program.start(scratch, ['run']);
    await fileAppears(join(gates, 'task-001.begun'));
    run.child.kill('SIGKILL');
    await run.ended;
    writeFileSync(join(gates, 'task-001.open'), '');
    const id = journalOf(scratch)[0]!.run;
    await fileAppears(join(scratch.repo, '.git/copse/runs', id, 'attempts/task-001.1/exit'));
    expect((await copse('clean', '--force')).exit).toBe(0);
    expect([head(), dirt()]).toEqual(['refs/heads/main', '']);
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(refs.map((ref) => shown(ref, 'task-001.txt'))).toContain('made by task-001');
  });
});
