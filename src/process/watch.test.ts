import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../util/clock.ts';
import { lastChange, watchProgress } from './watch.ts';

const MINUTE = 60_000;

/** Time passes only by sleeping; `during` sees every moment that is slept to, and may make a sleep longer. */
function testClock(during: (now: number) => number | undefined = () => undefined): Clock {
  let now = 1_000_000;
  return {
    now: () => now,
    sleep: async (ms) => {
      expect(ms).toBeGreaterThan(0);
      now += ms;
      now += during(now) ?? 0;
    },
  };
}

const live = () => new AbortController().signal;

describe('watchProgress', () => {
  it('ends at the deadline, also of an attempt that was adopted late', async () => {
    const clock = testClock();
    const options = { clock, timeoutMs: 120 * MINUTE, stallMs: 0, lastActivity: () => clock.now(), signal: live() };
    expect(await watchProgress(options)).toBe('timeout');
    expect(clock.now()).toBe(1_000_000 + 120 * MINUTE);
    const adopted = { ...options, startedAt: clock.now() - 119 * MINUTE };
    expect(await watchProgress(adopted)).toBe('timeout');
    expect(clock.now()).toBe(1_000_000 + 121 * MINUTE);
  });

  it('ends a silence, counted from the last byte', async () => {
    const clock = testClock();
    const last = 1_000_000 + 7 * MINUTE;
    const lastActivity = () => (clock.now() >= last ? last : null);
    const options = { clock, timeoutMs: 0, stallMs: 10 * MINUTE, lastActivity, signal: live() };
    expect(await watchProgress(options)).toBe('stalled');
    expect(clock.now()).toBe(last + 10 * MINUTE);
  });

  it('ends a silence from the first moment on, whatever is older', async () => {
    const clock = testClock();
    const options = { clock, timeoutMs: 0, stallMs: MINUTE, lastActivity: () => 5, signal: live() };
    expect(await watchProgress(options)).toBe('stalled');
    expect(clock.now()).toBe(1_000_000 + MINUTE);
  });

  it('is not fooled by a file of the future', async () => {
    const clock = testClock();
    const lastActivity = () => (clock.now() < 1_000_000 + MINUTE ? 9e15 : null);
    const options = { clock, timeoutMs: 0, stallMs: 5 * MINUTE, lastActivity, signal: live() };
    expect(await watchProgress(options)).toBe('stalled');
  });

  it('counts no time that the machine was asleep', async () => {
    let slept = false;
    const clock = testClock((now) => {
      if (slept || now < 1_000_000 + MINUTE) return;
      slept = true;
      return 8 * 60 * MINUTE;
    });
    const options = { clock, timeoutMs: 30 * MINUTE, stallMs: 20 * MINUTE, signal: live() };
    expect(await watchProgress({ ...options, lastActivity: () => 1_050_000 })).toBe('stalled');
    expect(clock.now()).toBe(1_050_000 + 20 * MINUTE + 8 * 60 * MINUTE);
  });

  it('ends when the signal aborts, and never without limits', async () => {
    const stop = new AbortController();
    const clock = testClock((now) => {
      if (now > 1_000_000 + 100 * MINUTE) stop.abort();
      return 0;
    });
    const options = { clock, timeoutMs: 0, stallMs: 0, lastActivity: () => null, signal: stop.signal };
    expect(await watchProgress(options)).toBe('aborted');
  });
});

describe('lastChange', () => {
  it('is that of the file which grew last; empty and missing files say nothing', () => {
    const root = mkdtempSync(join(tmpdir(), 'copse-watch-'));
    try {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => join(root, name)) as [string, string, string];
      expect(lastChange([a, b])).toBeNull();
      writeFileSync(a, '');
      expect(lastChange([a, b])).toBeNull();
      writeFileSync(b, 'x');
      utimesSync(b, 5, 7);
      expect(lastChange([a, b, c])).toBe(7000);
      writeFileSync(a, 'y');
      expect(lastChange([a, b])).toBe(statSync(a).mtimeMs);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
