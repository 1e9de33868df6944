import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { commitTree, treeOf } from './merge.ts';
import { resolve } from './refs.ts';
import { type StageOptions, withStage } from './stage.ts';
import { operationInProgress } from './status.ts';

export interface CommitOptions extends Omit<StageOptions, 'against'> {
  message: string;
}

export interface Committed {
  /** HEAD afterwards. */
  head: Oid;
  /** Paths that were not committed before; empty when there was nothing to commit. */
  paths: string[];
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
  return withStage(git, { ...options, against: head }, async (stage) => {
    const merged = operation === 'merge' && stage.indexTree !== null ? await resolve(git, 'MERGE_HEAD') : null;
    const unchanged = stage.tree === (await treeOf(git, head));
    if (unchanged && merged === null) {
      if (operation !== null) await settle(git);
      return { head, paths: [], nested: stage.nested };
    }
    const args = [
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      '--no-relative',
      head,
      stage.tree,
      '--',
    ];
    const paths = await git.fields(args);
    const parents = merged === null ? [head] : [head, merged];
    const commit = await commitTree(git, { tree: stage.tree, parents, message });
    await git.bytes(['update-ref', '-m', `commit: ${message.split('\n')[0]}`, 'HEAD', commit, head]);
    await settle(git);
    return { head: commit, paths, nested: stage.nested };
  });
}

/** Makes the live index agree with HEAD and forgets a merge, cherry-pick or revert that was under way; files stay. */
async function settle(git: Git): Promise<void> {
  await git.bytes(['reset', '-q', '--mixed']);
}
