import type { RunEvent, TaskId } from './event.ts';
import type { AttemptState, RunState } from './state.ts';

export function reduceQuota(
  state: RunState,
  event: Extract<RunEvent, { type: 'quota.parked' | 'quota.reopened' }>,
): void {
  if (event.type === 'quota.reopened') {
    state.quota.delete(event.account);
    return;
  }
  const { until, resetsAt, reason, text, strikes, by } = event;
  state.quota.set(event.account, { until, resetsAt, reason, text, strikes, parkedAt: event.at, probe: null });
  const attempt = attemptOf(state, by);
  if (attempt) attempt.parked = true;
}

/** A person says that the accounts can be used again: each is tried at once. */
export function openGates(state: RunState, now: number): void {
  for (const gate of state.quota.values()) gate.until = Math.min(gate.until, now);
}

export function attemptOf(state: RunState, { task, attempt }: { task: TaskId; attempt: number }): AttemptState | null {
  return state.tasks.get(task)?.attempts.find(({ number }) => number === attempt) ?? null;
}
