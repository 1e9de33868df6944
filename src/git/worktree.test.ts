import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { openRepository, type Repository } from './repository.ts';
import {
  addWorktree,
  checkedOutAt,
  emptyTrash,
  listWorktrees,
  populate,
  removeWorktree,
  TRASH,
  worktreeGitDir,
} from './worktree.ts';

let scratch: Scratch;
let repository: Repository;
let base: string;
beforeEach(async () => {
  scratch = scratchRepository({ 'a/one.txt': 'one', 'b/two.txt': 'two', 'né w\nx': 'odd' });
  repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

const at = (name: string) => join(scratch.root, 'ws', name);

async function make(
  name: string,
  { branch = `feature/${name}`, old = null }: { branch?: string | null; old?: string | null } = {},
) {
  const result = await addWorktree(repository, {
    path: at(name),
    base,
    branch: branch === null ? null : { name: branch, old },
  });
  if (result.ok) await populate(repository.git.at(at(name)));
  return result;
}

describe('listWorktrees', () => {
  /** Empties the `commondir` of a worktree before each of the first lists, and writes it again after it. */
  function during(name: string, lists: number): Git {
    const file = join(scratch.repo, '.git/worktrees', name, 'commondir');
    let left = lists;
    const fields: Git['fields'] = async (...args) => {
      const half = left-- > 0;
      if (half) writeFileSync(file, '');
      return repository.git.fields(...args).finally(() => half && writeFileSync(file, '../..\n'));
    };
    return { ...repository.git, fields };
  }

  it('waits for a `git worktree add` that is writing what a list reads', async () => {
    await make('one');
    expect(await listWorktrees(during('one', 3))).toHaveLength(2);
  });

  it('says what is wrong where that goes on', async () => {
    await make('one');
    await expect(listWorktrees(during('one', 100))).rejects.toThrow('commondir');
  });
});

describe('addWorktree', () => {
  it('makes twenty at once without losing one', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `task-${n}`);
    expect(await Promise.all(names.map((name) => make(name)))).toEqual(names.map(() => ({ ok: true })));
    for (const name of names) {
      expect(readFileSync(join(at(name), 'a/one.txt'), 'utf8')).toBe('one');
      expect(scratch.git('-C', at(name), 'status', '--porcelain', '--branch')).toBe(`## feature/${name}`);
    }
    const listed = await listWorktrees(repository.git);
    expect(listed[0]).toMatchObject({ path: scratch.repo, branch: 'main', head: base });
    expect(listed.slice(1).map(({ branch }) => branch)).toEqual(
      expect.arrayContaining(names.map((n) => `feature/${n}`)),
    );
    expect(listed).toHaveLength(21);
  });

  it('leaves HEAD detached without a branch, and writes nothing about upstreams', async () => {
    scratch.git('config', 'branch.autoSetupMerge', 'always');
    const config = readFileSync(join(scratch.repo, '.git/config'), 'utf8');
    expect(await make('free', { branch: null })).toEqual({ ok: true });
    expect(await make('bound')).toEqual({ ok: true });
    expect((await listWorktrees(repository.git)).map(({ branch }) => branch)).toEqual(
      expect.arrayContaining(['main', null, 'feature/bound']),
    );
    expect(readFileSync(join(scratch.repo, '.git/config'), 'utf8')).toBe(config);
  });

  it('refuses what exists and changes nothing', async () => {
    const other = scratch.commit('other');
    scratch.git('branch', 'feature/mine', other);
    mkdirSync(at('taken'), { recursive: true });
    writeFileSync(join(at('taken'), 'file'), 'precious');
    scratch.git('branch', 'top');
    const before = scratch.git('for-each-ref');
    expect(await make('mine')).toMatchObject({ ok: false, why: 'branch-moved' });
    expect(await make('mine', { old: base })).toMatchObject({ ok: false, why: 'branch-moved' });
    expect(await make('taken')).toMatchObject({ ok: false, why: 'path-exists' });
    expect(await make('x', { branch: 'top/x' })).toMatchObject({ ok: false, why: 'branch-moved' });
    expect(await make('x', { branch: 'main', old: other })).toMatchObject({ ok: false, why: 'branch-checked-out' });
    expect(scratch.git('for-each-ref')).toBe(before);
    expect(await listWorktrees(repository.git)).toHaveLength(1);
  });

  it('moves an existing branch from where it is expected, and its claim with it', async () => {
    const old = scratch.commit('other');
    scratch.git('branch', 'feature/again', old);
    const claim = { ref: 'refs/copse/owned/run/feature/again', old: null };
    const branch = { name: 'feature/again', old, claim };
    expect(await addWorktree(repository, { path: at('again'), base, branch })).toEqual({ ok: true });
    expect(scratch.git('rev-parse', 'feature/again', claim.ref)).toBe(`${base}\n${base}`);
    const stale = { name: 'feature/new', old: null, claim };
    expect(await addWorktree(repository, { path: at('new'), base, branch: stale })).toMatchObject({ ok: false });
    expect(scratch.git('for-each-ref', 'refs/heads/feature/new')).toBe('');
  });

  it('takes an empty folder, and the place of a worktree whose folder vanished', async () => {
    mkdirSync(at('one'), { recursive: true });
    expect(await make('one')).toEqual({ ok: true });
    await make('other');
    rmSync(at('one'), { recursive: true });
    rmSync(at('other'), { recursive: true });
    expect(await make('one', { old: base })).toEqual({ ok: true });
    // The other one may be on a disk that is not mounted now.
    expect((await listWorktrees(repository.git)).find(({ path }) => path === at('other'))).toMatchObject({
      prunable: true,
    });
  });

  it('inherits the sparse checkout', async () => {
    scratch.git('sparse-checkout', 'set', '--cone', 'a');
    await make('sparse');
    expect(readdirSync(at('sparse')).sort()).toEqual(['.git', 'a', 'né w\nx']);
  });
});

describe('removeWorktree', () => {
  it('renames the folder away, keeps the branch, and deletes later', async () => {
    await make('gone');
    writeFileSync(join(at('gone'), 'untracked'), 'kept until the trash is emptied');
    await removeWorktree(repository, at('gone'));
    expect(existsSync(at('gone'))).toBe(false);
    expect(readdirSync(join(scratch.root, 'ws', TRASH))).toHaveLength(1);
    expect(scratch.git('rev-parse', 'feature/gone')).toBe(base);
    expect(await listWorktrees(repository.git)).toHaveLength(1);
    await emptyTrash(join(scratch.root, 'ws'));
    expect(readdirSync(join(scratch.root, 'ws'))).toEqual([]);
    await removeWorktree(repository, at('gone'));
  });

  it('works while others are being made', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, n) => make(`old-${n}`)));
    await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        await Promise.all([removeWorktree(repository, at(`old-${n}`)), make(`new-${n}`)]);
      }),
    );
    const branches = (await listWorktrees(repository.git)).map(({ branch }) => branch);
    expect(branches.sort()).toEqual(['main', ...Array.from({ length: 6 }, (_, n) => `feature/new-${n}`)].sort());
  });
});

describe('finding worktrees', () => {
  it('knows where a branch is checked out and which folder is ours', async () => {
    await make('here');
    expect(await checkedOutAt(repository.git, 'feature/here')).toBe(at('here'));
    expect(await checkedOutAt(repository.git, 'main')).toBe(scratch.repo);
    expect(await checkedOutAt(repository.git, 'gone')).toBeNull();
    expect(await worktreeGitDir(repository, at('here'))).toBe(join(scratch.repo, '.git/worktrees/here'));
    expect(await worktreeGitDir(repository, scratch.repo)).toBeNull();
    expect(await worktreeGitDir(repository, at('gone'))).toBeNull();
    const other = scratchRepository();
    other.git('worktree', 'add', '-q', '../linked');
    expect(await worktreeGitDir(repository, join(other.root, 'linked'))).toBeNull();
    other.remove();
  });
});
