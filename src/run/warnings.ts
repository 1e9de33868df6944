import type { Evidence } from './event.ts';
import { lastAttempt, type RunState } from './state.ts';

/** Something that was measured and does not stop a task from landing, but that a person should look at. */
export interface Warning {
  task: string;
  gate: Evidence['gate'];
  summary: string;
}

/**
 * Warnings of what has landed or is about to; a failure tells its own story. A missing marker is no reason to look: agents that
 * know nothing of it never touch it.
 */
export function warningsOf({ tasks }: Pick<RunState, 'tasks'>): Warning[] {
  return [...tasks.values()].flatMap((task) => {
    const last = lastAttempt(task);
    // One that failed, or was cut off by a limit, is done again: what it left undone says nothing.
    if (task.status.is === 'failed' || last?.failure) return [];
    const odd = (last?.evidence ?? []).filter(({ verdict, gate }) => verdict === 'warn' && gate !== 'marker');
    return odd.map(({ gate, summary }) => ({ task: task.seed.id, gate, summary }));
  });
}

const MAX_SHOWN = 12;

/** As lines for people: `task-001: outside the scope: README.md`. */
export function warningLines(state: Pick<RunState, 'tasks'>): string[] {
  const lines = warningsOf(state).map(({ task, summary }) => `${task}: ${summary}`);
  const rest = lines.length - MAX_SHOWN;
  return rest <= 0 ? lines : [...lines.slice(0, MAX_SHOWN), `and ${rest} more, which the report names`];
}
