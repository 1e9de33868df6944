import type { Repository } from '../git/repository.ts';
import type { LandingHow, LandingStyle, Oid } from '../run/event.ts';
import { shellWord } from '../util/shell-word.ts';
import { type Block, findPlace, moveBranch, obstacleTo, type Place } from './branch-move.ts';
import { type LandingWish, type Shaped, shapeLanding } from './shape.ts';

export interface TargetRequest {
  repository: Repository;
  /** Short name of the branch to land on. */
  target: string;
  /** Tip of the integration branch. */
  tip: Oid;
  /** The history that is made; absent: a fast-forward where possible, else a merge commit. */
  style?: LandingStyle | undefined;
  /** Of the merge commit, where one is needed, or of the only one. */
  message: string;
  /** An earlier landing of the same branch. */
  earlier?: LandingWish['earlier'];
  /** Paths relative to the top that copse itself writes there (`parallel/x/report.json`); a change of them is no dirt. */
  outputs?: readonly string[];
  /** What the command for a person names instead of the bare commit: `copse/TS-0042-inventory-system`. */
  source?: string;
  /** Nothing is moved: the answer is what would be. */
  dryRun?: boolean;
  /** Is asked when nothing stands in the way, before anything moves; false: it stays where it is. May take long. */
  approve?: (move: TargetMove) => Promise<boolean>;
}

export interface TargetMove {
  from: Oid;
  to: Oid;
  how: LandingHow;
}

export type TargetLanding =
  /** `from` and `to` are the same when the target had everything already. */
  | { landed: true; how: LandingHow; from: Oid; to: Oid; checkout: string | null }
  | { landed: false; why: 'no-branch' }
  | { landed: false; why: 'conflict'; paths: string[]; messages: string[]; command: string }
  /** `rebase`: its commits make no line; `commit` does not go on top of what is before it, or what comes out is not the merge. */
  | {
      landed: false;
      why: 'not-linear';
      commit: { oid: Oid; subject: string } | null;
      paths: string[];
      messages: string[];
    }
  /** What was to land there was not approved. */
  | { landed: false; why: 'refused' }
  /** Nothing stands in the way, and nothing was to be moved. */
  | { landed: false; why: 'dry-run'; how: LandingHow; from: Oid; to: Oid; checkout: string | null }
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
 * Lands the integration branch on the branch the user wants it on, with the history that is wished for, made in memory. A
 * checkout of the target follows, but only when nothing in it can get lost; otherwise nothing moves at all.
 */
export async function landOnTarget(request: TargetRequest): Promise<TargetLanding> {
  const { repository, target, outputs = [] } = request;
  const place = await findPlace(repository, target);
  if (place === null) return { landed: false, why: 'no-branch' };
  if (place.stuck !== null) return blocked(request, place, place.stuck);
  const { at: from, checkout } = place;
  const shaped = await shapeLanding(repository.git, { ...request, from });
  if (shaped.is === 'there') return { landed: true, how: 'fast-forward', from, to: from, checkout };
  if (shaped.is !== 'made') return unshaped(request, checkout, shaped);
  const { how, to } = shaped;
  const obstacle = await obstacleTo(repository, place, { to, outputs });
  if (obstacle !== null) return blocked(request, place, obstacle);
  if (request.dryRun) return { landed: false, why: 'dry-run', how, from, to, checkout };
  if (request.approve) {
    if (!(await request.approve({ from, to, how }))) return { landed: false, why: 'refused' };
    const since = await obstacleTo(repository, place, { to, outputs }); // that took its time
    if (since !== null) return blocked(request, place, since);
  }
  const moved = await moveBranch(repository, place, { to, reason: 'copse: integrate' });
  if (moved.ok) return { landed: true, how, from, to, checkout };
  return moved.moved ? { landed: false, why: 'moved', actual: moved.actual } : blocked(request, place, moved.block);
}

function unshaped(
  request: TargetRequest,
  checkout: string | null,
  shaped: Extract<Shaped, { is: 'conflict' | 'not-linear' }>,
): TargetLanding {
  const { paths, messages } = shaped;
  if (shaped.is === 'not-linear') return { landed: false, why: 'not-linear', commit: shaped.commit, paths, messages };
  const command = commandFor(checkout ?? request.repository.root, request, checkout === null);
  return { landed: false, why: 'conflict', paths, messages, command };
}

function blocked(request: TargetRequest, { checkout }: Place, { why, paths, messages }: Block): TargetLanding {
  return { landed: false, why, checkout: checkout!, paths, messages, command: commandFor(checkout!, request, false) };
}

function commandFor(checkout: string, { target, tip, source = tip }: TargetRequest, switchFirst: boolean): string {
  const git = `git -C ${shellWord(checkout)}`;
  return switchFirst
    ? `${git} switch ${shellWord(target)} && ${git} merge ${shellWord(source)}`
    : `${git} merge ${shellWord(source)}`;
}
