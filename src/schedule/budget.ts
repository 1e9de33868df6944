import { countTokens, runSpent, spentOf } from '../run/budget.ts';
import type { BudgetReached, Ending, TaskId } from '../run/event.ts';
import { lastAttempt, type RunState, type TaskState } from '../run/state.ts';

/** The limit of the run that is reached, or null. */
export function budgetReached(state: RunState): BudgetReached | null {
  const { maxUsd, maxTokens } = state.settings;
  if (maxUsd === undefined && maxTokens === undefined) return null;
  const { usd, tokens } = runSpent(state);
  if (maxUsd !== undefined && usd >= maxUsd) return { what: 'cost', spent: usd, limit: maxUsd };
  if (maxTokens !== undefined && tokens >= maxTokens) return { what: 'tokens', spent: tokens, limit: maxTokens };
  return null;
}

/** Running agents whose task has cost what one may. */
export function overTaskBudget(
  busy: readonly TaskState[],
  maxTaskUsd: number | undefined,
): { task: TaskId; attempt: number; why: Ending }[] {
  if (maxTaskUsd === undefined) return [];
  return busy.flatMap((task) => {
    const { number: attempt, result, ending } = lastAttempt(task)!;
    if (result !== null || ending !== null || spentOf(task).usd < maxTaskUsd) return [];
    return [{ task: task.seed.id, attempt, why: 'task-budget' as const }];
  });
}

/**
 * How many more agents the budget has room for: what is left, less what those that run are expected to cost still, in tasks
 * as dear as the ones of this run that came to their end. Where nothing runs, one may always start: only it can tell.
 */
export function affordable(state: RunState): number {
  const { maxUsd, maxTokens } = state.settings;
  if (maxUsd === undefined && maxTokens === undefined) return Number.POSITIVE_INFINITY;
  const past = { count: 0, usd: 0, tokens: 0 };
  const now: { usd: number; tokens: number }[] = [];
  for (const { attempts, status } of state.tasks.values()) {
    for (const { cost, tokens, result, ending } of attempts) {
      const used = { usd: cost.usd ?? 0, tokens: countTokens(tokens) };
      if (status.is === 'running' && result === null) now.push(used);
      else if (result !== null && ending === null && result.limit === undefined && used.tokens > 0) {
        past.count++;
        past.usd += used.usd;
        past.tokens += used.tokens;
      }
    }
  }
  const spent = runSpent(state);
  const room = Math.min(
    places(maxUsd, { spent: spent.usd, mean: past.usd / past.count, running: now.map(({ usd }) => usd) }),
    places(maxTokens, {
      spent: spent.tokens,
      mean: past.tokens / past.count,
      running: now.map(({ tokens }) => tokens),
    }),
  );
  return now.length === 0 ? Math.max(1, room) : room;
}

/** `mean` is NaN before the first has ended: nothing is known, nothing is held back. */
function places(
  limit: number | undefined,
  { spent, mean, running }: { spent: number; mean: number; running: number[] },
): number {
  if (limit === undefined || !(mean > 0)) return Number.POSITIVE_INFINITY;
  const reserved = running.reduce((sum, used) => sum + Math.max(0, mean - used), 0);
  return Math.floor((limit - spent - reserved) / mean + 1e-9);
}

/** A limit to go on with, in two significant digits: twice as much, and clear of what is spent. */
export function raised({ what, spent, limit }: BudgetReached): number {
  const wanted = Math.max(limit * 2, spent * 1.5);
  const step = 10 ** (Math.floor(Math.log10(wanted)) - 1);
  const rounded = Math.ceil(wanted / step - 1e-9) * step;
  return what === 'tokens' ? Math.ceil(rounded) : Number(rounded.toFixed(4));
}
