import type { Oid } from '../run/event.ts';
import { type CommitObject, readCommitObjects } from './commit-objects.ts';
import { footprintOf, meet } from './footprint.ts';
import type { Git } from './git.ts';
import { objectSite } from './loose-object.ts';
import { applyToTree, diffTrees, rawChange } from './trees.ts';

/** Commits that are looked at on either side; more are left to git. */
const MOST = 2000;

/**
 * The tree that `git merge-tree` would make of two commits that have nothing to do with each other, without a process: what
 * the branch did since `base` is done to the tree of `onto`.
 * @param base where the branch began, a commit in the history of `onto`
 * @returns null when it is not certain that this is the same: git merges then
 */
export async function quickMerge(
  git: Git,
  { onto, head, base }: { onto: Oid; head: Oid; base: Oid },
): Promise<Oid | null> {
  const site = await objectSite(git);
  if (site === null || !(await isFork(git, { onto, head, base }))) return null;
  const commits = await readCommitObjects(git, [onto, head, base]);
  const [ours, theirs, before] = [onto, head, base].map((oid) => commits.get(oid)?.tree);
  if (ours === undefined || theirs === undefined || before === undefined) return null;
  if (onto === base) return theirs;
  const [own, upstream] = await Promise.all([diffTrees(git, before, theirs), diffTrees(git, before, ours)]);
  if (own === null || upstream === null) return null;
  if (meet(footprintOf(own.map(rawChange)), footprintOf(upstream.map(rawChange)))) return null;
  return applyToTree(git, site, ours, own);
}

/**
 * Whether the histories part at `base` and nowhere later: the branch is a line of commits on it, and none of them is in
 * the history of `onto`.
 */
async function isFork(git: Git, { onto, head, base }: { onto: Oid; head: Oid; base: Oid }): Promise<boolean> {
  const [own, landed] = [await lineBetween(git, head, base), await lineBetween(git, onto, base)];
  if (own === null || landed === null) return false;
  if ([...own.values()].some(({ parents }) => parents.length > 1)) return false;
  /** In the history of `onto`, and nothing of the branch is behind them. */
  const settled = new Set([...landed.keys(), base]);
  const seen = new Set<Oid>();
  let older = base;
  let level = [...landed.values()].flatMap(({ parents }) => parents.slice(1));
  while (level.length > 0) {
    const next = [...new Set(level)].filter((oid) => !settled.has(oid) && !seen.has(oid));
    if (next.some((oid) => own.has(oid)) || seen.size > MOST) return false;
    const commits = await readCommitObjects(git, next);
    if (commits.size < next.length) return false;
    for (const oid of next) seen.add(oid);
    level = [...commits.values()].flatMap(({ parents }) => parents);
    // What was landed may have begun before `base`: where it did is found sooner than the beginning of all history.
    for (let steps = 0; steps < 16 && next.length > 0; steps++) {
      older = (await readCommitObjects(git, [older])).get(older)?.parents[0] ?? older;
      settled.add(older);
    }
  }
  return true;
}

/** The commits from `tip` down to `base`, by first parents, without `base`; null when the line does not lead there. */
async function lineBetween(git: Git, tip: Oid, base: Oid): Promise<Map<Oid, CommitObject> | null> {
  const line = new Map<Oid, CommitObject>();
  for (let oid = tip; oid !== base; ) {
    const commit = (await readCommitObjects(git, [oid])).get(oid);
    if (commit === undefined || commit.parents.length === 0 || line.size === MOST) return null;
    line.set(oid, commit);
    oid = commit.parents[0]!;
  }
  return line;
}
