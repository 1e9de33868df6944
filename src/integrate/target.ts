import { undoBrokenMove } from '../git/checkout-move.ts';
import { fastForwardCheckout } from '../git/fast-forward.ts';
import type { Git } from '../git/git.ts';
import { isAncestor } from '../git/history.ts';
import { commitTree, mergeTrees } from '../git/merge.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { listWorktrees } from '../git/worktree.ts';
import type { Oid } from '../run/event.ts';
import { findObstacle, type Obstacle } from './obstacle.ts';

export interface TargetRequest {
  repository: Repository;
  /** Short name of the branch to land on. */
  target: string;
  /** Tip of the integration branch. */
  tip: Oid;
  /** Of the merge commit, where one is needed. */
  message: string;
  /** Paths relative to the top that copse itself writes there (`parallel/x/report.json`); a change of them is no dirt. */
  outputs?: readonly string[];
  /** What the command for a person names instead of the bare commit: `copse/TS-0042-inventory-system`. */
  source?: string;
  /** Is asked when nothing stands in the way, before anything moves; false: it stays where it is. May take long. */
  approve?: (move: { from: Oid; to: Oid }) => Promise<boolean>;
}

export type TargetLanding =
  /** `from` and `to` are the same when the target had everything already. */
  | { landed: true; how: 'fast-forward' | 'merge'; from: Oid; to: Oid; checkout: string | null }
  | { landed: false; why: 'no-branch' }
  | { landed: false; why: 'conflict'; paths: string[]; messages: string[]; command: string }
  /** What was to land there was not approved. */
  | { landed: false; why: 'refused' }
  /** Someone moved the target while we were at it; nothing was changed. */
  | { landed: false; why: 'moved'; actual: Oid | null }
  /**
   * The target is checked out where its files cannot be changed safely. dirty: `paths` are changed there; untracked: files
   * that no commit has would be overwritten; busy: a merge, a rebase or another git is under way there; failed: git could
   * not write the files (`messages`), and everything is as before.
   */
  | {
      landed: false;
      why: 'dirty' | 'untracked' | 'busy' | 'failed';
      checkout: string;
      paths: string[];
      messages: string[];
      /** What to type when that is mended. */
      command: string;
    };

/**
 * Lands the integration branch on the branch the user wants it on: a fast-forward where possible, else a merge commit made
 * in memory. A checkout of the target follows, but only when nothing in it can get lost; otherwise nothing moves at all.
 */
export async function landOnTarget(request: TargetRequest): Promise<TargetLanding> {
  const { repository, target, tip, message } = request;
  const { git } = repository;
  const ref = `refs/heads/${target}`;
  const from = await readRef(git, ref);
  if (from === null) return { landed: false, why: 'no-branch' };
  const checkouts = (await listWorktrees(git)).filter(({ branch, prunable }) => branch === target && !prunable);
  const checkout = checkouts[0]?.path ?? null;
  const stuck = checkout === null ? null : await settleCheckout(repository, checkout);
  if (stuck !== null) return blocked(request, checkout!, { why: 'busy', paths: [], messages: [stuck] });
  if (await isAncestor(git, tip, from)) return { landed: true, how: 'fast-forward', from, to: from, checkout };
  const straight = await isAncestor(git, from, tip);
  const to = straight ? tip : await merged(git, { from, tip, message });
  if (typeof to !== 'string') {
    return {
      landed: false,
      why: 'conflict',
      ...to,
      command: commandFor(checkout ?? repository.root, request, checkout === null),
    };
  }
  const how = straight ? ('fast-forward' as const) : ('merge' as const);
  const move = { several: checkouts.length > 1, from, to, outputs: request.outputs ?? [] };
  const obstacle = checkout && (await findObstacle(git.at(checkout), move));
  if (checkout && obstacle) return blocked(request, checkout, obstacle);
  if (request.approve) {
    if (!(await request.approve({ from, to }))) return { landed: false, why: 'refused' };
    const since = checkout && (await findObstacle(git.at(checkout), move)); // that took its time
    if (checkout && since) return blocked(request, checkout, since);
  }
  if (checkout === null) {
    const swapped = await compareAndSwap(git, ref, { next: to, old: from, reason: 'copse: integrate' });
    return swapped
      ? { landed: true, how, from, to, checkout }
      : { landed: false, why: 'moved', actual: await readRef(git, ref) };
  }
  const forwarded = await fastForwardCheckout(git.at(checkout), {
    from,
    to,
    branch: target,
    commonDir: repository.commonDir,
  });
  if (forwarded.ok) return { landed: true, how, from, to, checkout };
  const actual = await readRef(git, ref);
  if (actual !== from) return { landed: false, why: 'moved', actual };
  return blocked(request, checkout, { why: 'failed', paths: [], messages: [forwarded.message] });
}

/** A move of ours in which git was killed is undone first. */
async function settleCheckout({ git, commonDir }: Repository, checkout: string): Promise<string | null> {
  const at = git.at(checkout);
  return undoBrokenMove(at, await at.text(['rev-parse', '--absolute-git-dir']), commonDir);
}

async function merged(
  git: Git,
  { from, tip, message }: { from: Oid; tip: Oid; message: string },
): Promise<Oid | { paths: string[]; messages: string[] }> {
  const merge = await mergeTrees(git, from, tip);
  if (!merge.clean) return { paths: merge.paths, messages: merge.messages };
  return commitTree(git, { tree: merge.tree, parents: [from, tip], message });
}

function blocked(
  request: TargetRequest,
  checkout: string,
  { why, paths, messages }: { why: Obstacle['why'] | 'failed'; paths: string[]; messages: string[] },
): TargetLanding {
  return { landed: false, why, checkout, paths, messages, command: commandFor(checkout, request, false) };
}

function commandFor(checkout: string, { target, tip, source = tip }: TargetRequest, switchFirst: boolean): string {
  const git = `git -C ${quote(checkout)}`;
  return switchFirst
    ? `${git} switch ${quote(target)} && ${git} merge ${quote(source)}`
    : `${git} merge ${quote(source)}`;
}

function quote(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
