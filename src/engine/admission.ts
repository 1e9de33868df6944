import type { RunState, TaskState } from '../run/state.ts';
import { type Admission, admit, type Floors, NO_HOLD, type Reading } from '../schedule/admission.ts';
import { LOOK_MS } from '../schedule/decide.ts';
import type { Clock } from '../util/clock.ts';

export interface AdmissionOptions {
  probe(): Reading;
  clock: Clock;
  floors: Floors;
  /** Bytes of memory that one agent takes, as long as none has shown it. */
  agentMemory: number;
  /** Bytes that one agent can have at most. */
  taskMemory: number | null;
  /** Bytes of disk that a new workspace takes. */
  workspaceSize(): number;
  /** Bytes that the processes of an attempt hold now; null when nobody has looked yet. */
  used?(task: string, attempt: number): number | null;
}

/**
 * Gives what the machine has room for, reading it only while a task waits to start: every {@link LOOK_MS}, and when an agent
 * has ended since.
 */
export function admission(options: AdmissionOptions): (state: RunState) => Admission {
  const { probe, clock, floors } = options;
  let last: { at: number; reading: Reading } | null = null;
  return (state) => {
    const running = [...state.tasks.values()].filter(({ status }) => status.is === 'running');
    if (running.length >= state.settings.maxConcurrent || !someoneWaits(state)) return NO_HOLD;
    const now = clock.now();
    if (last === null || now >= last.at + LOOK_MS || hasEndedSince(state, last.at))
      last = { at: now, reading: probe() };
    const { at, reading } = last;
    const needs = { memory: memoryNeed(state, options), disk: options.workspaceSize() };
    const before = running.filter((task) => task.attempts.at(-1)!.startedAt < at);
    return admit({
      reading,
      needs,
      floors,
      running: running.length,
      started: running.length - before.length,
      promised: before.reduce((sum, task) => sum + promised(task, needs.memory, options), 0),
      held: state.held,
    });
  };
}

function hasEndedSince(state: RunState, at: number): boolean {
  for (const { attempts } of state.tasks.values()) if ((attempts.at(-1)?.endedAt ?? 0) > at) return true;
  return false;
}

function someoneWaits(state: RunState): boolean {
  for (const { status } of state.tasks.values()) if (status.is === 'waiting') return true;
  return false;
}

/** The mean of what earlier agents of this run took at their peak. */
function memoryNeed(state: RunState, { agentMemory, taskMemory }: AdmissionOptions): number {
  const peaks: number[] = [];
  for (const { attempts } of state.tasks.values())
    for (const { result } of attempts) if (result?.memory) peaks.push(result.memory);
  const mean = peaks.length === 0 ? agentMemory : peaks.reduce((sum, each) => sum + each, 0) / peaks.length;
  return Math.min(mean, taskMemory ?? mean);
}

/** What an agent is going to take besides what it holds already, which the reading shows. */
function promised(task: TaskState, need: number, { used }: AdmissionOptions): number {
  return Math.max(0, need - (used?.(task.seed.id, task.attempts.length) ?? 0));
}
