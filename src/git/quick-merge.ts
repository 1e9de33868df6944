import type { Oid } from '../run/event.ts';
import { putRecent } from '../util/recent.ts';
import { changesSince } from './changes-since.ts';
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
  const [own, upstream] = await Promise.all([diffTrees(git, before, theirs), changesSince(git, before, ours)]);
  if (own === null || upstream === null) return null;
  if (meet(footprintOf(own.map(rawChange)), footprintOf(upstream.map(rawChange)))) return null;
  return applyToTree(git, site, ours, own);
}

/**
 * Whether the histories part at `base` and nowhere later: the branch is a line of commits on it, and none of them is in
 * the history of `onto`.
 */
async function isFork(git: Git, { onto, head, base }: { onto: Oid; head: Oid; base: Oid }): Promise<boolean> {
  const [own, landed] = [await lineBetween(git, head, base), await grownLine(git, onto, base)];
  if (own === null || landed === null) return false;
  if ([...own.commits.values()].some(({ parents }) => parents.length > 1)) return false;
  /** In the history of `onto`, and nothing of the branch is behind them. */
  const settled = new Set([...landed.commits.keys(), base]);
  const seen = new Set<Oid>();
  let older = base;
  let level = [...landed.commits.values()].flatMap(({ parents }) => parents.slice(1));
  while (level.length > 0) {
    const next = [...new Set(level)].filter((oid) => !settled.has(oid) && !seen.has(oid));
    if (next.some((oid) => own.commits.has(oid)) || seen.size > MOST) return false;
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

interface Line {
  tip: Oid;
  /** From the tip down to a base, by first parents, without the base. */
  commits: ReadonlyMap<Oid, CommitObject>;
}

/** The line from `tip` down to `base`; null when it does not lead there. `known`: an older tip of it. */
async function lineBetween(git: Git, tip: Oid, base: Oid, known?: Line): Promise<Line | null> {
  const commits = new Map<Oid, CommitObject>();
  for (let oid = tip; oid !== base; ) {
    if (oid === known?.tip) {
      for (const [each, commit] of known.commits) commits.set(each, commit);
      break;
    }
    const commit = (await readCommitObjects(git, [oid])).get(oid);
    if (commit === undefined || commit.parents.length === 0) return null;
    commits.set(oid, commit);
    if (commits.size > MOST) return null;
    oid = commit.parents[0]!;
  }
  return commits.size > MOST ? null : { tip, commits };
}

/** By environment, then by base. */
const grown = new WeakMap<NodeJS.ProcessEnv, Map<Oid, Line>>();
const KEPT = 16;

/** The same of a branch that grows: it is followed only as far as it has grown since the last time. */
async function grownLine(git: Git, tip: Oid, base: Oid): Promise<Line | null> {
  const bases = grown.get(git.env) ?? new Map<Oid, Line>();
  grown.set(git.env, bases);
  const line = await lineBetween(git, tip, base, bases.get(base));
  if (line !== null) putRecent(bases, base, line, KEPT);
  return line;
}
