import { availableParallelism } from 'node:os';
import { branchFootprint } from '../git/branch-footprint.ts';
import { type Footprint, meet } from '../git/footprint.ts';
import type { Git } from '../git/git.ts';
import { mergeTrees } from '../git/merge.ts';
import { createPool } from '../git/pool.ts';
import { quickMerge } from '../git/quick-merge.ts';
import type { Oid, TaskId } from '../run/event.ts';

/** Work that has not landed yet, as it stands. */
export interface LiveBranch {
  task: TaskId;
  /** Where it began, a commit that the integration branch holds. */
  base: Oid;
  head: Oid;
}

/** What would not merge. One task: with what has landed already. */
export interface PredictedConflict {
  tasks: [TaskId] | [TaskId, TaskId];
  /** Sorted. */
  paths: string[];
}

/** Merges that are tried at most; what meets in more places than this is not told apart any more. */
const MOST_MERGES = 200;

/**
 * Which of these would conflict, with what has landed or with each other. Only those that touch the same places are merged,
 * in memory; the others cannot.
 * @param tip of the integration branch
 */
export async function predictConflicts(
  git: Git,
  tip: Oid,
  branches: readonly LiveBranch[],
): Promise<PredictedConflict[]> {
  const pool = createPool(availableParallelism());
  const touched = await Promise.all(branches.map((branch) => branchFootprint(git, branch)));
  const tries: (() => Promise<PredictedConflict | null>)[] = [];
  for (const [at, branch] of branches.entries()) {
    if (branch.base !== tip) tries.push(() => withTip(git, tip, branch));
    for (let other = at + 1; other < branches.length; other++) {
      const [a, b] = [touched[at], touched[other]];
      if (a && b && meet(a, b)) tries.push(() => withEachOther(git, [branch, branches[other]!], [a, b]));
    }
  }
  const found = await Promise.all(tries.slice(0, MOST_MERGES).map((attempt) => pool(attempt)));
  return found.filter((each) => each !== null);
}

async function withTip(git: Git, tip: Oid, { task, base, head }: LiveBranch): Promise<PredictedConflict | null> {
  if ((await quickMerge(git, { onto: tip, head, base })) !== null) return null;
  const merge = await mergeTrees(git, tip, head);
  return merge.clean ? null : { tasks: [task], paths: merge.paths };
}

async function withEachOther(
  git: Git,
  [a, b]: [LiveBranch, LiveBranch],
  [own, others]: [Footprint, Footprint],
): Promise<PredictedConflict | null> {
  const merge = await mergeTrees(git, a.head, b.head);
  if (merge.clean) return null;
  // Where they began apart, one of them stands on what has landed since: that is no conflict of these two.
  const paths = a.base === b.base ? merge.paths : merge.paths.filter((path) => has(own, path) && has(others, path));
  return paths.length === 0 ? null : { tasks: [a.task, b.task], paths };
}

const has = ({ paths, folders }: Footprint, path: string) => {
  const bytes = Buffer.from(path, 'utf8').toString('latin1');
  return paths.has(bytes) || folders.has(bytes);
};
