import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { decode } from './copied-index.ts';
import type { Git } from './git.ts';
import { isAncestor } from './history.ts';
import { commitTree, treeOf } from './merge.ts';
import { resolve } from './refs.ts';
import { type Stage, type StageOptions, withStage } from './stage.ts';
import { operationInProgress } from './status.ts';

export interface CommitOptions extends StageOptions {
  message: string;
  /** Paths that the index calls unmerged, and whose files are resolved all the same. */
  settled?(path: string): boolean;
  /** Called before the index is replaced when it holds content that neither HEAD nor the files have, but for half merges. */
  onStaged?(): Promise<void>;
}

export interface Committed {
  /** HEAD before. */
  before: Oid;
  /** HEAD afterwards; the same when there was nothing to commit. */
  head: Oid;
  /** Paths that were not committed before. */
  paths: string[];
  /** Paths below `never` that were changed and are left as they were. */
  refused: string[];
  /** Folders with a repository of their own, left out. */
  nested: string[];
  /** Files that git could not take in. */
  unreadable: string[];
}

/**
 * Commits everything a work tree holds on top of its HEAD, as `git add -A && git commit --no-verify` would, but whatever
 * state its index is in: left locked, unmerged, in the middle of a merge. A merge whose conflicts were all resolved becomes
 * the merge commit it was to be. With `against` an older commit, junk that was committed since is taken out again. Only for
 * a work tree of ours in which nothing runs any more.
 */
export async function commitAll(git: Git, options: CommitOptions): Promise<Committed> {
  const { gitDir, message } = options;
  await rm(join(gitDir, 'index.lock'), { force: true });
  const operation = operationInProgress(gitDir);
  return withStage(git, options, async (stage) => {
    const { head, unmerged } = stage.scan;
    if (head === null) throw new Error(`${git.cwd} has no commit to build on`);
    const { refused, nested, unreadable } = stage;
    const open = unmerged.filter((path) => !options.settled?.(decode(path)));
    const merged = operation === 'merge' && open.length === 0 ? await mergedHead(git, head) : null;
    if (merged === null && !(await differs(git, stage, head))) {
      if (operation !== null) await settle(git);
      return { before: head, head, paths: [], refused, nested, unreadable };
    }
    const tree = await stage.tree();
    const parents = merged === null ? [head] : [head, merged];
    const [paths, commit] = await Promise.all([
      git.fields(['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-relative', head, tree, '--']),
      commitTree(git, { tree, parents, message }),
    ]);
    if (operation === null && isStagedOtherwise(stage)) await options.onStaged?.();
    await git.bytes(['update-ref', '-m', `commit: ${message.split('\n')[0]}`, 'HEAD', commit, head]);
    if (operation === null) await stage.install();
    else await settle(git);
    return { before: head, head: commit, paths, refused, nested, unreadable };
  });
}

/** What is being merged; null when HEAD has it already: we were killed behind that commit. */
async function mergedHead(git: Git, head: Oid): Promise<Oid | null> {
  const merged = await resolve(git, 'MERGE_HEAD');
  return merged !== null && (await isAncestor(git, merged, head)) ? null : merged;
}

function isStagedOtherwise({ scan }: Stage): boolean {
  const changed = new Set(scan.changed);
  return scan.staged.some((path) => changed.has(path));
}

async function differs(git: Git, stage: Stage, head: Oid): Promise<boolean> {
  if (stage.differs !== 'maybe') return stage.differs === 'yes';
  return (await stage.tree()) !== (await treeOf(git, head));
}

/** Makes the live index agree with HEAD and forgets a merge, cherry-pick or revert that was under way; files stay. */
async function settle(git: Git): Promise<void> {
  await git.bytes(['reset', '-q', '--mixed']);
}
