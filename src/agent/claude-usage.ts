import type { Cost, Tokens } from '../run/event.ts';
import { NO_TOKENS } from '../run/state.ts';
import { amount, type Json, object, string } from './json.ts';
import type { PriceBook } from './prices.ts';

export interface Usage {
  tokens: Tokens;
  cost: Cost;
  /** API messages of the main conversation so far. */
  turns: number;
}

export interface UsageMeter {
  /** Takes an `assistant` event; true when the figures changed. */
  message(event: Json): boolean;
  /** Takes a `result` event, whose figures replace everything counted for its turn. */
  result(event: Json): void;
  read(): Usage;
}

/**
 * Adds up what one process of Claude Code used. Two traps, both measured: an API message arrives as one event for each
 * content block with its usage repeated, so it counts once by its id; and `total_cost_usd` goes on counting from a
 * resumed session, so the `…_since_last_result` figures are preferred.
 * What is not in a result yet is estimated where the price of its model is known.
 * @param spentBefore USD that the resumed session had cost before; only for versions without those figures
 */
export function usageMeter(spentBefore = 0, prices?: PriceBook): UsageMeter {
  const results = new Map<number, { tokens: Tokens; usd: number | null }>();
  const pending = new Map<string, { model: string; tokens: Tokens }>();
  let total: number | null = null;
  let turns = 0;
  return {
    message(event) {
      const message = object(event.message);
      const id = string(message?.id);
      const usage = object(message?.usage);
      // `<synthetic>` messages are Claude Code's own words, such as an API error.
      if (id === null || usage === null || message?.model === '<synthetic>') return false;
      const before = pending.get(id)?.tokens;
      const now = maximum(before ?? NO_TOKENS, apiTokens(usage));
      pending.set(id, { model: string(message?.model) ?? '', tokens: now });
      if (before === undefined && event.parent_tool_use_id == null) turns += 1;
      return (
        before === undefined || Object.keys(now).some((key) => now[key as keyof Tokens] !== before[key as keyof Tokens])
      );
    },
    result(event) {
      pending.clear();
      total = amount(event.total_cost_usd) ?? total;
      turns = Math.max(turns, amount(event.num_turns) ?? 0);
      results.set(amount(event.result_index) ?? 0, turnUsage(event));
      if (prices) learn(prices, event);
    },
    read() {
      const parts = [...results.values()];
      return {
        tokens: [...parts, ...pending.values()].map((part) => part.tokens).reduce(sum, NO_TOKENS),
        cost: withPending(costOf(parts, total, spentBefore), [...pending.values()], prices),
        turns,
      };
    },
  };
}

/** Adds what the messages since the last result cost by the price list: then the sum is an estimate. */
function withPending(cost: Cost, pending: { model: string; tokens: Tokens }[], prices: PriceBook | undefined): Cost {
  if (pending.length === 0) return cost;
  const each = pending.map(({ model, tokens }) => prices?.estimate(model, tokens) ?? null);
  const known = each.filter((usd) => usd !== null);
  if (known.length === 0) return cost.usd === null ? cost : { usd: cost.usd, source: 'estimated' };
  const usd = known.reduce((all, one) => all + one, cost.usd ?? 0);
  return { usd: Math.round(usd * 1e6) / 1e6, source: 'estimated' };
}

function learn(prices: PriceBook, event: Json): void {
  for (const [model, value] of Object.entries(object(event.model_usage_since_last_result) ?? {})) {
    const usage = object(value) ?? {};
    const usd = amount(usage.costUSD);
    if (usd !== null && usd > 0) prices.learn(model, modelTokens(usage), usd);
  }
}

function costOf(parts: { usd: number | null }[], total: number | null, spentBefore: number): Cost {
  const known = parts.every((part) => part.usd !== null);
  if (parts.length > 0 && known) return reported(parts.reduce((usd, part) => usd + part.usd!, 0));
  return total === null ? { usd: null, source: 'unknown' } : reported(Math.max(0, total - spentBefore));
}

/** A result's figures. `usage` knows the main conversation only (and is zero after a budget stop), so models go first. */
function turnUsage(event: Json): { tokens: Tokens; usd: number | null } {
  const models = object(event.model_usage_since_last_result);
  const each = Object.values(models ?? {}).map((value) => object(value) ?? {});
  const prices = each.map((model) => amount(model.costUSD));
  const priced = models !== null && !prices.includes(null);
  return {
    tokens: maximum(each.map(modelTokens).reduce(sum, NO_TOKENS), apiTokens(object(event.usage) ?? {})),
    usd: priced ? prices.reduce<number>((usd, price) => usd + price!, 0) : null,
  };
}

function apiTokens(usage: Json): Tokens {
  return {
    input: amount(usage.input_tokens) ?? 0,
    output: amount(usage.output_tokens) ?? 0,
    cacheRead: amount(usage.cache_read_input_tokens) ?? 0,
    cacheWrite: amount(usage.cache_creation_input_tokens) ?? 0,
  };
}

function modelTokens(model: Json): Tokens {
  return {
    input: amount(model.inputTokens) ?? 0,
    output: amount(model.outputTokens) ?? 0,
    cacheRead: amount(model.cacheReadInputTokens) ?? 0,
    cacheWrite: amount(model.cacheCreationInputTokens) ?? 0,
  };
}

const sum = (a: Tokens, b: Tokens): Tokens => combine(a, b, (x, y) => x + y);
const maximum = (a: Tokens, b: Tokens): Tokens => combine(a, b, Math.max);

function combine(a: Tokens, b: Tokens, by: (x: number, y: number) => number): Tokens {
  return {
    input: by(a.input, b.input),
    output: by(a.output, b.output),
    cacheRead: by(a.cacheRead, b.cacheRead),
    cacheWrite: by(a.cacheWrite, b.cacheWrite),
  };
}

/** Rounded to a millionth of a dollar: sums of prices carry noise such as 0.42000000000000004. */
function reported(usd: number): Cost {
  return { usd: Math.round(usd * 1e6) / 1e6, source: 'reported' };
}
