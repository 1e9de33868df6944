import type { Git } from '../git/git.ts';
import { isAncestor, log } from '../git/history.ts';
import { type Arrange, type MergedBranches, mergeBranch, mergeInTurn, mergeMany } from '../git/merge-many.ts';
import { mergeOrder } from '../git/merge-order.ts';
import { compareAndSwapOften, readRef } from '../git/refs.ts';
import { writeCommit } from '../git/write-commit.ts';
import type { Oid } from '../run/event.ts';
import { unwrapped } from '../util/one-line.ts';

export interface LandRequest {
  /** The integration branch: `refs/heads/copse/TS-0042-inventory-system`. */
  ref: string;
  /** What the branch pointed at when this was decided. */
  tip: Oid;
  /** The commit to merge into it. */
  head: Oid;
  /** Where its branch began, when that is known: what has nothing to do with the rest is then merged without a process. */
  base?: Oid;
  plan: string;
  run: string;
  task: string;
  title: string;
  attempt: number;
}

export type Landed =
  | { landed: true; commit: Oid; onto: Oid }
  | { landed: false; why: 'conflict'; paths: string[]; messages: string[]; onto: Oid }
  /** The branch no longer holds `tip`: somebody rewrote it. */
  | { landed: false; why: 'rewritten'; actual: Oid | null }
  /** Others moved the branch each time we tried. */
  | { landed: false; why: 'contended'; actual: Oid | null };

const SWAPS = 5;
/** Landed together they would take seven git processes, one after another one each. */
const FEW = 5;

/**
 * Merges `head` into the integration branch in memory and moves the branch by compare-and-swap. Always a merge commit, so
 * that the history tells the tasks; its trailers name the attempt, by which a landing is found again after a crash: landing
 * twice lands once.
 */
export async function land(git: Git, request: LandRequest): Promise<Landed> {
  const { ref, tip, head } = request;
  let onto = tip;
  for (let swap = 0; swap < SWAPS; swap++) {
    const merge = await mergeBranch(git, onto, request);
    if (!merge.clean) return { landed: false, why: 'conflict', paths: merge.paths, messages: merge.messages, onto };
    const commit = await writeCommit(git, { tree: merge.tree, parents: [onto, head], message: messageOf(request) });
    if (await compareAndSwapOften(git, ref, { next: commit, old: onto, reason: 'copse: land' })) {
      return { landed: true, commit, onto };
    }
    const actual = await readRef(git, ref);
    if (actual === null || !(await isAncestor(git, tip, actual))) return { landed: false, why: 'rewritten', actual };
    const earlier = await findLanded(git, request, actual);
    if (earlier) return { landed: true, commit: earlier, onto: tip };
    onto = actual;
  }
  return { landed: false, why: 'contended', actual: onto };
}

/** What a landing is asked for, but for the branch it goes to. */
export type Candidate = Omit<LandRequest, 'ref' | 'tip'>;

export type LandedTask = Landed & Pick<LandRequest, 'task'>;

/**
 * Lands several branches one after another, with the history {@link land} would make, but in a handful of git calls where
 * they have nothing to do with each other, and moving the branch once.
 * @returns one result a request, in the order of landing: that in which most of them merge
 */
export async function landMany(
  git: Git,
  { ref, tip }: Pick<LandRequest, 'ref' | 'tip'>,
  requests: readonly Candidate[],
): Promise<LandedTask[]> {
  if (requests.length === 1) return landInTurn(git, { ref, tip }, requests);
  const merged = await mergeCandidates(git, tip, requests, mergeOrder);
  const { tip: next, order } = merged;
  const moved = next === tip || (await compareAndSwapOften(git, ref, { next, old: tip, reason: 'copse: land' }));
  const ordered = order.map((at) => requests[at]!);
  return moved ? landingsOf(merged, requests, tip) : landInTurn(git, { ref, tip }, ordered);
}

/** Merges these onto `onto`, in their order unless another is asked for. Nothing is moved. */
export function mergeCandidates(
  git: Git,
  onto: Oid,
  candidates: readonly Candidate[],
  arrange?: Arrange,
): Promise<MergedBranches> {
  const branches = candidates.map((each) => ({ ...each, message: messageOf(each) }));
  const merge = candidates.length <= FEW ? mergeInTurn : mergeMany;
  return merge(git, onto, branches, arrange);
}

/** What merging these onto `tip` is as landings, once the branch is there; in the order of landing. */
export function landingsOf(
  { results, order }: MergedBranches,
  candidates: readonly Candidate[],
  tip: Oid,
): LandedTask[] {
  let onto = tip;
  return order.map((at): LandedTask => {
    const { task } = candidates[at]!;
    const merged = results[at]!;
    if (!merged.clean)
      return { task, landed: false, why: 'conflict', paths: merged.paths, messages: merged.messages, onto };
    const landed = { task, landed: true as const, commit: merged.commit, onto };
    onto = merged.commit;
    return landed;
  });
}

/** Each finds its own way, also when somebody else has moved the branch. */
async function landInTurn(
  git: Git,
  { ref, tip }: Pick<LandRequest, 'ref' | 'tip'>,
  requests: readonly Candidate[],
): Promise<LandedTask[]> {
  const results: LandedTask[] = [];
  for (const request of requests) {
    results.push({ task: request.task, ...(await land(git, { ...request, ref, tip })) });
  }
  return results;
}

type Landing = Pick<LandRequest, 'plan' | 'run' | 'task' | 'attempt'>;

/** The merge commit by which an attempt has landed already, after `tip` and up to `actual`; null when it has not. */
export async function findLanded(git: Git, request: Landing & { tip: Oid }, actual: Oid): Promise<Oid | null> {
  const commits = await log(git, request.tip, actual, { firstParent: true });
  return commits.find(({ message }) => isLandingOf(message, request))?.oid ?? null;
}

/** Whether a commit with this message is the merge by which an attempt landed. */
export function isLandingOf(message: string, landing: Landing): boolean {
  return message.trimEnd().endsWith(trailersOf(landing));
}

function messageOf(request: Candidate): string {
  return `Merge ${request.task}: ${unwrapped(request.title)}\n\n${trailersOf(request)}\n`;
}

function trailersOf({ plan, run, task, attempt }: Landing): string {
  return `Copse-Task: ${plan}/${task}\nCopse-Run: ${run}\nCopse-Attempt: ${attempt}`;
}
