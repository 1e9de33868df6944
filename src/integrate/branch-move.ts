import { fastForwardCheckout, takeBackCheckout } from '../git/move-checkout.ts';
import { undoBrokenMove } from '../git/move-record.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { listWorktrees } from '../git/worktree.ts';
import type { Oid } from '../run/event.ts';
import { findObstacle, type Obstacle } from './obstacle.ts';

/** A branch with the checkout that follows it. */
export interface Place {
  /** Short name. */
  branch: string;
  /** Where it points to. */
  at: Oid;
  /** Where it is checked out; null: nowhere. */
  checkout: string | null;
  /** More than one checkout has it. */
  several: boolean;
}

/** What keeps a checkout from following; `failed`: git could not write its files, and everything is as before. */
export interface Block {
  why: Obstacle['why'] | 'failed';
  paths: string[];
  messages: string[];
}

/** Null when there is no such branch. A move of ours in its checkout in which git was killed is undone first. */
export async function findPlace(
  { git, commonDir }: Repository,
  branch: string,
): Promise<(Place & { stuck: Block | null }) | null> {
  const at = await readRef(git, `refs/heads/${branch}`);
  if (at === null) return null;
  const checkouts = (await listWorktrees(git)).filter((each) => each.branch === branch && !each.prunable);
  const checkout = checkouts[0]?.path ?? null;
  const place = { branch, at, checkout, several: checkouts.length > 1 };
  if (checkout === null) return { ...place, stuck: null };
  const there = git.at(checkout);
  const stuck = await undoBrokenMove(there, await there.text(['rev-parse', '--absolute-git-dir']), commonDir);
  return { ...place, stuck: stuck === null ? null : { why: 'busy', paths: [], messages: [stuck] } };
}

/** What stands against moving the branch to a commit; looked for before anything is changed. */
export async function obstacleTo(
  { git }: Repository,
  { at, checkout, several }: Place,
  { to, outputs }: { to: Oid; outputs: readonly string[] },
): Promise<Obstacle | null> {
  return checkout === null ? null : findObstacle(git.at(checkout), { several, from: at, to, outputs });
}

export type Moved =
  | { ok: true }
  | { ok: false; moved: true; actual: Oid | null }
  | { ok: false; moved: false; block: Block };

/** Moves the branch by compare-and-swap, and its checkout with it. `back`: to a commit that is not ahead of it. */
export async function moveBranch(
  { git, commonDir }: Repository,
  { branch, at, checkout }: Place,
  { to, reason, back = false }: { to: Oid; reason: string; back?: boolean },
): Promise<Moved> {
  const ref = `refs/heads/${branch}`;
  if (checkout === null) {
    const swapped = await compareAndSwap(git, ref, { next: to, old: at, reason });
    return swapped ? { ok: true } : { ok: false, moved: true, actual: await readRef(git, ref) };
  }
  const move = back ? takeBackCheckout : fastForwardCheckout;
  const done = await move(git.at(checkout), { from: at, to, branch, commonDir, reason });
  if (done.ok) return { ok: true };
  const actual = await readRef(git, ref);
  if (actual !== at) return { ok: false, moved: true, actual };
  return { ok: false, moved: false, block: { why: 'failed', paths: [], messages: [done.message] } };
}
