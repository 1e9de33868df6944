import { readCommitObjects } from '../git/commit-objects.ts';
import { footprintOf, meet } from '../git/footprint.ts';
import type { Git } from '../git/git.ts';
import { subjectsOf } from '../git/history.ts';
import { objectSite } from '../git/loose-object.ts';
import { mergeTrees, treeOf } from '../git/merge.ts';
import { rewriteCommit } from '../git/rewrite-commit.ts';
import { applyToTree, diffTrees, rawChange } from '../git/trees.ts';
import { writeCommit } from '../git/write-commit.ts';
import type { Oid } from '../run/event.ts';

/** The new tip, or the commit that does not go on top of what stands before it. */
export type Replayed =
  | { ok: true; tip: Oid; commits: number }
  | { ok: false; commit: Oid; subject: string; paths: string[]; messages: string[] };

/**
 * Replays the commits that `tip` has and `without` has not onto `onto`, one after another, in memory: each with its author,
 * date and message. Merges are dropped, and so is what changes nothing there. One that stands there already stays as it is.
 */
export async function replay(
  git: Git,
  { onto, tip, without }: { onto: Oid; tip: Oid; without: Oid[] },
): Promise<Replayed> {
  const range = [tip, ...without.map((oid) => `^${oid}`)];
  const listed = await git.text(['rev-list', '--reverse', '--topo-order', '--no-merges', '--parents', ...range, '--']);
  let at = { commit: onto, tree: await treeOf(git, onto) };
  let commits = 0;
  for (const line of listed.split('\n').filter(Boolean)) {
    const [commit, parent = null] = line.split(' ') as [Oid, Oid?];
    const next = await apply(git, at, { commit, parent });
    if (!next.ok) {
      const [named] = await subjectsOf(git, [commit]);
      return { ...next, commit, subject: named?.subject ?? '' };
    }
    if (next.tree === at.tree) continue;
    const stays = parent === at.commit;
    at = {
      commit: stays ? commit : await rewriteCommit(git, commit, { tree: next.tree, parents: [at.commit] }),
      tree: next.tree,
    };
    commits += 1;
  }
  return { ok: true, tip: at.commit, commits };
}

type Applied = { ok: true; tree: Oid } | { ok: false; paths: string[]; messages: string[] };

/** What a commit did to its parent is done to the tree of `at`. */
async function apply(
  git: Git,
  at: { commit: Oid; tree: Oid },
  { commit, parent }: { commit: Oid; parent: Oid | null },
): Promise<Applied> {
  const quick = parent === null ? null : await applyQuickly(git, at.tree, { commit, parent });
  if (quick !== null) return { ok: true, tree: quick };
  // The parent is made the common ancestor: git 2.39 takes none by name.
  const parents = parent === null ? [] : [parent];
  const ours = await writeCommit(git, { tree: at.tree, parents, message: 'copse: replay', date: 0 });
  const merge = await mergeTrees(git, ours, commit);
  return merge.clean ? { ok: true, tree: merge.tree } : { ok: false, paths: merge.paths, messages: merge.messages };
}

/** Without a process; null when what it changed meets what else is new there, and git has to merge. */
async function applyQuickly(
  git: Git,
  onto: Oid,
  { commit, parent }: { commit: Oid; parent: Oid },
): Promise<Oid | null> {
  const commits = await readCommitObjects(git, [commit, parent]);
  const [theirs, before] = [commits.get(commit)?.tree, commits.get(parent)?.tree];
  if (theirs === undefined || before === undefined) return null;
  if (before === onto) return theirs;
  const site = await objectSite(git);
  const [own, others] = await Promise.all([diffTrees(git, before, theirs), diffTrees(git, before, onto)]);
  if (site === null || own === null || others === null) return null;
  if (meet(footprintOf(own.map(rawChange)), footprintOf(others.map(rawChange)))) return null;
  return applyToTree(git, site, onto, own);
}
