import type { Git } from '../../git/git.ts';
import { mergeMany } from '../../git/merge-many.ts';
import { mergeOrder } from '../../git/merge-order.ts';
import { predictConflicts } from '../../integrate/predict.ts';
import type { Oid } from '../../run/event.ts';
import type { Candidate } from './candidates.ts';

/** Why a branch did not go on top of those before it. `with`: names of branches, or of the target. */
export interface BranchConflict {
  with: string[];
  paths: string[];
  messages: string[];
}

export interface MergedSet {
  /** The last merge commit; the target where nothing merged. */
  tip: Oid;
  /** By name, in the order of merging. */
  commits: Map<string, Oid>;
  conflicts: Map<string, BranchConflict>;
}

export interface MergeOptions {
  /** Short name of the target, and where it is. */
  target: string;
  onto: Oid;
  messageOf: (candidate: Candidate) => string;
}

/**
 * Merges branches onto the target one after another, in memory: first those that touch nothing of another, each behind what it
 * needs. One that conflicts is left out, and so is what needs it.
 */
export async function mergeSet(git: Git, candidates: readonly Candidate[], options: MergeOptions): Promise<MergedSet> {
  const { onto, messageOf } = options;
  const conflicts = new Map<string, BranchConflict>();
  let set = [...candidates];
  for (;;) {
    const branches = set.map((each) => ({ head: each.head, base: each.base, message: messageOf(each) }));
    const merged = await mergeMany(git, onto, branches, (footprints) => behindNeeds(set, mergeOrder(footprints)));
    const commits = new Map<string, Oid>();
    for (const at of merged.order) {
      const result = merged.results[at]!;
      const { name } = set[at]!;
      if (result.clean) commits.set(name, result.commit);
      else conflicts.set(name, { with: [], paths: result.paths, messages: result.messages });
    }
    // What fails with what it was built on is not to blame.
    const failed = new Set(conflicts.keys());
    for (const { name, needs } of set) if (needs.some((need) => failed.has(need))) conflicts.delete(name);
    const stranded = set.filter(({ name, needs }) => commits.has(name) && needs.some((need) => conflicts.has(need)));
    if (stranded.length === 0) {
      if (conflicts.size > 0) await nameOthers(git, candidates, conflicts, options);
      return { tip: merged.tip, commits, conflicts };
    }
    const out = new Set([...stranded.map(({ name }) => name), ...conflicts.keys()]);
    set = set.filter(({ name, needs }) => !out.has(name) && !needs.some((need) => out.has(need)));
  }
}

/** The same order, but for what has to stand behind others. */
function behindNeeds(set: readonly Candidate[], order: readonly number[]): number[] {
  const place = new Map(set.map(({ name }, at) => [name, at]));
  const sorted = new Set<number>();
  const visit = (at: number, above: ReadonlySet<number>): void => {
    for (const need of set[at]!.needs) {
      const before = place.get(need);
      if (before !== undefined && !sorted.has(before) && !above.has(before)) visit(before, new Set([...above, at]));
    }
    sorted.add(at);
  };
  for (const at of order) if (!sorted.has(at)) visit(at, new Set());
  return [...sorted];
}

/** With whom each conflicts: two branches by themselves, or one with what the target has got since. */
async function nameOthers(
  git: Git,
  candidates: readonly Candidate[],
  conflicts: Map<string, BranchConflict>,
  { target, onto }: MergeOptions,
): Promise<void> {
  const live = candidates.map(({ name, base, head }) => ({ task: name, base, head }));
  const predicted = await predictConflicts(git, onto, live);
  for (const [name, conflict] of conflicts) {
    const own = predicted.filter(({ tasks }) => (tasks as string[]).includes(name));
    const others = own.flatMap(({ tasks }) => {
      const rest = tasks.filter((each) => each !== name);
      return rest.length > 0 ? rest : [target];
    });
    conflict.with = [...new Set(others)];
    conflict.paths = [...new Set([...conflict.paths, ...own.flatMap(({ paths }) => paths)])].sort();
  }
}
