import type { TaskId } from './event.ts';
import type { RunState, Standing, TaskState, TaskStatus } from './state.ts';

/** Every task as it begins. */
export function allWaiting(tasks: Iterable<TaskId>): Standing {
  return {
    waiting: new Set(tasks),
    running: new Set(),
    ended: new Set(),
    verified: new Set(),
    landing: new Set(),
    integrated: new Set(),
    failed: new Set(),
    blocked: new Set(),
    skipped: new Set(),
  };
}

/** The only way of a task from one state to another. */
export function put({ standing }: RunState, task: TaskState, status: TaskStatus): void {
  standing[task.status.is].delete(task.seed.id);
  standing[status.is].add(task.seed.id);
  task.status = status;
}
