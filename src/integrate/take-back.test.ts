import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdingFilter } from '../../test/rig/holding-filter.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { checkoutState, commitAside } from '../../test/rig/target.ts';
import { createGit, type Git } from '../git/git.ts';
import { openRepository } from '../git/repository.ts';
import type { LandingStyle } from '../run/event.ts';
import { type TakeBack, takeBackTarget } from './take-back.ts';
import { landOnTarget } from './target.ts';

let scratch: Scratch;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({
    '.gitignore': 'ignored/\n',
    'a.txt': 'a\n',
    'gone/b.txt': 'b\n',
    'p/report.json': '{}\n',
  });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

type Landing = TakeBack['landing'];
const repository = () => openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
const state = () => checkoutState(scratch);

/** Lands a commit that changes, adds and deletes files. */
async function landed(style?: LandingStyle, target = 'main'): Promise<Landing> {
  const tip = commitAside(scratch, { 'a.txt': 'changed\n', 'new/n.txt': 'new', 'gone/b.txt': null }, base);
  const landing = await landOnTarget({ repository: await repository(), target, tip, style, message: 'Merge p\n' });
  if (!landing.landed) throw new Error(JSON.stringify(landing));
  return landing;
}
const takeBack = async (landing: Landing, options: Partial<TakeBack> = {}) =>
  takeBackTarget({ repository: await repository(), target: 'main', landing, outputs: [], ...options });

/** Does not wait for who holds the lock of a ref. */
const impatient = (git: Git): Git => ({
  ...git,
  at: (cwd) => impatient(git.at(cwd)),
  run: (args, options) => git.run(args, { ...options, config: ['core.filesRefLockTimeout=1'] }),
});

describe('takeBackTarget', () => {
  it.each([undefined, 'merge', 'squash', 'rebase'] as const)(
    'puts a clean checkout back, byte for byte: %s',
    async (style) => {
      scratch.write('notes.txt', 'mine');
      const before = state();
      const landing = await landed(style);
      expect(await takeBack(landing, { dryRun: true })).toMatchObject({ undone: false, why: 'dry-run' });
      expect(await takeBack(landing)).toEqual({ undone: true, already: false, checkout: scratch.repo });
      expect(state()).toEqual(before);
      expect(await takeBack(landing)).toEqual({ undone: true, already: true, checkout: scratch.repo });
      expect(scratch.git('reflog', '-1', '--format=%gs')).toBe('copse: integrate --undo');
    },
  );

  it('does not mind that the files were touched', async () => {
    const landing = await landed();
    utimesSync(join(scratch.repo, 'a.txt'), 1, 1);
    utimesSync(join(scratch.repo, 'new/n.txt'), 1, 1);
    expect(await takeBack(landing)).toMatchObject({ undone: true });
    expect(scratch.git('status', '--porcelain')).toBe('');
  });

  it('moves a branch that is checked out nowhere', async () => {
    scratch.git('branch', 'release');
    const landing = await landed('squash', 'release');
    const files = state().files;
    expect(await takeBack(landing, { target: 'release' })).toEqual({ undone: true, already: false, checkout: null });
    expect(scratch.git('rev-parse', 'release')).toBe(base);
    expect(state().files).toEqual(files);
    expect(await takeBack(landing, { target: 'gone' })).toEqual({ undone: false, why: 'no-branch' });
  });

  it.each<[string, () => void, string, string[]]>([
    ['a changed file', () => scratch.write('a.txt', 'mine'), 'dirty', ['a.txt']],
    ['a file that landed, changed', () => scratch.write('new/n.txt', 'mine'), 'dirty', ['new/n.txt']],
    ['a file where one comes back', () => scratch.write('gone/b.txt', 'mine'), 'untracked', ['gone/b.txt']],
    ['a file where its folder comes back', () => scratch.write('gone', 'mine'), 'untracked', ['gone']],
    ['a lock of another git', () => scratch.write('.git/index.lock', ''), 'busy', []],
  ])('refuses before anything moves: %s', async (_name, disturb, why, paths) => {
    const landing = await landed();
    disturb();
    const before = state();
    expect(await takeBack(landing)).toMatchObject({ undone: false, why, paths, checkout: scratch.repo });
    expect(state()).toEqual(before);
  });

  it('leaves what it has nothing to do with: what copse wrote, an untracked file beside those that go', async () => {
    const landing = await landed();
    scratch.write('p/report.json', '{"new": true}\n');
    scratch.write('new/mine.txt', 'mine');
    expect(await takeBack(landing, { outputs: ['p/report.json'] })).toMatchObject({ undone: true });
    expect(scratch.git('status', '--porcelain', '-uall')).toBe(' M p/report.json\n?? new/mine.txt');
  });

  it.each([undefined, 'merge', 'squash', 'rebase'] as const)(
    'refuses when commits came since, with the command that takes it back: %s',
    async (style) => {
      const landing = await landed(style);
      for (let n = 1; n <= 7; n += 1) scratch.commit(`later ${n}`, { [`later-${n}.txt`]: '1' });
      const before = state();
      const result = await takeBack(landing);
      expect(result).toMatchObject({ undone: false, why: 'grown', more: 2 });
      if (result.undone || result.why !== 'grown') throw new Error();
      expect(result.commits.map(({ subject }) => subject)).toEqual([7, 6, 5, 4, 3].map((n) => `later ${n}`));
      expect(state()).toEqual(before);
      // The command does what is said of it.
      execFileSync('bash', ['-c', result.command], {
        cwd: scratch.repo,
        env: { ...scratch.env, GIT_EDITOR: 'true', EDITOR: 'true' },
        stdio: 'pipe',
      });
      expect(scratch.git('diff', '--name-only', base)).toMatch(/^(later-\d.txt\n?){7}$/);
    },
  );

  it('of a branch with merges that was fast-forwarded, the command reverts these', async () => {
    const task = commitAside(scratch, { 'one.txt': '1' }, base);
    const tree = scratch.git('rev-parse', `${task}^{tree}`);
    const tip = scratch.git('commit-tree', tree, '-p', base, '-p', task, '-m', 'Merge task-001');
    const landing = await landOnTarget({ repository: await repository(), target: 'main', tip, message: 'm\n' });
    if (!landing.landed) throw new Error(JSON.stringify(landing));
    scratch.commit('later', { 'later.txt': '1' });
    const result = await takeBack(landing);
    if (result.undone || result.why !== 'grown') throw new Error(JSON.stringify(result));
    expect(result.command).toBe(`git revert -m 1 --first-parent ${base}..${tip}`);
    execFileSync('bash', ['-c', `${result.command} --no-edit`], { cwd: scratch.repo, env: scratch.env, stdio: 'pipe' });
    expect(existsSync(join(scratch.repo, 'one.txt'))).toBe(false);
  });

  it('says so when the branch does not have it any more', async () => {
    const landing = await landed();
    const other = commitAside(scratch, { 'x.txt': 'x' }, base);
    scratch.git('reset', '-q', '--hard', other);
    expect(await takeBack(landing)).toEqual({ undone: false, why: 'gone', actual: other });
  });

  it('puts everything back when the branch itself cannot be moved', async () => {
    const landing = await landed();
    const before = state();
    scratch.write('.git/refs/heads/main.lock', '');
    const there = await repository();
    const result = await takeBack(landing, { repository: { ...there, git: impatient(there.git) } });
    expect(result).toMatchObject({ undone: false, why: 'failed' });
    if (result.undone || result.why !== 'failed') throw new Error();
    expect(result.messages[0]).toContain('main.lock');
    expect(state()).toEqual(before);
    expect(await takeBack(landing)).toMatchObject({ undone: true });
  });

  it('puts everything back when git is killed half-way', async () => {
    const hold = holdingFilter(scratch);
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=hold\n', 'z.bin': 'old\n' });
    const tip = commitAside(
      scratch,
      { 'a.txt': 'changed\n', 'new/n.txt': 'new', 'gone/b.txt': null, 'z.bin': null },
      base,
    );
    const landing = await landOnTarget({ repository: await repository(), target: 'main', tip, message: 'm\n' });
    if (!landing.landed) throw new Error(JSON.stringify(landing));
    scratch.write('notes.txt', 'mine');
    const before = state();
    hold.close();
    const result = takeBack(landing);
    const git = await hold.held();
    expect(existsSync(join(scratch.repo, '.git/index.lock'))).toBe(true);
    process.kill(-git, 'SIGKILL');
    expect(await result).toMatchObject({
      undone: false,
      why: 'failed',
      messages: ['git read-tree ended with SIGKILL'],
    });
    hold.open();
    expect(state()).toEqual(before);
    expect(await takeBack(landing)).toMatchObject({ undone: true });
    expect(readFileSync(join(scratch.repo, 'z.bin'), 'utf8')).toBe('old\n');
    rmSync(join(scratch.repo, 'notes.txt'));
    expect(scratch.git('status', '--porcelain')).toBe('');
  });
});
