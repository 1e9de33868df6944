import type { RunEvent } from './event.ts';
import { put } from './standing.ts';
import { type RunState, taskOf } from './state.ts';

/** Folds an event of a landing; what has landed is told by `task.integrated`. */
export function reduceBatch(state: RunState, event: RunEvent): void {
  switch (event.type) {
    case 'landing.started': {
      const { attempt, head, onto } = event;
      return put(state, taskOf(state, event.task), { is: 'landing', attempt, head, onto });
    }
    case 'landing.checking':
      state.checking = { tasks: event.tasks, round: event.round, since: event.at };
      return;
    case 'landing.checked': {
      const { onto, commit, tasks, culprits, checks, flaky, runs, ms } = event;
      state.batches.push({ onto, commit, tasks, culprits, checks, flaky, runs, ms });
      state.checking = null;
      return;
    }
    case 'landing.stopped':
      state.checking = 'stopped';
      for (const id of event.tasks) {
        const task = taskOf(state, id);
        const { status } = task;
        if (status.is === 'landing') put(state, task, { is: 'verified', attempt: status.attempt, head: status.head });
      }
      return;
    default:
      throw new Error(`the fold does not know ${event.type}`);
  }
}
