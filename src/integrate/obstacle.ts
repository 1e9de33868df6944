import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { changedPaths } from '../git/diff.ts';
import type { Git } from '../git/git.ts';
import { alreadyLike } from '../git/like.ts';
import { lockAt, wayOut } from '../git/stale-lock.ts';
import { dirtyPaths, operationInProgress } from '../git/status.ts';
import type { Oid } from '../run/event.ts';
import type { Change } from '../scope/scope.ts';

/** Why the files of a checkout cannot be changed safely. */
export interface Obstacle {
  /**
   * dirty: `paths` are changed there; untracked: files that no commit has would be overwritten; busy: a merge, a rebase or
   * another git is under way there.
   */
  why: 'dirty' | 'untracked' | 'busy';
  paths: string[];
  messages: string[];
}

export interface Move {
  /** More than one checkout has the branch. */
  several: boolean;
  from: Oid;
  to: Oid;
  /** Paths that copse itself writes there; a change of them is no dirt. */
  outputs: readonly string[];
}

/**
 * What stands against moving a checkout from one commit to another; looked for before anything is changed.
 * @param git runs at the top of the checkout
 */
export async function findObstacle(git: Git, { several, from, to, outputs }: Move): Promise<Obstacle | null> {
  const gitDir = await git.text(['rev-parse', '--absolute-git-dir']);
  const operation = operationInProgress(gitDir);
  if (several) return busy('more than one worktree has the branch checked out');
  if (operation !== null) return busy(`a ${operation} is under way there`);
  const lock = lockAt(join(gitDir, 'index.lock'));
  if (lock !== null) return busy(`${lock.path} is locked: ${wayOut(lock)}`);
  const changed = (await dirtyPaths(git)).filter(({ path }) => !isOutput(path, outputs));
  // What stands there just as the move would make it cannot get lost.
  const changes = await changedPaths(git, from, to);
  const mayBeLike = changed.length > 0 || (await anyThere(git.cwd, changes));
  const like = new Set(mayBeLike ? await alreadyLike(git, from, to) : []);
  const dirty = changed.map(({ path }) => path).filter((path) => !like.has(path));
  if (dirty.length > 0) return { why: 'dirty', paths: dirty, messages: [] };
  const tracked = new Set(changes.filter(({ kind }) => kind === 'deleted').map(({ path }) => path));
  const lost = new Set<string>();
  for (const { path, kind } of changes) {
    const found = kind === 'added' && !like.has(path) ? await standsInTheWay(git.cwd, path, tracked) : null;
    if (found !== null) lost.add(found);
  }
  return lost.size > 0 ? { why: 'untracked', paths: [...lost], messages: [] } : null;
}

const busy = (message: string): Obstacle => ({ why: 'busy', paths: [], messages: [message] });

/** Whether a file that the move would make is there already. */
async function anyThere(checkout: string, changes: readonly Change[]): Promise<boolean> {
  const added = changes.filter(({ kind }) => kind === 'added');
  const found = await Promise.all(added.map(({ path }) => lstat(join(checkout, path)).catch(() => null)));
  return found.some((stat) => stat !== null);
}

function isOutput(path: string, outputs: readonly string[]): boolean {
  return outputs.some((output) => path === output || path.startsWith(`${output.replace(/\/+$/, '')}/`));
}

/** What is on disk where a new file is to go: itself, or a file where it needs a folder. `going`: tracked, and deleted by the same move. */
async function standsInTheWay(checkout: string, path: string, going: ReadonlySet<string>): Promise<string | null> {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    const found = await lstat(join(checkout, part)).catch(() => null);
    if (found === null) return null;
    const folder = found.isDirectory();
    if (length < parts.length && folder) continue;
    if (going.has(part)) return null;
    return folder ? firstUntracked(checkout, part, going) : part;
  }
  return null;
}

/** A folder where a file is to go: its files must all be tracked and go with the same move. */
async function firstUntracked(checkout: string, folder: string, going: ReadonlySet<string>): Promise<string | null> {
  for (const entry of await readdir(join(checkout, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const lost = entry.isDirectory() ? await firstUntracked(checkout, path, going) : going.has(path) ? null : path;
    if (lost !== null) return lost;
  }
  return null;
}
