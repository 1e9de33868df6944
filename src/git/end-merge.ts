import type { Oid } from '../run/event.ts';
import { unmergedPaths } from './begin-merge.ts';
import type { Git } from './git.ts';
import { isAncestor } from './history.ts';
import { identityEnv } from './identity.ts';
import { markedFiles } from './markers.ts';
import { resolve } from './refs.ts';
import { operationInProgress } from './status.ts';

/** A merge that was begun in a work tree: `head` into `onto`. */
export interface StandingMerge {
  onto: Oid;
  head: Oid;
  /** In conflict when it began. */
  paths: readonly string[];
}

/** What keeps a merge from its end. `abandoned`: HEAD does not hold both sides, and no merge is under way. */
export interface Unfinished {
  unmerged: string[];
  /** Files in conflict that hold lines of markers which neither side had. */
  marked: string[];
  /** Tracked files that are changed, and not in the index; of a merge that is committed, not in that commit. */
  uncommitted: string[];
  operation: string | null;
  abandoned: boolean;
}

/** Looks at a merge that a person has in hand; changes nothing. Null: it can be ended, or was. */
export async function unfinishedMerge(git: Git, gitDir: string, merge: StandingMerge): Promise<Unfinished | null> {
  const operation = operationInProgress(gitDir);
  const committed = operation === null;
  const [unmerged, changed] = await Promise.all([unmergedPaths(git), changedSince(git, committed ? 'HEAD' : 'index')]);
  const uncommitted = changed.filter((path) => !unmerged.includes(path));
  const sides = [merge.onto, merge.head];
  const abandoned = committed && !(await holds(git, sides));
  const tree = unmerged.length > 0 ? null : await git.text(committed ? ['rev-parse', 'HEAD^{tree}'] : ['write-tree']);
  const marked = tree === null ? [] : await markedFiles(git, { head: tree, sides, paths: merge.paths });
  const found = { unmerged, marked, uncommitted, operation: operation === 'merge' ? null : operation, abandoned };
  const left = unmerged.length + marked.length + uncommitted.length > 0 || found.operation !== null || abandoned;
  return left ? found : null;
}

function changedSince(git: Git, since: 'HEAD' | 'index'): Promise<string[]> {
  const how = ['--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-relative', '--ignore-submodules=none'];
  return git.fields(['diff', ...how, ...(since === 'HEAD' ? ['HEAD'] : []), '--']);
}

async function holds(git: Git, commits: readonly Oid[]): Promise<boolean> {
  for (const commit of commits) if (!(await isAncestor(git, commit, 'HEAD'))) return false;
  return true;
}

/**
 * Ends a merge in which nothing is left to do, as `git commit` would, which is where rerere learns what was resolved; gives HEAD.
 * Its message is the one it was begun with, or what the person made of it.
 */
export async function endMerge(git: Git, gitDir: string): Promise<Oid> {
  if (operationInProgress(gitDir) === 'merge') {
    const args = ['commit', '-q', '--no-verify', '--no-edit', '--no-gpg-sign', '--cleanup=strip'];
    await git.bytes(args, { env: { ...(await identityEnv(git)), GIT_EDITOR: 'true' } });
  }
  const head = await resolve(git, 'HEAD');
  if (head === null) throw new Error(`${git.cwd} has no HEAD`);
  return head;
}
