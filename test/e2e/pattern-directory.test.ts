import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/report/report.ts';
import { runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Pattern `directory`: all agents at once in the user's checkout, each confined to its directories.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({
    'README.md': '# scratch\n',
    'src/one/old.txt': 'old\n',
    'src/two/old.txt': 'old\n',
    'notes.txt': 'notes\n',
  });
});
afterEach(() => scratch.remove());

const NAME = 'TS-0001-scratch';
const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const tree = () => scratch.git('rev-parse', `copse/${NAME}^{tree}`);
const shown = (path: string) => scratch.git('show', `copse/${NAME}:${path}`);

const FOUR = [
  { id: 'task-001', create: ['src/one/new.txt'], modify: ['src/one/old.txt'] },
  { id: 'task-002', create: ['src/two/new.txt'], modify: ['src/two/old.txt'] },
  { id: 'task-003', wave: 2, deps: ['task-001'], create: ['src/one/more.txt'] },
  { id: 'task-004', wave: 2, deps: ['task-002', 'task-003'], create: ['src/four/sum.txt'] },
];
/** What agents do that leave committing to copse. */
const WORK = {
  'task-001': 'echo one > src/one/new.txt; echo changed > src/one/old.txt; touch src/one/.claude-task-complete',
  'task-002': 'echo two > src/two/new.txt; rm src/two/old.txt',
  'task-003': 'cat src/one/new.txt > src/one/more.txt',
  'task-004': 'mkdir -p src/four; cat src/one/more.txt src/two/new.txt > src/four/sum.txt',
};

/** The user's side that no attempt may change: HEAD, branches, index, stash. */
const mine = () => [
  scratch.git('rev-parse', 'HEAD', 'main'),
  scratch.git('symbolic-ref', 'HEAD'),
  scratch.git('ls-files', '-s'),
  scratch.git('stash', 'list'),
];

describe('a run in one checkout', () => {
  it('agents work at the same time, end in the same tree as with worktrees, and leave HEAD and index alone', async () => {
    const meeting = join(scratch.root, 'meeting');
    mkdirSync(meeting);
    const meet = `touch ${meeting}/$1; while [ "$(ls ${meeting} | wc -l)" -lt 2 ]; do sleep 0.05; done;`;
    shellPlan(
      scratch,
      { tasks: FOUR },
      { ...WORK, 'task-001': `${meet}${WORK['task-001']}`, 'task-002': `${meet}${WORK['task-002']}` },
    );
    scratch.write('notes.txt', 'edited by its owner\n');
    scratch.write('mine.txt', 'untracked\n');
    const before = mine();
    const run = await copse('run', '--pattern', 'directory');
    expect(run.exit, run.stderr).toBe(0);
    expect(mine()).toEqual(before);
    expect(readFileSync(join(scratch.repo, 'notes.txt'), 'utf8')).toBe('edited by its owner\n');
    expect(shown('notes.txt')).toBe('notes');
    expect(shown('src/four/sum.txt')).toBe('one\ntwo');
    expect(() => shown('src/two/old.txt')).toThrow();
    expect(() => shown('mine.txt')).toThrow();
    expect(scratch.git('ls-tree', '-r', '--name-only', `copse/${NAME}`)).not.toContain('.claude-task-complete');
    expect(scratch.git('log', '--format=%s', 'main..feature/task-001')).toBe('feat: task-001 implementation');
    const inCheckout = tree();
    expect((await copse('clean', '--force')).exit).toBe(0);
    scratch.git('checkout', '-q', '--', 'src');
    scratch.git('clean', '-qfd', 'src');
    expect((await copse('run', '--pattern', 'worktree')).exit).toBe(0);
    expect(tree()).toBe(inCheckout);
  });

  it('lands on the branch it stands on although the files are there already, and keeps other edits', async () => {
    shellPlan(scratch, { tasks: FOUR }, WORK);
    scratch.write('mine.txt', 'untracked\n');
    expect((await copse('run', '--pattern', 'directory')).exit).toBe(0);
    const landed = await copse('integrate');
    expect(landed.exit, landed.stderr + landed.stdout).toBe(0);
    expect(scratch.git('rev-parse', 'main')).toBe(scratch.git('rev-parse', `copse/${NAME}`));
    expect(scratch.git('status', '--porcelain', '--', 'src', 'mine.txt')).toBe('?? mine.txt');
    expect((await copse('clean')).exit).toBe(0);
    expect(existsSync(join(scratch.repo, 'src/four/sum.txt'))).toBe(true);
  });

  it('is refused to land where the checkout has become something else', async () => {
    shellPlan(scratch, { tasks: FOUR }, WORK);
    expect((await copse('run', '--pattern', 'directory')).exit).toBe(0);
    scratch.write('src/one/new.txt', 'edited since\n');
    const before = mine();
    const refused = await copse('integrate');
    expect(refused.exit).toBe(4);
    expect(refused.stderr + refused.stdout).toContain('src/one/new.txt');
    expect(mine()).toEqual(before);
  });

  it('a second attempt begins with what the first found; what that left is kept', async () => {
    const script = `if [ "$2" = 1 ]; then echo half > src/one/half.txt; echo broken > src/one/old.txt; exit 3; fi
[ "$(cat src/one/old.txt)" = old ] && [ ! -e src/one/half.txt ] && echo one > src/one/new.txt`;
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': script });
    const run = await copse('run', '--pattern', 'directory');
    expect(run.exit, run.stderr).toBe(0);
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(refs.map((ref) => scratch.git('show', `${ref}:src/one/old.txt`))).toContain('broken');
  });
});

describe('what a failed task made', () => {
  const FAILS =
    'echo half > src/one/half.txt; mkdir src/one/deep; echo x > src/one/deep/x; echo broken > src/one/old.txt; exit 3';
  const run = (...argv: string[]) => copse('run', '--pattern', 'directory', '--retries', '0', ...argv);

  it('is taken out of the checkout again, stays on its branch, and is told at the end and in the report', async () => {
    shellPlan(scratch, { tasks: FOUR }, { ...WORK, 'task-001': FAILS });
    scratch.write('notes.txt', 'edited by its owner\n');
    const before = mine();
    const failed = await run();
    expect(failed.exit).toBe(1);
    const told = 'what it made is on feature/task-001, and no longer in src/one of the checkout';
    expect(failed.stderr).toContain(`· task-001: ${told}`);
    expect(scratch.git('status', '--porcelain', '-uall', '--', 'src/one')).toBe('');
    expect(scratch.git('show', 'feature/task-001:src/one/old.txt')).toBe('broken');
    expect(scratch.git('show', 'feature/task-001:src/one/deep/x')).toBe('x');
    // What is not the task's is left alone.
    expect(mine()).toEqual(before);
    expect(readFileSync(join(scratch.repo, 'notes.txt'), 'utf8')).toBe('edited by its owner\n');
    expect(readFileSync(join(scratch.repo, 'src/two/new.txt'), 'utf8')).toBe('two\n');
    scratch.git('checkout', '-q', '--', 'notes.txt');
    const landed = await copse('integrate', '--partial');
    expect(landed.exit, landed.stderr + landed.stdout).toBe(0);
    const report = readFileSync(join(scratch.repo, 'parallel', NAME, 'report.json'), 'utf8');
    expect((JSON.parse(report) as Report).tasks.find(({ id }) => id === 'task-001')!.notes).toContain(told);
    // Tried again it begins with what it found.
    const better = `[ ! -e src/one/half.txt ]\n${WORK['task-001']}`;
    writeFileSync(join(scratch.root, 'scripts/task-001.sh'), better);
    const again = await copse('run', '--retry-failed');
    expect(again.exit, again.stderr).toBe(0);
    expect(shown('src/four/sum.txt')).toBe('one\ntwo');
  });

  it('clean --force keeps it where `recover` finds it', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': FAILS });
    expect((await run()).exit).toBe(1);
    expect((await copse('clean', '--force')).exit).toBe(0);
    expect(scratch.git('branch', '--list', 'feature/*')).toBe('');
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(refs.map((ref) => scratch.git('show', `${ref}:src/one/old.txt`))).toContain('broken');
  });
});

describe('the sandbox', () => {
  it.each([
    ['the directory of another task', 'echo x > src/two/new.txt'],
    ['the top of the checkout', 'echo x > README.md'],
    ['the git directory', 'git config user.name evil || git commit --allow-empty -qm x'],
    ['the home folder', 'echo x > "$HOME/.profile"'],
  ])('an agent that writes %s is refused by the system', async (_, script) => {
    shellPlan(
      scratch,
      { tasks: FOUR.slice(0, 2) },
      { 'task-001': `set +e; echo one > src/one/new.txt; ${script}; exit $?`, 'task-002': WORK['task-002'] },
    );
    // A home folder that does not lie in a temporary one, which agents may write.
    const home = mkdtempSync(join(homedir(), '.copse-test-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const before = mine();
    const run = await runCli(['run', '--pattern', 'directory', '--retries', '0'], {
      cwd: scratch.repo,
      env: { ...scratch.env, HOME: home },
    });
    expect(run.exit).toBe(1);
    expect(run.stderr).toMatch(/Read-only file system|read-only/i);
    expect(mine()).toEqual(before);
    expect(existsSync(join(home, '.profile'))).toBe(false);
    expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('# scratch\n');
    expect(shown('src/two/new.txt')).toBe('two');
  });

  it('can be demanded for worktrees too: agents commit there, and reach nothing else', async () => {
    const reach = `set +e; echo x > ${join(scratch.repo, 'README.md')}; echo x > ../task-002/x; set -e`;
    const commit = 'echo one > src/one/new.txt; git add -A; git commit -qm one';
    shellPlan(
      scratch,
      { tasks: FOUR.slice(0, 2) },
      { 'task-001': `${reach}\n${commit}`, 'task-002': WORK['task-002'] },
    );
    const run = await copse('run', '--sandbox', 'on');
    expect(run.exit, run.stderr).toBe(0);
    expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('# scratch\n');
    expect(scratch.git('log', '--format=%s', 'main..feature/task-001')).toBe('one');
    expect(() => shown('x')).toThrow();
  });

  it('that is demanded and not there ends the run before it begins', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, WORK);
    mkdirSync(join(scratch.root, 'bin'));
    const broken = '#!/bin/sh\necho "bwrap: not allowed here" >&2\nexit 1\n';
    writeFileSync(join(scratch.root, 'bin/bwrap'), broken, { mode: 0o755 });
    const env = { ...scratch.env, PATH: `${join(scratch.root, 'bin')}:${scratch.env.PATH}` };
    const before = scratch.git('for-each-ref');
    const refused = await runCli(['run', '--sandbox', 'on'], { cwd: scratch.repo, env });
    expect(refused).toMatchObject({ exit: 7 });
    expect(refused.stderr).toContain('not allowed here');
    expect(scratch.git('for-each-ref')).toBe(before);
    const without = await runCli(['run', '--pattern', 'directory'], { cwd: scratch.repo, env });
    expect(without.exit, without.stderr).toBe(0);
    expect(without.stderr).toContain('no sandbox here');
  });
});

describe('without a sandbox', () => {
  it('what an agent writes elsewhere is found, attributed and kept; --escape fail fails it', async () => {
    const stray = 'echo one > src/one/new.txt; echo stray > README.md; echo "wrote README.md"';
    shellPlan(scratch, { tasks: FOUR.slice(0, 2) }, { 'task-001': stray, 'task-002': WORK['task-002'] });
    const run = await copse('run', '--pattern', 'directory', '--sandbox', 'off', '--escape', 'fail', '--retries', '0');
    expect(run.exit, run.stderr).toBe(1);
    expect(run.stderr).toContain('README.md');
    const status = JSON.parse((await copse('status', '--json')).stdout) as { tasks: { id: string; state: string }[] };
    expect(status.tasks.map(({ id, state }) => [id, state])).toEqual([
      ['task-001', 'failed'],
      ['task-002', 'integrated'],
    ]);
    expect(shown('README.md')).toBe('# scratch');
    expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('stray\n');
  });
});

describe('what is refused before anything starts', () => {
  const refused = async (code: number, ...argv: string[]) => {
    const before = [...mine(), scratch.git('for-each-ref')];
    const run = await copse('run', '--pattern', 'directory', ...argv);
    expect(run.exit, run.stderr).toBe(code);
    expect([...mine(), scratch.git('for-each-ref')]).toEqual(before);
    expect(existsSync(join(scratch.repo, '.git/copse/runs'))).toBe(false);
    return run.stderr;
  };

  it('directories that two tasks share, unless one waits for the other', async () => {
    shellPlan(scratch, {
      tasks: [
        { id: 'task-001', create: ['src/one/a.txt'] },
        { id: 'task-002', create: ['src/one/deep/b.txt'] },
      ],
    });
    const said = await refused(3);
    expect(said).toContain('src/one and in src/one/deep');
    expect(said).toContain('"directories"');
  });

  it('a task without a directory of its own', async () => {
    shellPlan(scratch, { tasks: [{ id: 'task-001' }] });
    expect(await refused(3)).toContain('task-001');
  });

  it('a map in the config says it instead', async () => {
    shellPlan(
      scratch,
      {
        tasks: [{ id: 'task-001' }, { id: 'task-002' }],
        config: { directories: { 'task-001': 'src/one', 'task-002': ['src/two'] } },
      },
      { 'task-001': 'echo x > src/one/x.txt', 'task-002': 'echo x > src/two/x.txt' },
    );
    const run = await copse('run', '--pattern', 'directory');
    expect(run.exit, run.stderr).toBe(0);
    expect(shown('src/one/x.txt')).toBe('x');
  });

  it('a map in the manifest says it before the config does', async () => {
    const directories = { 'task-001': './src/one/', 'task-002': ['src/two'] };
    shellPlan(
      scratch,
      {
        tasks: [{ id: 'task-001' }, { id: 'task-002' }],
        manifest: { directories },
        config: { directories: { 'task-001': 'src/two' } },
      },
      { 'task-001': 'echo x > src/one/x.txt', 'task-002': 'echo x > src/two/x.txt' },
    );
    const run = await copse('run', '--pattern', 'directory');
    expect(run.exit, run.stderr).toBe(0);
    expect([shown('src/one/x.txt'), shown('src/two/x.txt')]).toEqual(['x', 'x']);
  });

  it('directories of the manifest that tasks share, with the place', async () => {
    const tasks = [{ id: 'task-001' }, { id: 'task-002' }];
    shellPlan(scratch, { tasks, manifest: { directories: { 'task-001': 'src', 'task-002': 'src/two/' } } });
    const said = await refused(3);
    expect(said).toMatch(/manifest\.json:\d+:\d+.*task-001 and task-002 work in src and in src\/two/);
    const lines = readFileSync(join(scratch.repo, 'parallel', NAME, 'manifest.json'), 'utf8').split('\n');
    const line = Number(/manifest\.json:(\d+)/.exec(said)![1]);
    expect(lines[line - 1]).toContain('"task-002": "src/two/"');
  });

  it('uncommitted changes in a directory fail the task that would mix them up with its own, and stay', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 2) }, WORK);
    scratch.write('src/one/mine.txt', 'mine\n');
    const run = await copse('run', '--pattern', 'directory');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('src/one holds changes that are in no commit');
    expect(readFileSync(join(scratch.repo, 'src/one/mine.txt'), 'utf8')).toBe('mine\n');
    expect(shown('src/two/new.txt')).toBe('two');
  });
});
