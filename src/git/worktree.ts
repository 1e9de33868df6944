import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';
import { withLock } from './lock.ts';
import { createPool } from './pool.ts';
import { branchObstacle, compareAndSwap, readRef } from './refs.ts';
import type { Repository } from './repository.ts';

/** Trees that were moved away and wait for deletion, beside the worktrees. */
export const TRASH = '.copse-trash';

const ADD_ATTEMPTS = 4;
const populating = createPool(availableParallelism());

export interface Worktree {
  /** Absolute. */
  path: string;
  /** Null on a branch without a commit. */
  head: Oid | null;
  /** Short name; null when detached. */
  branch: string | null;
  locked: boolean;
  /** Its folder is gone. */
  prunable: boolean;
}

export type AddResult =
  | { ok: true }
  | { ok: false; why: 'branch-exists' | 'branch-checked-out' | 'path-exists' | 'bad-branch'; message: string };

export interface AddOptions {
  /** Absolute. */
  path: string;
  /** A new branch on `base`; null leaves HEAD detached. */
  branch: string | null;
  base: Oid;
  /** A branch of this name is refused (default), or moved to `base` whatever it holds. */
  existing?: 'refuse' | 'reset';
}

/**
 * Makes the administrative part of a worktree, without files (see {@link populate}). One at a time over all processes:
 * concurrent `git worktree add` reads half-written neighbours and fails, leaving the branch behind.
 */
export function addWorktree(repository: Repository, options: AddOptions): Promise<AddResult> {
  return locked(repository, async () => {
    const obstacle = await findObstacle(repository, options);
    if (obstacle) return obstacle;
    await dropVanished(repository, options.path);
    await mkdir(dirname(options.path), { recursive: true });
    await add(repository.git, options);
    return { ok: true };
  });
}

async function findObstacle(repository: Repository, options: AddOptions): Promise<AddResult | null> {
  const { path, branch, existing = 'refuse' } = options;
  if (!(await isFree(path))) return { ok: false, why: 'path-exists', message: `${path} is there already` };
  if (branch === null) return null;
  const message = await branchObstacle(repository.git, branch);
  if (message !== null) return { ok: false, why: 'bad-branch', message };
  if ((await readRef(repository.git, `refs/heads/${branch}`)) === null) return null;
  if (existing === 'refuse') return { ok: false, why: 'branch-exists', message: `the branch ${branch} exists` };
  const at = await checkedOutAt(repository.git, branch);
  if (at === null || at === path) return null;
  return { ok: false, why: 'branch-checked-out', message: `the branch ${branch} is checked out in ${at}` };
}

/** Not there, or an empty folder. */
async function isFree(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return true;
  return found.isDirectory() && (await readdir(path)).length === 0;
}

async function add(git: Git, { path, branch, base }: AddOptions): Promise<void> {
  // The branch is made apart, by compare-and-swap: `-b` leaves it behind when the rest fails, and a retry trips over it.
  if (branch !== null) await moveBranch(git, branch, base);
  const args = ['worktree', 'add', '-q', '--no-checkout'];
  const target = branch === null ? ['--detach', '--', path, base] : ['--', path, branch];
  for (let attempt = 1; ; attempt += 1) {
    const result = await git.run([...args, ...target], { config: ['worktree.guessRemote=false'] });
    if (result.exit === 0) return;
    // Another tool's `worktree add` at the same moment makes ours fail; it has cleaned up after itself by the next try.
    if (attempt === ADD_ATTEMPTS) throw new GitError([...args, ...target], result);
  }
}

async function moveBranch(git: Git, branch: string, base: Oid): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const old = await readRef(git, ref);
  if (old === base) return;
  if (!(await compareAndSwap(git, ref, { next: base, old, reason: 'copse: workspace' }))) {
    throw new Error(`the branch ${branch} moved while its worktree was made`);
  }
}

/** Writes the files of a worktree that was just added; as many at once as the machine has cores. */
export function populate(git: Git): Promise<void> {
  return populating(async () => {
    await git.bytes(['reset', '-q', '--hard']);
  });
}

/** All worktrees of the repository, the main one first. */
export async function listWorktrees(git: Git): Promise<Worktree[]> {
  const fields = await git.fields(['worktree', 'list', '--porcelain', '-z']);
  const worktrees: Worktree[] = [];
  for (const field of fields) {
    const [key = '', value = ''] = splitOnce(field);
    const last = worktrees.at(-1);
    if (key === 'worktree') worktrees.push({ path: value, head: null, branch: null, locked: false, prunable: false });
    else if (last === undefined) continue;
    else if (key === 'HEAD') last.head = /^0+$/.test(value) ? null : value;
    else if (key === 'branch') last.branch = value.replace(/^refs\/heads\//, '');
    else if (key === 'locked') last.locked = true;
    else if (key === 'prunable') last.prunable = true;
  }
  return worktrees;
}

/** Where a branch is checked out, or null. */
export async function checkedOutAt(git: Git, branch: string): Promise<string | null> {
  const found = (await listWorktrees(git)).find((worktree) => worktree.branch === branch && !worktree.prunable);
  return found?.path ?? null;
}

/**
 * Takes a worktree away in milliseconds: its folder is renamed into a trash folder beside it, its administrative part is
 * dropped. The branch stays. Deletes nothing yet: {@link emptyTrash} does. No question is asked: snapshot first.
 */
export function removeWorktree(repository: Repository, path: string): Promise<void> {
  return locked(repository, async () => {
    const known = (await listWorktrees(repository.git)).some((worktree) => worktree.path === path);
    if (await exists(path)) await moveToTrash(path);
    if (known) await repository.git.bytes(['worktree', 'remove', '--force', '--force', '--', path]);
  });
}

async function moveToTrash(path: string): Promise<void> {
  const trash = join(dirname(path), TRASH);
  await mkdir(trash, { recursive: true });
  await rename(path, join(trash, `${basename(path)}.${randomBytes(4).toString('hex')}`));
}

/** Deletes what {@link removeWorktree} moved away below this folder. */
export async function emptyTrash(folder: string): Promise<void> {
  await rm(join(folder, TRASH), { recursive: true, force: true, maxRetries: 3 });
}

/** The git directory of the worktree at `path`, or null when `path` is no worktree of this repository. */
export async function worktreeGitDir(repository: Repository, path: string): Promise<string | null> {
  const link = await readFile(join(path, '.git'), 'utf8').catch(() => null);
  const named = link === null ? null : /^gitdir: (.*)\n?$/.exec(link)?.[1];
  if (!named) return null;
  const gitDir = await realpath(resolvePath(path, named)).catch(() => null);
  const ours = await realpath(join(repository.commonDir, 'worktrees')).catch(() => null);
  return gitDir !== null && dirname(gitDir) === ours ? gitDir : null;
}

/** Drops the registration of a worktree whose folder is gone, and only that one: others may be on a disk not mounted now. */
async function dropVanished(repository: Repository, path: string): Promise<void> {
  const known = (await listWorktrees(repository.git)).some((worktree) => worktree.path === path);
  if (!known) return;
  await rm(path, { recursive: true, force: true }); // an empty folder at most, see isFree
  await repository.git.bytes(['worktree', 'remove', '--force', '--force', '--', path]);
}

function locked<T>(repository: Repository, act: () => Promise<T>): Promise<T> {
  return withLock(join(repository.commonDir, 'copse', 'worktrees.lock'), act);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

function splitOnce(field: string): [string, string] {
  const at = field.indexOf(' ');
  return at === -1 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}
