import { untilThereIsRoom } from '../machine/no-space.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import type { Clock } from '../util/clock.ts';

export interface PatienceOptions {
  state: RunState;
  /** Folders on the disks that a run needs room on. */
  places: readonly string[];
  clock: Clock;
  /** Aborted: the run is stopping. */
  stopping: AbortSignal;
  /** Aborted: the run is over. */
  over: AbortSignal;
}

/** Does work again while the disk is full. */
export type Patient = <T>(work: () => Promise<T>) => Promise<T>;

/** How long a full disk is waited for when nothing runs that may make room, milliseconds. */
const PATIENCE_MS = 15_000;
const STOPPING_MS = 3000;

export function patience({ state, places, clock, stopping, over }: PatienceOptions): Patient {
  const givesUp = (ms: number) => {
    const most = stopping.aborted ? STOPPING_MS : PATIENCE_MS;
    return over.aborted || (ms > most && !someAgentRuns(state));
  };
  return (work) => untilThereIsRoom(work, { places, clock, givesUp });
}

/** What was started and has no process yet makes no room. */
function someAgentRuns(state: RunState): boolean {
  for (const task of state.tasks.values())
    if (task.status.is === 'running' && lastAttempt(task)!.process !== null) return true;
  return false;
}
