import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Whole runs through the CLI, with shell scripts as agents.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n', 'core/secret.txt': 'keep out\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const NAME = 'TS-0001-scratch';
const BRANCH = `copse/${NAME}`;

interface Status {
  outcome: string;
  tasks: { id: string; state: string; attempt: number; now: string }[];
}
const status = async () => JSON.parse((await copse('status', '--json')).stdout) as Status;
const states = async () => Object.fromEntries((await status()).tasks.map((task) => [task.id, task.state]));
const files = () =>
  scratch
    .git('ls-tree', '-r', '--name-only', BRANCH)
    .split('\n')
    .filter((file) => file.startsWith('task-'));
/** Everything of the user's that a run must not touch. */
const mine = () =>
  [
    scratch.git('status', '--porcelain', '-uall'),
    scratch.git('rev-parse', 'HEAD', 'main'),
    scratch.git('symbolic-ref', 'HEAD'),
    scratch.git('ls-files', '-s'),
    scratch.git('config', '--list', '--local'),
    scratch.git('stash', 'list'),
  ].join('\n');

const FOUR = [
  { id: 'task-001', create: ['task-001.txt'] },
  { id: 'task-002', create: ['task-002.txt'] },
  { id: 'task-003', wave: 2, deps: ['task-001'], create: ['task-003.txt'] },
  { id: 'task-004', wave: 2, deps: ['task-002'], create: ['task-004.txt'] },
];

describe('which tasks run', () => {
  it('waves one after the other; a later one is refused before the earlier ones are in', async () => {
    shellPlan(scratch, { tasks: FOUR });
    const early = await copse('run', '--wave', '2');
    expect(early).toMatchObject({ exit: 2 });
    expect(early.stderr).toContain('task-001, task-002 of wave 1 not integrated yet');
    expect(early.stderr).toContain(`copse run ${NAME} --wave 1`);
    expect((await copse('run', '--wave', '1')).exit).toBe(0);
    expect(await states()).toEqual({
      'task-001': 'integrated',
      'task-002': 'integrated',
      'task-003': 'waiting',
      'task-004': 'waiting',
    });
    const second = await copse('run', '--wave', '2');
    expect(second.exit).toBe(0);
    expect(second.stdout).not.toContain('task-001');
    expect((await status()).outcome).toBe('integrated');
    expect(files()).toHaveLength(4);
  });

  it('--only takes what it needs with it or refuses; --skip blocks what is behind', async () => {
    shellPlan(scratch, { tasks: FOUR });
    const alone = await copse('run', '--only', '3');
    expect(alone).toMatchObject({ exit: 2 });
    expect(alone.stderr).toContain('--only task-001,task-003');
    expect((await copse('run', '--only', 'task-001,task-003')).exit).toBe(0);
    expect(files()).toEqual(['task-001.txt', 'task-003.txt']);
    const rest = await copse('resume', '--skip', 'task-002');
    expect(rest.stdout).toContain('task=task-004 status=blocked by=task-002');
    expect(await states()).toMatchObject({ 'task-002': 'skipped', 'task-004': 'blocked' });
  });

  it('a failed task blocks only what is behind it; --retry-failed does it and the blocked ones', async () => {
    shellPlan(
      scratch,
      { tasks: FOUR },
      { 'task-001': '[ -e ../../../../mended ] || { echo broken >&2; exit 3; }\necho 1 > task-001.txt' },
    );
    const first = await copse('run', '--retries', '0');
    expect(first.exit).toBe(1);
    expect(first.stdout).toContain('task=task-001 status=failed error=exit_code_3');
    expect(first.stdout).toContain('[PROGRESS] execution status=failed waves_failed=2');
    expect(await states()).toEqual({
      'task-001': 'failed',
      'task-002': 'integrated',
      'task-003': 'blocked',
      'task-004': 'integrated',
    });
    const again = await copse('run');
    expect(again).toMatchObject({ exit: 2 });
    expect(again.stderr).toContain('--retry-failed');
    scratch.write('../mended', '');
    const retried = await copse('run', '--retry-failed');
    expect(retried.stdout).not.toContain('task=task-002');
    expect(retried.exit).toBe(0);
    expect(files()).toHaveLength(4);
  });

  it('tasks in conflict, and tasks whose scopes meet, never run at the same time', async () => {
    const log = join(scratch.root, 'log');
    const script = `echo "begin $1" >> ${log}; sleep 0.2; echo "end $1" >> ${log}; echo x > $1.txt`;
    shellPlan(
      scratch,
      {
        tasks: [
          { id: 'task-001', create: ['task-001.txt'], modify: ['README.md'] },
          { id: 'task-002', wave: 2, create: ['task-002.txt'], modify: ['README.md'] },
        ],
      },
      { 'task-001': script, 'task-002': script },
    );
    expect((await copse('run')).exit).toBe(0);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['begin', 'end', 'begin', 'end']);
  });
});

describe('what an agent says is not what counts', () => {
  it('no work is no success, whatever the exit and the marker say', async () => {
    shellPlan(
      scratch,
      { tasks: FOUR.slice(0, 1) },
      { 'task-001': `touch .claude-task-complete; echo '{"task_completed": true, "validation_passed": true}'` },
    );
    const run = await copse('run', '--retries', '0');
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('status=failed error=no_commits');
  });

  it('a file of the boundary is a hard stop, and the retry is told so', async () => {
    shellPlan(
      scratch,
      { tasks: [{ id: 'task-001', create: ['task-001.txt'], boundary: ['core/*'] }] },
      { 'task-001': 'echo x > task-001.txt; [ "$2" = 2 ] || echo mine > core/secret.txt' },
    );
    const run = await copse('run');
    expect(run.stdout).toContain('task=task-001 status=retrying error=boundary_violation');
    expect(run.exit).toBe(0);
    expect(scratch.git('show', `${BRANCH}:core/secret.txt`)).toBe('keep out');
    expect((await copse('logs', '1', '--prompt')).stdout).toContain('core/secret.txt');
  });

  it('a file outside the scope warns, and fails under --scope enforce', async () => {
    const scripts = { 'task-001': 'echo x > task-001.txt; echo y > other.txt' };
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, scripts);
    const strict = await copse('run', '--scope', 'enforce', '--retries', '0');
    expect(strict.stdout).toContain('status=failed error=scope_violation');
    expect((await copse('run', '--retry-failed', '--scope', 'warn')).exit).toBe(0);
    await copse('integrate');
    const report = readFileSync(join(scratch.repo, 'parallel', NAME, 'integration-report.md'), 'utf8');
    expect(report).toContain('other.txt');
  });

  it('the plan folder never comes along with a task', async () => {
    shellPlan(
      scratch,
      { tasks: FOUR.slice(0, 1) },
      { 'task-001': `echo x > task-001.txt; echo cheat >> parallel/${NAME}/context.md` },
    );
    await copse('run', '--retries', '0');
    expect(scratch.git('diff', 'main', BRANCH, '--', 'parallel')).toBe('');
  });
});

describe('the merged tree', () => {
  it('a failing wave validation stops what depends on the wave; mended, the run goes on', async () => {
    shellPlan(scratch, {
      tasks: FOUR,
      validation: { 1: 'test -e fixed.txt || { echo fixed.txt is missing; exit 9; }' },
    });
    const run = await copse('run', '--barrier', 'wave');
    expect(run.exit).toBe(6);
    expect(run.stdout).toContain('wave=1 status=failed error=validation');
    expect(run.stderr).toContain('fixed.txt');
    expect(await states()).toEqual({
      'task-001': 'integrated',
      'task-002': 'integrated',
      'task-003': 'blocked',
      'task-004': 'blocked',
    });
    expect((await copse('integrate')).exit).toBe(6);
    scratch.git('worktree', 'add', '-q', '../fix', BRANCH);
    scratch.git('-C', '../fix', 'commit', '-q', '--allow-empty', '-m', 'x');
    scratch.write('../fix/fixed.txt', 'x\n');
    scratch.git('-C', '../fix', 'add', '-A');
    scratch.git('-C', '../fix', 'commit', '-qm', 'fix: mended by hand');
    scratch.git('worktree', 'remove', '../fix');
    const resumed = await copse('resume');
    expect(resumed.exit).toBe(0);
    expect(files()).toHaveLength(4);
    expect(scratch.git('show', `${BRANCH}:fixed.txt`)).toBe('x');
  });
});

describe('landing on the target', () => {
  it('leaves the checkout as it was until integrate, then fast-forwards it and cleans up', async () => {
    shellPlan(scratch, { tasks: FOUR });
    const before = mine();
    expect((await copse('run')).exit).toBe(0);
    expect(mine()).toBe(before);
    const landed = await copse('integrate', '--json');
    expect(JSON.parse(landed.stdout)).toMatchObject({ ok: true, landing: { landed: true, how: 'fast-forward' } });
    expect(existsSync(join(scratch.repo, 'task-004.txt'))).toBe(true);
    const report = JSON.parse(readFileSync(join(scratch.repo, 'parallel', NAME, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      v: 1,
      outcome: 'integrated',
      landed: { target: 'main' },
      checks: { branch_merge: { result: 'passed' } },
    });
    expect((await copse('clean')).stdout).not.toContain('kept');
    expect(scratch.git('branch', '--format=%(refname:short)')).toBe('main');
    expect(scratch.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(false);
    expect((await copse('status')).stdout).toContain('cleaned up');
  });

  it('merges where the target went on, refuses a dirty checkout with the command to run', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) });
    await copse('run');
    scratch.commit('meanwhile', { 'other.txt': 'x\n' });
    scratch.write('README.md', 'changed\n');
    const dirty = await copse('integrate');
    expect(dirty.exit).toBe(4);
    expect(dirty.stdout).toContain('README.md');
    expect(dirty.stdout).toContain(`git -C ${scratch.repo} merge copse/${NAME}`);
    scratch.git('checkout', '-q', '--', 'README.md');
    expect((await copse('integrate')).stdout).toContain('(merge, ');
    expect(scratch.git('log', '-1', '--format=%s')).toBe(`Merge ${NAME}: Plan ${NAME}`);
    // Nothing but what says that the plan is integrated.
    expect(scratch.git('diff', '--name-only')).toBe(`parallel/${NAME}/manifest.json`);
  });

  it('gives a conflict with the target as data and changes nothing', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': 'echo theirs > README.md; echo x > task-001.txt' });
    await copse('run');
    scratch.commit('meanwhile', { 'README.md': 'ours\n' });
    const head = scratch.git('rev-parse', 'main');
    const run = await copse('integrate');
    expect(run.exit).toBe(6);
    expect(run.stdout).toContain('README.md');
    expect(scratch.git('rev-parse', 'main')).toBe(head);
    expect(scratch.git('status', '--porcelain', '-uno')).toBe('');
  });

  it('clean keeps what is not integrated and says why; --force keeps its bytes', async () => {
    shellPlan(scratch, { tasks: FOUR.slice(0, 1) }, { 'task-001': 'echo precious > task-001.txt; exit 5' });
    await copse('run', '--retries', '0');
    const kept = await copse('clean');
    expect(kept.stdout).toContain('kept task-001: feature/task-001: is failed, not integrated');
    expect(existsSync(join(scratch.root, 'workspaces/repo', NAME, 'task-001'))).toBe(true);
    await copse('clean', '--force');
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(false);
    const snapshots = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    const contents = snapshots.map((ref) => scratch.git('ls-tree', '-r', '--name-only', ref));
    expect(contents.some((content) => content.includes('task-001.txt'))).toBe(true);
    expect((await copse('run', '--retries', '0')).exit).toBe(1); // a new run may begin
  });
});
