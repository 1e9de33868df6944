import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { fingerprint, usersPart } from '../rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// What agents left behind, had again through the CLI.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n', 'core/a.txt': 'a\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const NAME = 'TS-0001-scratch';
const place = (path: string) => join(scratch.root, path);
const TASK = [{ id: 'task-001', create: ['task-001.txt'] }];

interface Listed {
  snapshots: { ref: string; task: string; number: number; commits: number; files: number; integrated: boolean }[];
  hidden: number;
}
const listed = async (...argv: string[]) => JSON.parse((await copse('recover', '--json', ...argv)).stdout) as Listed;

/** Leaves all kinds of work behind, on the branch `elsewhere`, which does not continue its own. */
const LEAVES = `
echo committed > core/b.txt; git add -A; git commit -qm 'feat: part one'
echo lost > lost.txt; git add -A; git commit -qm 'feat: thrown away'; git reset -q --hard HEAD~1
git checkout -q --orphan elsewhere; git commit -qm 'start over'
echo staged > core/a.txt; git add core/a.txt; echo changed > core/a.txt
echo untracked > new.txt; rm README.md
git init -q -b main vendor/lib; echo inner > vendor/lib/x.txt
git -C vendor/lib add -A; git -C vendor/lib commit -qm inner; echo later > vendor/lib/y.txt
exit 3`;

async function left(): Promise<void> {
  shellPlan(scratch, { tasks: TASK }, { 'task-001': LEAVES });
  expect((await copse('run', '--retries', '0')).exit).toBe(1);
}

describe('copse recover', () => {
  it('lists, shows and gives back what an agent left, as it was', async () => {
    await left();
    const before = usersPart(scratch);
    const list = await copse('recover');
    expect(list.stdout).toMatch(
      /^task-001\.1 +\d{8}-\d{6}-\w{4} +\d+s ago +\d commits, \d files, the repository vendor\/lib/m,
    );
    expect(list.stdout).toContain('not all committed, staged otherwise');

    const shown = await copse('recover', '1');
    for (const part of [
      'start over',
      'feat: part one',
      'feat: thrown away',
      'new.txt',
      'staged otherwise',
      'vendor/lib',
    ])
      expect(shown.stdout).toContain(part);
    expect((await copse('recover', 'task-001', '--diff')).stdout).toContain('+untracked');

    const made = await copse('recover', 'task-001.1', '--to', '../rescued');
    expect(made).toMatchObject({ exit: 0, stderr: '' });
    const file = (path: string) => readFileSync(place(`rescued/${path}`), 'utf8').trim();
    expect(scratch.git('-C', place('rescued'), 'status', '--porcelain')).toBe(
      ' D README.md\nMM core/a.txt\n?? .copse-nested/\n?? new.txt',
    );
    expect(scratch.git('-C', place('rescued'), 'log', '-1', '--format=%s')).toBe('start over');
    expect(scratch.git('-C', place('rescued'), 'show', ':core/a.txt')).toBe('staged');
    expect([file('core/a.txt'), file('new.txt')]).toEqual(['changed', 'untracked']);
    expect(file('.copse-nested/vendor/lib/files/y.txt')).toBe('later');
    scratch.git('clone', '-q', place('rescued/.copse-nested/vendor/lib/commits.bundle'), place('lib'));
    expect(readFileSync(place('lib/x.txt'), 'utf8')).toBe('inner\n');

    const branched = await copse('recover', 'task-001', '--branch', 'rescued');
    expect(branched.exit).toBe(0);
    expect(scratch.git('log', '--format=%s', 'rescued')).toBe(
      'copse: task-001 as it was left, uncommitted\nstart over',
    );
    expect(scratch.git('ls-tree', '-r', '--name-only', 'rescued').split('\n')).not.toContain(
      '.copse-nested/vendor/lib/files/y.txt',
    );
    scratch.git('branch', '-D', '-q', 'rescued');
    expect(usersPart(scratch)).toEqual(before);
  });

  it('keeps what clean --force removes, and hides what is integrated anyway', async () => {
    const script = 'echo "$2" > task-001.txt; [ "$2" = 2 ] || exit 5';
    shellPlan(scratch, { tasks: [...TASK, { id: 'task-002', create: ['task-002.txt'] }] }, { 'task-001': script });
    expect((await copse('run')).exit).toBe(0);
    expect((await listed()).snapshots).toMatchObject([{ task: 'task-001', number: 1, commits: 1, files: 1 }]);
    await copse('clean', '--force');
    const { snapshots, hidden } = await listed();
    expect(snapshots.map(({ ref }) => ref.split('/').at(-1))).toEqual(['_integration.1', 'task-001.1']);
    expect(hidden).toBe(0);
    scratch.git('merge', '-q', snapshots[0]!.ref);
    expect(await listed()).toMatchObject({ snapshots: [{ task: 'task-001' }], hidden: 1 });
    expect((await listed('--all')).snapshots.map(({ integrated }) => integrated)).toEqual([true, false]);
    expect((await copse('recover', '--run', 'nowhere')).exit).toBe(2);
  });

  it('makes none of what was landed', async () => {
    shellPlan(scratch, { tasks: TASK });
    await copse('run');
    await copse('integrate');
    await copse('clean');
    expect(await listed('--all')).toMatchObject({ snapshots: [], hidden: 0 });
    expect((await copse('recover')).stdout).toBe('nothing was kept so far\n');
  });

  it('says of a task that nothing was kept for why, and what is kept', async () => {
    const tasks = ['task-001', 'task-002', 'task-003'].map((id) => ({ id, create: [`${id}.txt`] }));
    shellPlan(
      scratch,
      { tasks: [...tasks, { id: 'task-004', deps: ['task-003'], wave: 2, create: ['d.txt'] }] },
      {
        'task-003': 'exit 3',
      },
    );
    expect((await copse('recover', 'task-001')).stderr).toMatch(
      /no snapshot 'task-001'.*\n {2}next: nothing is kept so far/,
    );
    expect((await copse('run', '--retries', '0')).exit).toBe(1);
    expect((await copse('recover', '1')).stderr).toBe(
      `copse: nothing was kept for task-001: what it made is on copse/${NAME} [unknown-snapshot]\n` +
        '  next: nothing is kept so far: copse keeps a workspace before it resets or removes it, if work is in it\n',
    );
    expect((await copse('recover', 'task-003.1')).stderr).toContain('task-003: its workspace still stands, /');
    expect((await copse('recover', 'task-004')).stderr).toContain('nothing was kept for task-004: it has not started');
  });

  it('refuses what it cannot do, and changes nothing', async () => {
    await left();
    mkdirSync(place('full'));
    writeFileSync(place('full/x'), '');
    writeFileSync(place('file'), '');
    const before = fingerprint(scratch);
    const refused = async (code: string, ...argv: string[]) => {
      const { exit, stdout } = await copse('recover', ...argv, '--json');
      expect({ argv, exit, ...JSON.parse(stdout) }).toMatchObject({ argv, exit: 2, ok: false, error: { code } });
    };
    await refused('unknown-snapshot', 'task-009');
    await refused('unknown-snapshot', 'task-001.7');
    await refused('folder-taken', 'task-001', '--to', '../full');
    await refused('folder-taken', 'task-001', '--to', '../file');
    await refused('folder-inside', 'task-001', '--to', 'inside');
    await refused('folder-inside', 'task-001', '--to', `../workspaces/repo/${NAME}/task-001/deep`);
    await refused('branch-exists', 'task-001', '--branch', 'main');
    await refused('bad-branch', 'task-001', '--branch', '-x..y');
    await refused('bad-branch', 'task-001', '--branch', 'main/below');
    await refused('usage', 'task-001', '--branch', 'x', '--to', '../y');
    await refused('usage', '--to', '../y');
    expect(fingerprint(scratch)).toEqual(before);
  });
});

describe('copse clean --snapshots', () => {
  it('removes nothing whose age was not named, nothing younger, and nothing of a run that can go on', async () => {
    await left();
    const refs = () => scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots');
    const before = refs();
    const unasked = await copse('clean', '--snapshots');
    expect(unasked).toMatchObject({ exit: 2 });
    expect(unasked.stderr).toContain('--older-than 30d');
    expect((await copse('clean', '--older-than', '3d')).exit).toBe(2);
    expect((await copse('clean', '--snapshots', '--older-than', 'soon')).exit).toBe(2);
    expect((await copse('clean', '--snapshots', '--older-than', '0', '--force')).exit).toBe(2);
    expect((await copse('clean', '--snapshots', '--older-than', '0')).stdout).toContain(`copse resume ${NAME}`);
    await copse('clean', '--force');
    expect((await copse('clean', '--snapshots', '--older-than', '8w')).stdout).toContain('nothing to remove of');
    expect(refs()).toBe(before); // the workspace held nothing that was not kept when its attempt ended

    const many = refs().split('\n').length;
    const foreseen = JSON.parse(
      (await copse('clean', '--snapshots', '--older-than', '0', '--dry-run', '--json')).stdout,
    );
    expect(foreseen).toMatchObject({ dryRun: true, snapshots: { length: many } });
    expect(foreseen.bytes).toBeGreaterThan(200);
    expect(refs()).toContain(before);
    const done = await copse('clean', '--snapshots', '--older-than', '0');
    expect(done.stdout).toMatch(/^\d snapshots? of \d removed; nothing else holds [\d.]+ k?B/m);
    expect(refs()).toBe('');
    expect(existsSync(join(scratch.repo, '.git/copse/runs'))).toBe(true);
  });
});
