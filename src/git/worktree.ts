import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';
import { withLock } from './lock.ts';
import { createPool } from './pool.ts';
import { moveTogether } from './refs.ts';
import type { Repository } from './repository.ts';

/** Trees that were moved away and wait for deletion, beside the worktrees. */
export const TRASH = '.copse-trash';

const ADD_ATTEMPTS = 4;
const LIST_ATTEMPTS = 8;
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
  | { ok: false; why: 'branch-moved' | 'branch-checked-out' | 'path-exists'; message: string };

export interface AddOptions {
  /** Absolute. */
  path: string;
  base: Oid;
  /** The branch to make on `base`; null leaves HEAD detached. */
  branch: {
    name: string;
    /** Where the branch is now and may be moved from; null: there must be none. */
    old: Oid | null;
    /** A ref that is set to `base` in the same step: the record of who made the branch. */
    claim?: { ref: string; old: Oid | null };
  } | null;
}

/**
 * Makes the administrative part of a worktree, without files (see {@link populate}). That is done one at a time over all
 * processes, in the order of the calls: concurrent `git worktree add` reads half-written neighbours and fails, leaving the branch
 * behind.
 */
export function addWorktree(repository: Repository, wanted: AddOptions): Promise<AddResult> {
  return locked(repository, async () => {
    const options = { ...wanted, path: await canonical(wanted.path) };
    const { path, branch, base } = options;
    if (!(await isFree(path))) return { ok: false, why: 'path-exists', message: `${path} is there already` };
    const obstacle = branch === null ? null : await moveBranch(repository.git, branch, base);
    if (obstacle) return obstacle;
    await mkdir(dirname(path), { recursive: true });
    await add(repository, options);
    return { ok: true };
  });
}

/** The branch is made apart, by compare-and-swap: `-b` leaves it behind when the rest fails, and a retry trips over it. */
async function moveBranch(git: Git, branch: NonNullable<AddOptions['branch']>, base: Oid): Promise<AddResult | null> {
  const { name, old, claim } = branch;
  // Moving a branch under a checkout would make that checkout look changed.
  const at = old === null ? null : await checkedOutAt(git, name);
  if (at !== null) {
    return { ok: false, why: 'branch-checked-out', message: `the branch ${name} is checked out in ${at}` };
  }
  const updates = [{ ref: `refs/heads/${name}`, next: base, old }, ...(claim ? [{ ...claim, next: base }] : [])];
  if (await moveTogether(git, updates, 'copse: workspace')) return null;
  return {
    ok: false,
    why: 'branch-moved',
    message: `the branch ${name} cannot be made: something of that name came up`,
  };
}

/** Not there, or an empty folder. */
async function isFree(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return true;
  return found.isDirectory() && (await readdir(path)).length === 0;
}

async function add(repository: Repository, { path, branch, base }: AddOptions): Promise<void> {
  const target = branch === null ? ['--detach', '--', path, base] : ['--', path, branch.name];
  const args = ['worktree', 'add', '-q', '--no-checkout', ...target];
  for (let attempt = 1; ; attempt += 1) {
    const result = await repository.git.run(args, { config: ['worktree.guessRemote=false'] });
    if (result.exit === 0) return;
    // Either the path is registered and its folder is gone, or another tool added a worktree at this very moment.
    if (attempt === ADD_ATTEMPTS) throw new GitError(args, result);
    await dropVanished(repository, path);
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
  const worktrees: Worktree[] = [];
  for (const field of await listFields(git)) {
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

/** git reads no list while a `commondir` is empty: for an instant of each `git worktree add`, ours or somebody else's. */
async function listFields(git: Git): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await git.fields(['worktree', 'list', '--porcelain', '-z']);
    } catch (error) {
      const halfMade = error instanceof GitError && error.stderr.includes('commondir');
      if (!halfMade || attempt === LIST_ATTEMPTS) throw error;
      if (!(await finishHalfMade(git))) await sleep(10 * attempt);
    }
  }
}

/**
 * A `git worktree add` that was killed at the wrong instant leaves an empty `commondir`, over which every list fails from then
 * on. Writes what git was about to write; false when there is no such file.
 */
async function finishHalfMade(git: Git): Promise<boolean> {
  const common = await git.text(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const folders = (await readdir(join(common, 'worktrees')).catch(() => [])).map((name) =>
    join(common, 'worktrees', name),
  );
  let found = false;
  for (const folder of folders) {
    const [begun, said] = await Promise.all(
      ['locked', 'commondir'].map((name) => readFile(join(folder, name), 'utf8').catch(() => null)),
    );
    if (said !== '' || begun?.trim() !== 'initializing') continue;
    await writeFile(join(folder, 'commondir'), '../..\n');
    found = true;
  }
  return found;
}

/** Where a branch is checked out, or null; a worktree whose folder is gone does not count. */
export async function checkedOutAt(git: Git, branch: string): Promise<string | null> {
  const found = (await listWorktrees(git)).find((worktree) => worktree.branch === branch && !worktree.prunable);
  return found?.path ?? null;
}

/**
 * Takes a worktree away in milliseconds: its folder is renamed into a trash folder beside it, its administrative part is
 * dropped. The branch stays. Deletes nothing yet: {@link emptyTrash} does. No question is asked: snapshot first.
 */
export function removeWorktree(repository: Repository, wanted: string): Promise<void> {
  return locked(repository, async () => {
    const path = await canonical(wanted);
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

/**
 * Whose log of HEAD tells what an attempt did at `path`. In the checkout, which is its user's, it tells so from `startedAt` on
 * (milliseconds since the epoch).
 */
export async function headLogOf(
  repository: Repository,
  { path, startedAt }: { path: string; startedAt: number },
): Promise<{ gitDir: string | null; since?: number }> {
  if (path === repository.root) return { gitDir: repository.gitDir, since: startedAt };
  return { gitDir: await worktreeGitDir(repository, path) };
}

/**
 * Whether `path` is where a `git worktree add` was killed, or one without checkout: it holds its link and nothing else, and
 * no index was ever written. Nothing is lost with it.
 */
export async function isUnfinished(repository: Repository, path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => []);
  if (names.length !== 1 || names[0] !== '.git') return false;
  const link = await readFile(join(path, '.git'), 'utf8').catch(() => null); // null: a repository of its own
  const gitDir = await worktreeGitDir(repository, path);
  if (gitDir !== null) return !(await exists(join(gitDir, 'index')));
  return link === '' || link?.startsWith(`gitdir: ${join(repository.commonDir, 'worktrees')}/`) === true;
}

/** Drops the registration of a worktree whose folder is gone, and only that one: others may be on a disk not mounted now. */
async function dropVanished(repository: Repository, path: string): Promise<void> {
  const known = (await listWorktrees(repository.git)).some((worktree) => worktree.path === path);
  if (!known) return;
  await rm(path, { recursive: true, force: true }); // an empty folder at most, see isFree
  await repository.git.bytes(['worktree', 'remove', '--force', '--force', '--', path]);
}

/** As git lists it: symbolic links resolved in all that is there already, but not in the last part. */
async function canonical(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  const real = await realpath(parent).catch(() => canonical(parent));
  return join(real, basename(path));
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
