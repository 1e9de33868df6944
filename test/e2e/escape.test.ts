import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Escape } from '../../src/run/escape.ts';
import { type CliRun, runCli } from '../rig/cli.ts';
import { builtCopse, fileAppears, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Agents that leave their workspaces, and users who work while agents run.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n', 'notes.txt': 'notes\n', '.gitignore': '*.log\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const NAME = 'TS-0001-scratch';
const TASK = { id: 'task-001', create: ['task-001.txt'] };
const TWO = [TASK, { id: 'task-002', create: ['task-002.txt'] }];
const DONE = 'echo "$1" > "$1.txt"\n';
/** Says its commands before it runs them, as a transcript has it. */
const said = (script: string) => `cat <<'END'\n${script}\nEND\n${script}\n`;
const plan = (script: string, tasks = [TASK]) =>
  shellPlan(scratch, { tasks }, { 'task-001': `${said(script)}${DONE}` });

const escapes = (): Escape[] => journalOf(scratch).flatMap((event) => (event.type === 'escape.found' ? [event] : []));
/** Looks at the journal, which is being written, until the task has landed. */
async function integrated(task: string): Promise<void> {
  const landed = new RegExp(`"type":"task.integrated"[^\\n]*"${task}"|"${task}"[^\\n]*"task.integrated"`);
  for (;;) {
    const runs = join(scratch.repo, '.git/copse/runs');
    const journals = (existsSync(runs) ? readdirSync(runs) : []).map((run) => join(runs, run, 'journal.jsonl'));
    if (journals.some((file) => existsSync(file) && landed.test(readFileSync(file, 'utf8')))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const read = (path: string) => readFileSync(join(scratch.repo, path), 'utf8');

describe('an agent that', () => {
  it('writes into the checkout is named; what it wrote is kept and stays', async () => {
    plan(
      `mkdir -p ${scratch.repo}/sub; echo outside > ${scratch.repo}/sub/new.txt; echo more >> ${scratch.repo}/README.md`,
    );
    const run = await copse('run');
    expect(run.exit).toBe(0);
    expect(run.stderr).toMatch(
      /! task-001 \(its transcript names the file\) changed README.md \(modified\), sub\/new.txt \(added\) in your checkout; kept in /,
    );
    const [found, ...more] = escapes();
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      where: { is: 'checkout' },
      suspects: [{ task: 'task-001', attempt: 1, evidence: 'its transcript names the file' }],
      changes: [
        { kind: 'file', path: 'README.md', how: 'modified' },
        { kind: 'file', path: 'sub/new.txt', how: 'added' },
      ],
    });
    expect(read('sub/new.txt')).toBe('outside\n');
    expect(scratch.git('diff', '--cached', '--name-only')).toBe('');
    scratch.git('checkout', '-q', 'README.md');
    scratch.git('clean', '-qfd', 'sub');
    scratch.git('apply', found!.patch!);
    expect([read('README.md'), read('sub/new.txt')]).toEqual(['# scratch\nmore\n', 'outside\n']);
    expect((await copse('status')).stdout).toContain('sub/new.txt (added) in your checkout');
    expect(JSON.parse((await copse('status', '--json')).stdout).escapes).toHaveLength(1);
    scratch.git('checkout', '-q', 'README.md');
    await copse('integrate');
    expect(read(`parallel/${NAME}/integration-report.md`)).toContain('## Outside of the Workspaces');
    expect(JSON.parse(read(`parallel/${NAME}/report.json`)).escapes).toHaveLength(1);
  });

  it('does so fails under --escape fail, and its next attempt is told', async () => {
    plan(`[ "$2" = 2 ] || echo outside > ${scratch.repo}/new.txt`);
    const run = await copse('run', '--escape', 'fail');
    expect(run.stdout).toContain('task=task-001 status=retrying error=escaped');
    expect(run.exit).toBe(0);
    const prompt = (await copse('logs', '1', '--prompt')).stdout;
    expect(prompt).toContain('new.txt (added) in your checkout');
    expect(prompt).toContain('never write to the checkout');
  });

  it('does so with no attempt left fails its task, with exit status 1', async () => {
    scratch.commit('config', {});
    plan(`echo outside > ${scratch.repo}/new.txt`);
    const run = await copse('run', '--escape', 'fail', '--retries', '0');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('✗ task-001: wrote outside of its workspace: new.txt (added) in your checkout');
  });

  it('changes a file that had been changed before', async () => {
    plan(`echo again >> ${scratch.repo}/notes.txt`);
    scratch.write('notes.txt', 'mine\n');
    scratch.write('other.txt', 'mine, too\n');
    await copse('run');
    expect(escapes()).toMatchObject([
      { changes: [{ path: 'notes.txt', how: 'modified' }], suspects: [{ task: 'task-001' }] },
    ]);
    expect(read('notes.txt')).toBe('mine\nagain\n');
    expect(readFileSync(escapes()[0]!.patch!, 'utf8')).toContain('+again');
  });

  it('moves, makes and deletes refs is named, and what they had held is kept', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    scratch.git('checkout', '-qb', 'precious');
    const precious = scratch.commit('only here', { 'precious.txt': 'p\n' });
    scratch.git('checkout', '-q', 'main');
    plan(
      'git commit -q --allow-empty -m mine; git update-ref refs/heads/main HEAD; git tag v9; git branch -D precious',
    );
    await copse('run', '--escape', 'fail', '--retries', '0');
    const [found] = escapes();
    expect(found!.where).toEqual({ is: 'refs' });
    expect(found!.changes).toMatchObject([
      { kind: 'ref', ref: 'refs/heads/main' },
      { kind: 'ref', ref: 'refs/heads/precious', from: precious, to: null },
      { kind: 'ref', ref: 'refs/tags/v9', from: null },
    ]);
    expect(found!.suspects).toMatchObject([{ task: 'task-001', evidence: expect.stringContaining('names main') }]);
    expect(scratch.git('rev-parse', 'main')).not.toBe(base); // reported, never reverted
    const kept = await copse('recover', '_escape', '--branch', 'precious');
    expect(kept.exit).toBe(0);
    expect(scratch.git('rev-parse', 'precious')).toBe(precious);
  });

  it('stashes in its own workspace is named by the entry; an entry that it drops is kept', async () => {
    plan('echo x > y; git add y; git stash -q');
    await copse('run');
    expect(escapes()).toMatchObject([
      {
        where: { is: 'refs' },
        changes: [{ kind: 'stash', removed: [] }],
        suspects: [{ evidence: expect.stringContaining('feature/task-001') }],
      },
    ]);
    await copse('clean', '--force');
    plan('git stash drop -q');
    const stash = scratch.git('rev-parse', 'stash');
    await copse('run');
    expect(escapes()).toMatchObject([
      { changes: [{ kind: 'stash', added: [], removed: [stash] }], suspects: [{ evidence: expect.any(String) }] },
    ]);
    expect(scratch.git('for-each-ref', '--format=%(objectname)', 'refs/copse/snapshots')).toContain(stash);
  });

  it('writes into the workspace of a task at work is named, unless that one says that it does so itself', async () => {
    const sibling = join(scratch.root, 'workspaces/repo', NAME, 'task-002');
    const [one, two] = [join(scratch.root, 'one'), join(scratch.root, 'two')];
    const scripts = (their: string) => ({
      'task-001': `while [ ! -e ${one} ]; do sleep 0.05; done\n${said(`echo theirs > ${sibling}/planted.txt`)}${DONE}touch ${two}`,
      'task-002': `${said(`${DONE}${their}`)}touch ${one}; while [ ! -e ${two} ]; do sleep 0.05; done`,
    });
    shellPlan(scratch, { tasks: TWO }, scripts(''));
    expect((await copse('run', '--escape', 'fail', '--retries', '0')).exit).toBe(1);
    expect(escapes()).toMatchObject([
      {
        where: { is: 'workspace', task: 'task-002' },
        changes: [{ path: 'planted.txt' }],
        suspects: [{ task: 'task-001', evidence: 'its transcript names the file' }],
      },
    ]);
    await copse('clean', '--force');
    rmSync(one);
    rmSync(two);
    shellPlan(scratch, { tasks: TWO }, scripts('echo ours > planted.txt'));
    expect((await copse('run', '--escape', 'fail', '--retries', '0')).exit).toBe(0);
    expect(escapes()).toEqual([]);
  });

  it('writes into the workspace of a task that is done, or moves its branch, is named', async () => {
    const gate = join(scratch.root, 'gate');
    const script = `while [ ! -e ${gate} ]; do sleep 0.05; done\n${said(
      'echo theirs > ../task-002/planted.txt; git update-ref refs/heads/feature/task-002 HEAD~1',
    )}${DONE}`;
    shellPlan(scratch, { tasks: TWO }, { 'task-001': script });
    const running = copse('run');
    await integrated('task-002');
    writeFileSync(gate, '');
    await running;
    expect(
      escapes().flatMap(({ where, changes, suspects }) => changes.map((change) => ({ where, change, suspects }))),
    ).toMatchObject([
      {
        where: { task: 'task-002' },
        change: { ref: 'refs/heads/feature/task-002' },
        suspects: [{ task: 'task-001', evidence: expect.any(String) }],
      },
      { where: { task: 'task-002' }, change: { path: 'planted.txt' }, suspects: [{ task: 'task-001' }] },
    ]);
  });
});

it('what an agent does while copse is dead is found by resume', async () => {
  const [begun, gate, done] = ['begun', 'gate', 'done'].map((name) => join(scratch.root, name)) as [
    string,
    string,
    string,
  ];
  plan(
    `touch ${begun}; while [ ! -e ${gate} ]; do sleep 0.05; done; echo outside > ${scratch.repo}/new.txt; touch ${done}`,
  );
  const program = builtCopse();
  try {
    const first = program.start(scratch, ['run']);
    await fileAppears(begun);
    first.child.kill('SIGKILL');
    await first.ended;
    writeFileSync(gate, '');
    await fileAppears(done);
    expect((await copse('resume')).exit).toBe(0);
  } finally {
    program.remove();
  }
  expect(escapes()).toMatchObject([
    { changes: [{ path: 'new.txt', how: 'added' }], suspects: [{ task: 'task-001', attempt: 1 }] },
  ]);
  expect(escapes()[0]!.suspects[0]!.evidence).not.toBe(null);
});

describe('what is no alarm, or no agent’s', () => {
  it('edits of the user are told apart, and fail nothing', async () => {
    const begun = join(scratch.root, 'begun');
    const gate = join(scratch.root, 'gate');
    plan(`touch ${begun}; while [ ! -e ${gate} ]; do sleep 0.05; done; echo outside > ${scratch.repo}/new.txt`);
    const running = copse('run', '--escape', 'fail', '--retries', '0');
    await fileAppears(begun);
    scratch.write('notes.txt', 'the user is at work\n');
    const mine = scratch.commit('of the user', { 'mine.txt': 'x\n' });
    scratch.write('README.md', 'and goes on\n');
    writeFileSync(gate, '');
    const run = await running;
    expect(run.exit).toBe(1);
    const found = escapes();
    const [own, others] = [
      found.filter((each) => each.suspects[0]!.evidence !== null),
      found.filter((each) => each.suspects[0]!.evidence === null),
    ];
    expect(own).toMatchObject([{ changes: [{ path: 'new.txt' }] }]);
    expect(others.flatMap(({ changes }) => changes)).toMatchObject([
      { path: 'README.md' },
      { ref: 'refs/heads/main', to: mine },
    ]);
    expect(run.stderr).toContain('perhaps by you');
    expect(read('README.md')).toBe('and goes on\n');
  });

  it('ignored files, logs, caches, fetched refs, gc and copse itself are none', async () => {
    mkdirSync(join(scratch.repo, '.git/refs/remotes/origin'), { recursive: true });
    plan(
      `echo x > ${scratch.repo}/x.log; git update-ref refs/remotes/origin/main HEAD; git pack-refs --all; git gc -q; git -C ${scratch.repo} status; touch -d yesterday ${scratch.repo}/README.md`,
      TWO,
    );
    expect((await copse('run', '--escape', 'fail')).exit).toBe(0);
    expect(escapes()).toEqual([]);
  });

  it('nothing is looked for with --escape off', async () => {
    plan(`echo outside > ${scratch.repo}/new.txt`);
    expect((await copse('run', '--escape', 'off')).exit).toBe(0);
    expect(escapes()).toEqual([]);
  });
});
