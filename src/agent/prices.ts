import type { Tokens } from '../run/event.ts';

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What tokens cost where the agent has not said it; always an estimate. */
export interface PriceBook {
  /** US dollars; null when nothing is known of the model. */
  estimate(model: string, tokens: Tokens): number | null;
  /** Takes what an agent reported, for models that no table knows. */
  learn(model: string, tokens: Tokens, usd: number): void;
}

const price = (input: number, output: number, cacheRead: number, cacheWrite = 1.25 * input): Price => ({
  input,
  output,
  cacheRead,
  cacheWrite,
});

/** List prices of well-known models as of 2026-11-26; Claude's from the table that Claude Code 2.1.330 computes with. */
const LIST: Record<string, Price> = {
  'claude-haiku-5-5': price(0.1, 0.5, 0.01),
  'claude-haiku-4-5': price(1, 5, 0.1),
  'claude-3-5-haiku': price(0.8, 4, 0.08),
  'claude-sonnet-5-5': price(2, 10, 0.1),
  'claude-sonnet-5': price(2, 10, 0.2),
  'claude-sonnet-4': price(3, 15, 0.3),
  'claude-opus-5-5': price(4, 20, 0.2),
  'claude-opus-5': price(5, 25, 0.5),
  'claude-opus-4': price(5, 25, 0.5),
  'claude-opus-4-1': price(15, 75, 1.5),
  'claude-opus-4-0': price(15, 75, 1.5),
  'claude-fable-5': price(10, 50, 1),
  'claude-fable-5-1': price(10, 50, 0.25),
  'claude-fable-5-2': price(8, 40, 0.2),
  'gpt-5': price(1.25, 10, 0.125, 1.25),
  'gpt-5.1': price(1.25, 10, 0.125, 1.25),
  'gpt-5-mini': price(0.25, 2, 0.025, 0.25),
};

/** How the classes of tokens cost relative to each other, about, at every provider: what a learned ratio is spread by. */
const TYPICAL: Price = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 };

/**
 * Prices by the name of a model: of the config, else of the list, else learned from what agents reported in this process.
 * `claude-opus-4` also names `us.anthropic.claude-opus-4-20250514-v1:0`; the longest name that fits counts.
 */
export function priceBook(own: Readonly<Record<string, Price>> = {}): PriceBook {
  const learned = new Map<string, { weight: number; usd: number }>();
  return {
    estimate(model, tokens) {
      const known = find(own, model) ?? find(LIST, model);
      if (known) return cost(tokens, known) / 1e6;
      const ratio = learned.get(model);
      return ratio ? (cost(tokens, TYPICAL) * ratio.usd) / ratio.weight : null;
    },
    learn(model, tokens, usd) {
      const weight = cost(tokens, TYPICAL);
      if (weight === 0) return;
      const before = learned.get(model) ?? { weight: 0, usd: 0 };
      learned.set(model, { weight: before.weight + weight, usd: before.usd + usd });
    },
  };
}

function find(table: Readonly<Record<string, Price>>, model: string): Price | null {
  const names = Object.keys(table).filter((name) => isNamed(model, name));
  const longest = names.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? null : table[longest]!;
}

/** `gpt-5` is not `gpt-5.1`, and `claude-opus-4` not `claude-opus-45`. */
function isNamed(model: string, name: string): boolean {
  const at = model.indexOf(name);
  return at >= 0 && /^(?:$|[-@[:])/.test(model.slice(at + name.length));
}

function cost(tokens: Tokens, { input, output, cacheRead, cacheWrite }: Price): number {
  return tokens.input * input + tokens.output * output + tokens.cacheRead * cacheRead + tokens.cacheWrite * cacheWrite;
}
