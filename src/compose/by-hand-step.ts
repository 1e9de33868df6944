import { catchUpWith } from '../engine/open.ts';
import type { Unfinished } from '../git/end-merge.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import type { HandWorktree, InHand } from '../integrate/by-hand.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/write.ts';
import type { RunEventBody, TaskId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { LandingContext } from './integrate.ts';
import type { RunLanding } from './landing.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { asHeld, type FoundRun } from './runs.ts';

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

/** What the steps work with: the run is held, nobody else writes its journal. */
export interface Held {
  context: LandingContext;
  project: Project;
  hand: HandWorktree;
  state: RunState;
  append(event: RunEventBody): void;
  journal: Journal;
}

/** Holds the run while `act` works on it. */
export async function holding<T>(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  act: (held: Pick<Held, 'state' | 'append' | 'journal'>) => Promise<T>,
): Promise<T> {
  const journal = await openJournal({ dir: run.paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
  try {
    const { state } = asHeld(run, journal.past);
    await removeStaleLocks(project.repository);
    await catchUpWith(project.repository, { journal, state });
    return await act({ state, journal, append: (event) => void reduce(state, journal.append(event)) });
  } finally {
    await journal.close();
  }
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
