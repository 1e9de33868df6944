import type { BudgetReached, Ending, Oid, RunEventBody, RunOutcome, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { Hold } from '../run/hold.ts';
import type { Admission } from './admission.ts';

/** What the engine is to do next. Each is journaled as an intent before its effect, so that none is decided twice. */
export type Action =
  | { do: 'install-dependencies' }
  | { do: 'start-wave'; wave: number }
  | { do: 'start'; task: TaskId; attempt: number }
  | { do: 'verify'; task: TaskId; attempt: number }
  /** Merge these into the integration branch. */
  | { do: 'land'; tasks: { task: TaskId; attempt: number; head: Oid }[] }
  | { do: 'validate'; wave: number }
  /** Compare the contracts with the merged tree. */
  | { do: 'check-contracts'; commit: Oid }
  | { do: 'complete-wave'; wave: number; integrated: number; total: number }
  | { do: 'block'; task: TaskId; by: { task: TaskId } | { wave: number } }
  /** Closes the gate of an account; `waitMs` is how long, without jitter. */
  | { do: 'park'; account: string; waitMs: number; parked: Omit<Parked, 'type' | 'account' | 'until'> }
  | { do: 'reopen'; account: string; by: { task: TaskId; attempt: number } }
  /** Ask a running agent to end. */
  | { do: 'end'; task: TaskId; attempt: number; why: Ending }
  /** The budget of the run is reached: end what runs, start nothing more. */
  | ({ do: 'pause' } & BudgetReached)
  /** Nothing to do before this time (ms since the epoch), unless an event comes first. */
  | { do: 'wake'; at: number }
  /** Tasks could start and the machine has no room: why, when that is news. */
  | { do: 'hold'; hold: Hold }
  | { do: 'admit' }
  | { do: 'finish'; outcome: RunOutcome; failure?: Failure };

type Parked = Extract<RunEventBody, { type: 'quota.parked' }>;

export interface Limits {
  maxConcurrent: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** What the machine has room for; default everything. */
  admission?: Admission;
  /** Whose allowance the next attempt at a task would use; default one for all. */
  accountOf?: (task: TaskId) => string;
}
