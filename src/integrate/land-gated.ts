import { readCommitObjects } from '../git/commit-objects.ts';
import type { Git } from '../git/git.ts';
import { isAncestor } from '../git/history.ts';
import type { MergedBranches } from '../git/merge-many.ts';
import { compareAndSwapOften, readRef } from '../git/refs.ts';
import type { Oid } from '../run/event.ts';
import { smallestCulprits } from './culprits.ts';
import { type Candidate, findLanded, type LandedTask, type LandRequest, landingsOf, mergeCandidates } from './land.ts';

/** What the checks of one tree came to. */
export interface Verdict {
  passes: boolean;
  /** Who may have broken it: tried before others. */
  suspects: readonly string[];
}

export interface LandingGate<V extends Verdict> {
  /** In the order of landing. */
  candidates: readonly Candidate[];
  /** Runs the checks on what these tasks make together on top of `onto`. Rejects when `signal` is aborted. */
  check(merged: { onto: Oid; commit: Oid; tasks: string[] }): Promise<V>;
  signal: AbortSignal;
}

export interface GatedLanding<V extends Verdict> {
  /** In the order of landing; those whose checks fail are not among them. */
  landings: LandedTask[];
  /** With whom each fails, and what the checks said of just these. */
  culprits: { task: string; with: string[]; verdict: V }[];
  /** What the branch pointed at before, and what it points at since. */
  onto: Oid;
  commit: Oid;
}

const SWAPS = 5;

/**
 * Merges several branches in memory, has what they make checked, takes out the smallest culprits and lands the others by moving
 * the branch once. What has passed is what lands: where somebody else has moved the branch meanwhile, it is checked anew.
 * @returns null when it was stopped; nothing has moved
 */
export async function landGated<V extends Verdict>(
  git: Git,
  { ref, tip }: Pick<LandRequest, 'ref' | 'tip'>,
  gate: LandingGate<V>,
): Promise<GatedLanding<V> | null> {
  try {
    return await landOnto(git, { ref, tip }, gate);
  } catch (error) {
    if (gate.signal.aborted) return null;
    throw error;
  }
}

async function landOnto<V extends Verdict>(
  git: Git,
  { ref, tip }: Pick<LandRequest, 'ref' | 'tip'>,
  gate: LandingGate<V>,
): Promise<GatedLanding<V>> {
  const earlier: LandedTask[] = [];
  let candidates = gate.candidates;
  let onto = tip;
  for (let swap = 0; swap < SWAPS; swap++) {
    const { merged, rest, culprits } = await passing(git, onto, { ...gate, candidates });
    const next = merged.tip;
    if (next === onto || (await compareAndSwapOften(git, ref, { next, old: onto, reason: 'copse: land' }))) {
      return { landings: [...earlier, ...landingsOf(merged, rest, onto)], culprits, onto, commit: next };
    }
    const actual = await readRef(git, ref);
    if (actual === null || !(await isAncestor(git, tip, actual)))
      return refused(gate, tip, { why: 'rewritten', actual });
    for (const each of candidates) {
      const commit = await findLanded(git, { ...each, tip }, actual);
      if (commit !== null) earlier.push({ task: each.task, landed: true, commit, onto: tip });
    }
    candidates = candidates.filter(({ task }) => !earlier.some((each) => each.task === task));
    onto = actual;
  }
  return refused(gate, tip, { why: 'contended', actual: onto });
}

interface Passing<V extends Verdict> extends Pick<GatedLanding<V>, 'culprits'> {
  /** Those that are no culprits. */
  rest: readonly Candidate[];
  /** What they make; who conflicts was left out. */
  merged: MergedBranches;
}

/** The merge of all candidates but the culprits, which has passed. */
async function passing<V extends Verdict>(git: Git, onto: Oid, gate: LandingGate<V>): Promise<Passing<V>> {
  const checked = new Map<string, { merged: MergedBranches; verdict: V }>();
  const order: string[] = [];
  const { sets, rest } = await smallestCulprits(
    gate.candidates,
    async (subset) => {
      const merged = await mergeCandidates(git, onto, subset);
      if (merged.tip === onto) return true; // nothing of it merges
      const tasks = merged.order.filter((at) => merged.results[at]!.clean).map((at) => subset[at]!.task);
      const verdict = await gate.check({ onto, commit: merged.tip, tasks });
      order.push(keyOf(subset));
      checked.set(keyOf(subset), { merged, verdict });
      return verdict.passes;
    },
    (failing) => failing.filter(({ task }) => checked.get(keyOf(failing))?.verdict.suspects.includes(task)),
  );
  const culprits = sets.map((set) => {
    const [task, ...others] = set.map((each) => each.task).reverse();
    return { task: task!, with: others.reverse(), verdict: checked.get(keyOf(set))!.verdict };
  });
  const known = checked.get(keyOf(rest));
  // The worktree stands on what was checked last, which keeps it; of an older merge `git gc` may have taken something.
  const merged = known && order.at(-1) === keyOf(rest) ? known.merged : await mergeCandidates(git, onto, rest);
  if (known) await demandSame(git, known.merged.tip, merged.tip);
  return { merged, rest, culprits };
}

const keyOf = (candidates: readonly Candidate[]) => JSON.stringify(candidates.map(({ task }) => task));

async function demandSame(git: Git, checked: Oid, landing: Oid): Promise<void> {
  if (checked === landing) return;
  const commits = await readCommitObjects(git, [checked, landing]);
  const [was, is] = [commits.get(checked)?.tree, commits.get(landing)?.tree];
  if (was !== is) throw new Error(`${landing} is not the tree that was checked as ${checked}`);
}

function refused<V extends Verdict>(
  { candidates }: LandingGate<V>,
  tip: Oid,
  why: { why: 'rewritten'; actual: Oid | null } | { why: 'contended'; actual: Oid },
): GatedLanding<V> {
  const landings = candidates.map(({ task }): LandedTask => ({ task, landed: false, ...why }));
  return { landings, culprits: [], onto: why.actual ?? tip, commit: why.actual ?? tip };
}
