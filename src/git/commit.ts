import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { commitTree, treeOf } from './merge.ts';
import { resolve } from './refs.ts';
import { type StageOptions, stage } from './stage.ts';
import { operationInProgress } from './status.ts';

export interface CommitOptions extends Omit<StageOptions, 'against' | 'captureNested'> {
  message: string;
  /** What junk and `never` are measured against; default HEAD. With an older commit, committed junk is taken out again. */
  against?: Oid;
}

export interface Committed {
  /** HEAD afterwards. */
  head: Oid;
  /** Paths that were not committed before; empty when there was nothing to commit. */
  paths: string[];
  /** Paths below `never` that were changed and are left as they were. */
  refused: string[];
  /** Folders with a repository of their own, left out. */
  nested: string[];
}

/**
 * Commits everything a work tree holds on top of its HEAD, as `git add -A && git commit --no-verify` would, but whatever
 * state its index is in: left locked, unmerged, in the middle of a merge. A merge whose conflicts were all resolved becomes
 * the merge commit it was to be. Only for a work tree of ours in which nothing runs any more.
 */
export async function commitAll(git: Git, options: CommitOptions): Promise<Committed> {
  const { gitDir, message } = options;
  const head = await resolve(git, 'HEAD');
  if (head === null) throw new Error(`${git.cwd} has no commit to build on`);
  await rm(join(gitDir, 'index.lock'), { force: true });
  const operation = operationInProgress(gitDir);
  const [staged, headTree] = await Promise.all([
    stage(git, { ...options, against: options.against ?? head }),
    treeOf(git, head),
  ]);
  const { tree, refused, nested } = staged;
  const merged = operation === 'merge' && staged.indexTree !== null ? await resolve(git, 'MERGE_HEAD') : null;
  if (tree === headTree && merged === null) {
    if (operation !== null) await settle(git);
    return { head, paths: [], refused, nested };
  }
  const parents = merged === null ? [head] : [head, merged];
  const [paths, commit] = await Promise.all([
    git.fields(['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-relative', head, tree, '--']),
    commitTree(git, { tree, parents, message }),
  ]);
  await git.bytes(['update-ref', '-m', `commit: ${message.split('\n')[0]}`, 'HEAD', commit, head]);
  await settle(git);
  return { head: commit, paths, refused, nested };
}

/** Makes the live index agree with HEAD and forgets a merge, cherry-pick or revert that was under way; files stay. */
async function settle(git: Git): Promise<void> {
  await git.bytes(['reset', '-q', '--mixed']);
}
