import type { AgentAdapter } from '../agent/adapter.ts';
import { money } from '../run/budget.ts';
import type { RunSettings } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { budgetReached, raised } from '../schedule/budget.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** What a budget cannot hold with these agents; one sentence each, said before anything starts. */
export function budgetWarnings(settings: RunSettings, agents: readonly AgentAdapter[]): string[] {
  const { maxUsd, maxTaskUsd, maxTokens } = settings;
  const costs = [maxUsd !== undefined && '--max-cost', maxTaskUsd !== undefined && '--max-task-cost'].filter(Boolean);
  return agents.flatMap(({ name, meters = 'nothing' }) => {
    const warnings: string[] = [];
    if (costs.length > 0 && meters !== 'cost') {
      const instead = meters === 'tokens' ? '--max-tokens' : '--timeout and --retries';
      warnings.push(
        `the agent ${name} does not report its cost: ${costs.join(' and ')} cannot hold it; use ${instead}`,
      );
    }
    if (maxTokens !== undefined && meters === 'nothing') {
      warnings.push(
        `the agent ${name} does not report its tokens: --max-tokens cannot hold it; use --timeout and --retries`,
      );
    }
    return warnings;
  });
}

/**
 * Refuses to go on with a run whose budget is used up already, and to try a task again that has cost what it may.
 * @param retry the tasks that get a fresh set of attempts
 */
export function checkBudget(state: RunState, settings: RunSettings, retry: readonly string[]): void {
  const reached = budgetReached({ ...state, settings });
  if (reached) {
    const { what, spent, limit } = reached;
    const [text, option] =
      what === 'cost'
        ? [`cost ${money(spent)} of the ${money(limit)} it may`, '--max-cost']
        : [`used ${spent} of the ${limit} tokens it may`, '--max-tokens'];
    throw new Refusal('budget-reached', `the run of ${state.plan} has ${text}`, {
      exit: EXIT.budget,
      hint: `copse resume ${state.plan} ${option} ${raised(reached)}`,
      details: reached,
    });
  }
  for (const id of retry) {
    const { status } = state.tasks.get(id)!;
    if (status.is !== 'failed' || status.failure.code !== 'task-budget') continue;
    const { spent } = status.failure;
    if (settings.maxTaskUsd === undefined || spent < settings.maxTaskUsd) continue;
    throw new Refusal(
      'task-budget-reached',
      `${id} has cost ${money(spent)} of the ${money(settings.maxTaskUsd)} it may`,
      {
        exit: EXIT.budget,
        hint: `copse run ${state.plan} --retry-failed --max-task-cost ${raised({ what: 'cost', spent, limit: settings.maxTaskUsd })}`,
      },
    );
  }
}
