import type { Batch } from './batch.ts';
import type { ContractsState } from './broken.ts';
import type { StackCheck } from './check.ts';
import type { Escape } from './escape.ts';
import type {
  Activity,
  AttemptResult,
  BudgetReached,
  Cost,
  Ending,
  Evidence,
  LandingHow,
  Oid,
  RunEvent,
  RunId,
  RunOutcome,
  RunSettings,
  TaskId,
  Tokens,
} from './event.ts';
import type { Failure, Limit } from './failure.ts';
import type { Hold } from './hold.ts';
import type { Selection, TaskSeed } from './selection.ts';
import type { Settled } from './settled.ts';

/** Where a task stands. Each state carries what is true in it and nothing else. */
export type TaskStatus =
  /** Not started, or to be tried again once `notBefore` (ms since the epoch) has passed. */
  | { is: 'waiting'; notBefore: number }
  | { is: 'running'; attempt: number }
  /** The agent has ended; the gates have not judged yet. */
  | { is: 'ended'; attempt: number }
  | { is: 'verified'; attempt: number; head: Oid }
  | { is: 'landing'; attempt: number; head: Oid; onto: Oid }
  | { is: 'integrated'; attempt: number; head: Oid; commit: Oid; commits: number; settled?: Settled }
  | { is: 'failed'; attempt: number; failure: Failure }
  /** `held`: work that passed its gates and only waits to land. */
  | { is: 'blocked'; by: { task: TaskId } | { wave: number }; held: { attempt: number; head: Oid } | null }
  | { is: 'skipped' };

/** One try at a task, as the journal tells it. Times in milliseconds since the epoch. */
export interface AttemptState {
  number: number;
  agent: string;
  branch: string;
  workspace: string;
  base: Oid;
  startedAt: number;
  because: Failure | null;
  /** Whose allowance it uses; empty in journals that do not say. */
  account: string;
  /** The session of an earlier attempt that it goes on with. */
  resume: string | null;
  /** The earlier work whose conflict it resolves; null for one that does the task. */
  resolves: { attempt: number; head: Oid } | null;
  /** Set once the agent's process runs. */
  process: { pid: number; pidStart: string; session: string | null } | null;
  activity: Activity | null;
  /** Why its account cannot be used, as it said last; null once it got an answer. */
  limit: Limit | null;
  /** Its limit has closed the gate of the account. */
  parked: boolean;
  ending: Ending | null;
  tokens: Tokens;
  cost: Cost;
  endedAt: number | null;
  result: AttemptResult | null;
  evidence: Evidence[];
  failure: Failure | null;
}

export interface TaskState {
  seed: TaskSeed;
  status: TaskStatus;
  attempts: AttemptState[];
  /** Attempts that may be made in all; grows when a person asks for a retry or an attempt was cut off by us. */
  allowance: number;
  notes: string[];
  /** What it may write besides its scope, as it was granted. */
  granted: string[];
  /** Its workspace and branch are gone. */
  removed: boolean;
}

export type WaveStatus =
  | { is: 'open' }
  | { is: 'validating' }
  | { is: 'validated' }
  | { is: 'failed'; failure: Failure };

export interface WaveState {
  number: number;
  name?: string;
  /** Ids of its tasks, in the order of the plan. */
  tasks: TaskId[];
  /** Has a validation that must pass. */
  validated: boolean;
  status: WaveStatus;
  started: boolean;
  completed: boolean;
}

/**
 * The gate of an account that is limited. Closed until `until`; then half open: one attempt tries, and the gate goes when
 * that one gets answers. Times in milliseconds since the epoch.
 */
export interface AccountGate {
  until: number;
  /** What the agent said, when it said it. */
  resetsAt: number | null;
  reason: 'usage-limit' | 'overloaded';
  text: string;
  strikes: number;
  parkedAt: number;
  /** The attempt that was started last since. */
  probe: { task: TaskId; attempt: number } | null;
}

/** A landing on the target. */
export interface Landing {
  target: string;
  from: Oid;
  /** The same as `from` when the target had everything already. */
  to: Oid;
  /** What of the integration branch it has. */
  tip: Oid;
  how: LandingHow;
  at: number;
}

/** What was asked of a forge: to merge `branch` into `base`. */
export interface AskedMerge {
  remote: string;
  /** Names on the remote. */
  branch: string;
  base: string;
  commit: Oid;
  /** Null where a person has to ask. */
  url: string | null;
  at: number;
}

/** Who is in each state, in the order they came to it. */
export type Standing = Record<TaskStatus['is'], Set<TaskId>>;

/** A run as of its last event. */
export interface RunState {
  id: RunId;
  plan: string;
  title: string;
  planDir: string;
  base: Oid;
  target: string | null;
  integrationRef: string;
  settings: RunSettings;
  createdAt: number;
  /** Time of the last event. */
  updatedAt: number;
  /** What the integration branch points at, as far as the journal knows. */
  tip: Oid;
  dependencies: 'none' | 'pending' | 'installing' | 'installed' | 'failed';
  opened: { pid: number; host: string; at: number } | null;
  /** Milliseconds that coordinators worked on it, without the one that is at it now. */
  workedMs: number;
  selection: Selection;
  phase: 'created' | 'open' | 'stopping' | 'finished' | 'abandoned';
  outcome: RunOutcome | null;
  /** What starts wait for, and since when; null while the machine has room. */
  held: (Hold & { since: number }) | null;
  /** Accounts that are limited. */
  quota: Map<string, AccountGate>;
  /** The limit that this opening of the run has reached. */
  budget: BudgetReached | null;
  /** Why the run as a whole failed (dependencies, an inner error). */
  failure: Failure | null;
  /** What the project's own checks said of what was to land, the last time. */
  checks: StackCheck[];
  /** What was put on the target last, and is there as far as the journal knows. */
  landed: Landing | null;
  /** A landing that was begun; that it came to an end is not in the journal. */
  landing: Omit<Landing, 'at'> | null;
  /** Those that moved the target, the first one first, without those that were undone. */
  landings: Landing[];
  /** The last time that a merge was asked for. */
  asked: AskedMerge | null;
  /** Changes outside of the workspaces, in the order they were found. */
  escapes: Escape[];
  /** What is being checked before it lands, and since when; `stopped`: nothing more lands in this opening of the run. */
  checking: { tasks: TaskId[]; round: number; since: number } | 'stopped' | null;
  /** What was checked before it landed, in the order of time. */
  batches: Batch[];
  /** The contracts and the merged tree, as of this opening of the run; null when nobody has compared them. */
  contracts: ContractsState | null;
  tasks: Map<TaskId, TaskState>;
  /** Kept by the fold: what is decided after every event must not look at a thousand tasks. */
  standing: Standing;
  waves: Map<number, WaveState>;
  seq: number;
}

export const NO_TOKENS: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
export const NO_COST: Cost = { usd: null, source: 'unknown' };

/** States in which nothing more happens to a task in this opening of the run. */
export function isSettled(status: TaskStatus): boolean {
  return status.is === 'integrated' || status.is === 'failed' || status.is === 'blocked' || status.is === 'skipped';
}

/** The task of this id; throws when the run has none. */
export function taskOf(state: RunState, id: string): TaskState {
  const task = state.tasks.get(id);
  if (!task) throw new Error(`task ${id} is not in the run ${state.id}`);
  return task;
}

/** Whether the target has all that is integrated. */
export function hasLanded({ landed, tip }: RunState): boolean {
  return landed?.tip === tip;
}

/** Short name of the branch that tasks land on. */
export function integrationBranch({ integrationRef }: Pick<RunState, 'integrationRef'>): string {
  return integrationRef.replace('refs/heads/', '');
}

export function lastAttempt(task: TaskState): AttemptState | undefined {
  return task.attempts.at(-1);
}

/** The fold of a whole journal. Throws when it does not begin with `run.created`. */
export function fold(
  events: Iterable<RunEvent>,
  reduce: (state: RunState | null, event: RunEvent) => RunState,
): RunState {
  let state: RunState | null = null;
  for (const event of events) state = reduce(state, event);
  if (!state) throw new Error('an empty journal has no state');
  return state;
}
