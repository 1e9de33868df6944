import { replay } from '../journal/replay.ts';
import { listRuns, runPaths } from '../journal/store.ts';
import type { RunEvent, TaskId } from '../run/event.ts';

/** Earlier runs of a plan that are looked at. */
const RUNS = 3;

/** How long a task took the last time it was integrated, in milliseconds, by earlier runs of the plan. */
export function knownDurations(commonDir: string, plan: string, except?: string): (task: TaskId) => number | undefined {
  const known = new Map<TaskId, number>();
  let seen = 0;
  for (const id of listRuns(commonDir)) {
    if (id === except || seen === RUNS) continue;
    const { events } = replay(runPaths(commonDir, id).journal);
    if (events[0]?.type !== 'run.created' || events[0].plan !== plan) continue;
    seen++;
    for (const [task, ms] of durationsOf(events)) if (!known.has(task)) known.set(task, ms);
  }
  return (task) => known.get(task);
}

function durationsOf(events: RunEvent[]): Map<TaskId, number> {
  const started = new Map<TaskId, number>();
  const durations = new Map<TaskId, number>();
  for (const event of events) {
    if (event.type === 'attempt.started') started.set(event.task, event.at);
    if (event.type === 'task.integrated') durations.set(event.task, event.at - started.get(event.task)!);
  }
  return durations;
}
