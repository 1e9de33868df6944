import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { openRepository } from './repository.ts';
import { dirtyPaths, operationInProgress } from './status.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const open = (cwd = scratch.repo) => openRepository(createGit({ cwd, env: scratch.env }));

describe('openRepository', () => {
  it('finds the top, the git directories and HEAD from a folder below', async () => {
    mkdirSync(join(scratch.repo, 'a/b'), { recursive: true });
    expect(await open(join(scratch.repo, 'a/b'))).toMatchObject({
      root: scratch.repo,
      gitDir: join(scratch.repo, '.git'),
      commonDir: join(scratch.repo, '.git'),
      objectFormat: 'sha1',
      head: { oid: scratch.git('rev-parse', 'HEAD'), branch: 'main' },
    });
  });

  it('tells a linked worktree from the shared git directory', async () => {
    scratch.git('worktree', 'add', '-q', '-b', 'deep/name', '../linked');
    expect(await open(join(scratch.root, 'linked'))).toMatchObject({
      root: join(scratch.root, 'linked'),
      gitDir: join(scratch.repo, '.git/worktrees/linked'),
      commonDir: join(scratch.repo, '.git'),
      head: { branch: 'deep/name' },
    });
  });

  it('allows a detached HEAD', async () => {
    scratch.git('checkout', '-q', '--detach');
    expect((await open()).head).toEqual({ oid: scratch.git('rev-parse', 'HEAD'), branch: null });
  });

  it('reads a sha256 repository', async () => {
    const repo = join(scratch.root, 'wide');
    scratch.git('init', '-q', '--object-format=sha256', repo);
    scratch.git('-C', repo, 'commit', '-q', '--allow-empty', '-m', 'first');
    expect(await open(repo)).toMatchObject({
      objectFormat: 'sha256',
      head: { oid: expect.stringMatching(/^\w{64}$/) },
    });
  });

  it.each([
    ['no-repository', () => scratch.root],
    ['no-work-tree', () => join(scratch.repo, '.git')],
    [
      'bare-repository',
      () => {
        scratch.git('init', '-q', '--bare', '../bare.git');
        return join(scratch.root, 'bare.git');
      },
    ],
    [
      'no-commit',
      () => {
        scratch.git('init', '-q', '../empty');
        return join(scratch.root, 'empty');
      },
    ],
    [
      'repository-unreadable',
      () => {
        writeFileSync(join(scratch.repo, '.git/config'), '[core\n');
        return scratch.repo;
      },
    ],
    [
      'unsupported-path',
      () => {
        scratch.git('init', '-q', '../new\nline');
        return join(scratch.root, 'new\nline');
      },
    ],
  ])('refuses: %s', async (code, make) => {
    await expect(open(make())).rejects.toMatchObject({ code, exit: 7, hint: expect.stringMatching(/.{5}/) });
  });

  it('refuses a repository of another user and says what to type', async () => {
    const env = { ...scratch.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const opening = openRepository(createGit({ cwd: scratch.repo, env }));
    await expect(opening).rejects.toMatchObject({
      code: 'dubious-ownership',
      hint: `git config --global --add safe.directory ${scratch.repo}`,
    });
  });
});

describe('dirtyPaths', () => {
  it('names what is staged, changed, unmerged and untracked, whatever the names and the settings', async () => {
    scratch.commit('more', { 'kept.txt': 'a', 'changed.txt': 'a', 'both.txt': 'base' });
    scratch.git('checkout', '-q', '-b', 'side');
    scratch.commit('side', { 'both.txt': 'theirs' });
    scratch.git('checkout', '-q', 'main');
    scratch.commit('main', { 'both.txt': 'ours' });
    expect(() => scratch.git('merge', 'side')).toThrow();
    scratch.write('changed.txt', 'b');
    scratch.write('-staged "q".txt', 'new');
    scratch.git('add', '--', '-staged "q".txt');
    scratch.write('new/né\nw.txt', 'x');
    scratch.git('config', 'status.showUntrackedFiles', 'no');
    scratch.git('config', 'status.relativePaths', 'true');
    const git = createGit({ cwd: scratch.repo, env: scratch.env });
    const tracked = [
      { path: '-staged "q".txt', kind: 'staged' },
      { path: 'both.txt', kind: 'unmerged' },
      { path: 'changed.txt', kind: 'unstaged' },
    ];
    expect(await dirtyPaths(git)).toEqual(tracked);
    expect(await dirtyPaths(git, { untracked: 'normal' })).toEqual([...tracked, { path: 'new/', kind: 'untracked' }]);
    expect((await dirtyPaths(git, { untracked: 'all' })).at(-1)).toEqual({ path: 'new/né\nw.txt', kind: 'untracked' });
    expect(operationInProgress(join(scratch.repo, '.git'))).toBe('merge');
  });

  it('sees no operation where there is none, and a rebase where there is one', () => {
    const gitDir = join(scratch.repo, '.git');
    expect(operationInProgress(gitDir)).toBeNull();
    scratch.commit('one', { 'a.txt': '1' });
    scratch.git('checkout', '-q', '-b', 'side', 'HEAD~1');
    scratch.commit('other', { 'a.txt': '2' });
    expect(() => scratch.git('rebase', 'main')).toThrow();
    expect(operationInProgress(gitDir)).toBe('rebase');
    rmSync(join(gitDir, 'rebase-merge'), { recursive: true });
  });
});
