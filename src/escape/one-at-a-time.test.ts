import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

it('runs once for all that ask while it is under way, after they asked', async () => {
  const begun: (() => void)[] = [];
  const run = oneAtATime(() => new Promise((resolve) => void begun.push(resolve)));
  const first = run();
  const others = [run(), run(), run()];
  expect([begun.length, new Set(others).size]).toEqual([1, 1]);
  begun[0]!();
  await first;
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(begun.length).toBe(2);
  begun[1]!();
  await Promise.all(others);
  expect(begun.length).toBe(2);
});

it('goes on after a failure, which only those get who asked before it', async () => {
  let runs = 0;
  const run = oneAtATime(async () => {
    runs += 1;
    if (runs === 1) throw new Error('once');
  });
  const [first, second] = [run(), run()];
  await expect(first).rejects.toThrow('once');
  await second;
  expect(runs).toBe(2);
});

describe('a rest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    { took: 30, rests: 30 },
    { took: 5000, rests: 200 },
  ])('of $rests ms behind work of $took ms, which those share who ask meanwhile', async ({ took, rests }) => {
    let runs = 0;
    const run = oneAtATime(async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, took));
    }, 200);
    const first = run();
    await vi.advanceTimersByTimeAsync(took);
    await first;
    const others = [run(), run()];
    await vi.advanceTimersByTimeAsync(rests - 1);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await vi.advanceTimersByTimeAsync(took + rests);
    await Promise.all(others);
    run();
    expect(runs).toBe(3);
  });
});
