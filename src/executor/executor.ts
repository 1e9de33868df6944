import type { AttemptResult, Ending, Oid, RunEventBody, RunId, TaskId } from '../run/event.ts';

/** Names one try at one task; submitting the same key twice starts nothing twice. */
export interface Key {
  run: RunId;
  task: TaskId;
  attempt: number;
}

/** Everything an executor needs for one attempt; nothing in it supposes the coordinator's disk. */
export interface AttemptSpec extends Key {
  title: string;
  agent: string;
  /** The task's `agent:` as written, for adapters that know roles. */
  role?: string;
  model?: string;
  prompt: string;
  /** Goes on with the session of an earlier attempt where its workspace still stands; else it begins anew with `prompt`. */
  resume?: { session: string; prompt: string; spentUsd: number };
  /** Commit the workspace is cut from. */
  base: Oid;
  /** It is to resolve the conflict of merging the head of that attempt into `base`: its workspace stands in the middle of that. */
  resolves?: { attempt: number; head: Oid };
  branch: string;
  workspace: string;
  timeoutMs: number;
  stallMs: number;
  /** Bytes of memory for all its processes together; default no limit. */
  memoryCap?: number;
  /** US dollars left to its task, for agents that can hold it themselves. */
  maxUsd?: number;
  /** What all attempts at the task together may cost. */
  taskUsd?: number;
}

/** Events of attempts: `attempt.prepared`, `.spawned`, `.activity`, `.usage`, `.limited`, `task.noted` and one `attempt.ended`. */
export type ExecutorEvent = Extract<
  RunEventBody,
  {
    type:
      | 'attempt.prepared'
      | 'attempt.spawned'
      | 'attempt.activity'
      | 'attempt.usage'
      | 'attempt.limited'
      | 'attempt.ended'
      | 'task.noted';
  }
>;

export type Reattached = { key: Key; state: 'adopted' | 'harvested' | 'lost' };

export interface WorkerInfo {
  name: string;
  /** Attempts it runs at present. */
  running: number;
}

/** Where attempts run. The same scheduler drives one machine or many. */
export interface Executor {
  /** Idempotent by key; when it resolves the attempt is on its way and will end in one `attempt.ended`. */
  submit(spec: AttemptSpec): Promise<void>;
  /** Asks the attempt to end; the `attempt.ended` that follows confirms it. */
  cancel(key: Key, reason: 'stopped' | Ending): Promise<void>;
  /** After a restart: takes living attempts over, harvests ended ones, reports the rest as lost. */
  reattach(run: RunId, inFlight: (AttemptSpec & { pid?: number; pidStart?: string })[]): Promise<Reattached[]>;
  /** At least once, in order for each attempt; ends when the signal aborts. */
  events(signal: AbortSignal): AsyncIterable<ExecutorEvent>;
  /** Bytes of memory that an attempt holds at present; null when it is not known. */
  memory?(task: TaskId, attempt: number): number | null;
  workers(): Promise<WorkerInfo[]>;
}

export type { AttemptResult };
