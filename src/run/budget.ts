import type { Tokens } from './event.ts';
import type { RunState, TaskState } from './state.ts';

/** What attempts have used together; `usd` counts what has a figure, estimates too. */
export interface Spent {
  usd: number;
  tokens: number;
}

/** What all attempts at a task have used. A session that goes on counts each time what it used since. */
export function spentOf({ attempts }: TaskState): Spent {
  const spent = { usd: 0, tokens: 0 };
  for (const { cost, tokens } of attempts) {
    spent.usd += cost.usd ?? 0;
    spent.tokens += countTokens(tokens);
  }
  return spent;
}

export function runSpent(state: RunState): Spent {
  const spent = { usd: 0, tokens: 0 };
  for (const task of state.tasks.values()) {
    const each = spentOf(task);
    spent.usd += each.usd;
    spent.tokens += each.tokens;
  }
  return spent;
}

/** All of them, whatever they cost. */
export function countTokens({ input, output, cacheRead, cacheWrite }: Tokens): number {
  return input + output + cacheRead + cacheWrite;
}

/** `$1.23`, with four digits below a cent. */
export function money(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;
}
