import type { RunState } from '../run/state.ts';
import type { Schedule, ScheduledTask } from './schedule.ts';

/** By state, which the fold changes in place: how many tasks at the head of a schedule are integrated. */
const heads = new WeakMap<RunState, { schedule: Schedule; length: number }>();

/**
 * The tasks of a schedule in its order, without the integrated ones at its head, where most of them stand: what is decided after
 * every event must not look at a thousand tasks. A task that is integrated stays so.
 */
export function* unfinished(schedule: Schedule, state: RunState): Generator<ScheduledTask> {
  const known = heads.get(state);
  let from = known?.schedule === schedule ? known.length : 0;
  const { tasks } = schedule;
  const { integrated } = state.standing;
  while (from < tasks.length && integrated.has(tasks[from]!.id)) from++;
  heads.set(state, { schedule, length: from });
  for (let at = from; at < tasks.length; at++) yield tasks[at]!;
}
