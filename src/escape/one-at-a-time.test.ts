import { expect, it, vi } from 'vitest';
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

it('rests before the next one, and only then', async () => {
  vi.useFakeTimers();
  try {
    let runs = 0;
    const run = oneAtATime(async () => void runs++, 200);
    await run();
    const others = [run(), run()];
    await vi.advanceTimersByTimeAsync(199);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(others);
    expect(runs).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    await run();
    expect(runs).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});
