import { catchUpWith } from '../engine/open.ts';
import type { Unfinished } from '../git/end-merge.ts';
import type { HandWorktree, InHand } from '../integrate/by-hand.ts';
import type { TaskId } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { type HeldRun, holding } from './held-run.ts';
import type { LandingContext } from './integrate.ts';
import type { RunLanding } from './landing.ts';
import type { Project } from './project.ts';
import type { FoundRun } from './runs.ts';

/** One thing that `integrate --continue` did, or found. */
export type HandStep =
  /** A conflict stands in the worktree, for a person to resolve. */
  | { is: 'begun'; inHand: InHand; notes: string[] }
  /** It is not resolved yet. */
  | { is: 'left'; inHand: InHand; left: Unfinished }
  /** `kept`: the snapshot of what else stood in the worktree. */
  | { is: 'integrated'; task: TaskId; by: 'person' | 'itself'; kept: string | null }
  | { is: 'landing'; landing: RunLanding; kept: string | null };

export interface HandResult {
  /** The worktree; it stands there while something is in hand. */
  path: string;
  steps: HandStep[];
  state: RunState;
}

/** What the steps work with. */
export interface Held extends HeldRun {
  context: LandingContext;
  project: Project;
  hand: HandWorktree;
}

/** Holds the run while `act` works on its tasks: what happened to the integration branch unseen is known then. */
export function holdingTasks<T>(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  act: (held: HeldRun) => Promise<T>,
): Promise<T> {
  return holding(context, project, run, async (held) => {
    await catchUpWith(project.repository, held);
    return act(held);
  });
}

/** Lays a conflict out for a person. */
export async function begin(
  held: Pick<Held, 'hand' | 'state'>,
  wanted: Omit<InHand, 'paths' | 'run'>,
  message: string,
): Promise<HandStep> {
  const begun = await held.hand.begin({ ...wanted, run: held.state.id }, message);
  if (begun.ok) return { is: 'begun', inHand: begun.inHand, notes: begun.notes };
  const { path } = held.hand;
  throw new Refusal('no-place', `the conflict cannot be laid out in ${path}: ${begun.message}`, {
    exit: EXIT.environment,
    hint: `move ${path} away, if it is there, and type it again`,
  });
}
