import { describe, expect, it } from 'vitest';
import { priceBook } from './prices.ts';

const MILLION = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };

describe('prices', () => {
  it.each([
    ['claude-opus-5-5', 4],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 15],
    ['claude-opus-4-5-20251101', 5],
    ['claude-sonnet-4-5@20250929', 3],
    ['claude-sonnet-5[1m]', 2],
    ['gpt-5.1-codex', 1.25],
    ['gpt-5-mini', 0.25],
    ['gpt-5.9', null], // not gpt-5
    ['claude-opus-45', null],
    ['', null],
  ])('of %s', (model, usd) => {
    expect(priceBook().estimate(model, MILLION)).toBe(usd);
  });

  it('of the config go first', () => {
    const book = priceBook({ 'claude-opus-5-5': { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } });
    const tokens = { input: 1e6, output: 1e6, cacheRead: 1e6, cacheWrite: 1e6 };
    expect(book.estimate('claude-opus-5-5', tokens)).toBe(10);
  });

  it('that nobody knows are learned from what was reported', () => {
    const book = priceBook();
    expect(book.estimate('mystery', MILLION)).toBeNull();
    book.learn('mystery', { ...MILLION, input: 500_000 }, 3);
    expect(book.estimate('mystery', MILLION)).toBe(6);
    expect(book.estimate('mystery', { input: 0, output: 100_000, cacheRead: 0, cacheWrite: 0 })).toBe(3);
    book.learn('nothing', { ...MILLION, input: 0 }, 1);
    expect(book.estimate('nothing', MILLION)).toBeNull();
  });
});
