import { raised } from '../schedule/budget.ts';
import type { Failure } from './failure.ts';
import { openConflict, waitsForHand } from './resolve.ts';
import { hasLanded, integrationBranch, type RunState, type TaskStatus } from './state.ts';

/** The command that goes on from here, as the last line of a command says it. `alive`: the run's coordinator lives. */
export function nextCommand(state: RunState, alive: boolean): string {
  if (state.phase === 'abandoned') return `next: copse run ${state.plan}`;
  if (alive && state.phase !== 'finished') return 'next: copse status --watch, or copse logs -f TASK';
  if (state.phase !== 'finished' || state.outcome === 'stopped') {
    const resume = `next: copse resume ${state.plan}`;
    return state.quota.size === 0 ? resume : `${resume}, which waits for the account; with --now it tries at once`;
  }
  if (state.outcome === 'paused' && state.budget) {
    const option = state.budget.what === 'cost' ? '--max-cost' : '--max-tokens';
    return `next: copse resume ${state.plan} ${option} ${raised(state.budget)}`;
  }
  if (state.landed && hasLanded(state)) {
    const left = [...state.tasks.values()].some((task) => task.attempts.length > 0 && !task.removed);
    return left
      ? `next: copse clean ${state.plan}`
      : `${state.plan} has landed on ${state.landed.target} and is cleaned up`;
  }
  switch (state.outcome) {
    case 'integrated':
      if (state.asked?.url && state.asked.commit === state.tip) {
        return `next: when ${state.asked.url} is merged: git pull, then copse integrate ${state.plan}`;
      }
      return `next: copse integrate ${state.plan}`;
    case 'partial':
      return `next: copse resume ${state.plan} for the tasks that are left, or copse integrate ${state.plan}`;
    default: {
      if (state.failure?.code === 'contract-broken') {
        const branch = integrationBranch(state);
        return `next: mend it on ${branch}, then copse resume ${state.plan}; or copse integrate ${state.plan} --no-contracts`;
      }
      const dear = [...state.tasks.values()].map(({ status }) => status).find(isTooDear);
      if (dear) {
        const limit = raised({ what: 'cost', ...dear.failure });
        return `next: copse run ${state.plan} --retry-failed --max-task-cost ${limit}`;
      }
      const [asking] = asksForScope(state);
      if (waitsForHand(state).length > 0)
        return `next: copse integrate --continue ${state.plan}, which shows where to resolve it`;
      if (asking)
        return `next: copse resume ${state.plan} --grant ${asking}, or copse run ${state.plan} --retry-failed to let it do without`;
      const failed = [...state.tasks.values()].filter(({ status }) => status.is === 'failed');
      const waves = [...state.waves.values()].some(({ status }) => status.is === 'failed');
      if (failed.length === 0 && !waves && !state.failure) return `next: copse resume ${state.plan}`;
      const byHand = failed.some((task) => openConflict(task) !== null);
      const resolve = byHand ? `; or resolve the conflict yourself: copse integrate --continue ${state.plan}` : '';
      return `next: copse logs TASK, then copse run ${state.plan} --retry-failed${resolve}`;
    }
  }
}

type TooDear = { is: 'failed'; failure: Extract<Failure, { code: 'task-budget' }> };

function isTooDear(status: TaskStatus): status is TaskStatus & TooDear {
  return status.is === 'failed' && status.failure.code === 'task-budget';
}

/** Tasks whose agents ask for more than their scope: a person decides. */
function asksForScope({ tasks }: Pick<RunState, 'tasks'>): string[] {
  return [...tasks].flatMap(([id, { status }]) =>
    status.is === 'failed' && status.failure.code === 'scope-request' ? [id] : [],
  );
}

/** Nothing failed but what waits for a person: for such a decision, or to resolve a conflict. */
export function onlyAsks(state: Pick<RunState, 'tasks' | 'settings'>): boolean {
  const failed = [...state.tasks.values()].filter(({ status }) => status.is === 'failed').length;
  return failed > 0 && asksForScope(state).length + waitsForHand(state).length === failed;
}
