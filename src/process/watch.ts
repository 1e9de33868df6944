import { statSync } from 'node:fs';
import type { Clock } from '../util/clock.ts';

export interface WatchOptions {
  clock: Clock;
  /** Milliseconds from `startedAt` to `timeout`; 0 is never. */
  timeoutMs: number;
  /** Milliseconds without a byte to `stalled`; 0 is never. */
  stallMs: number;
  /** When the attempt began, milliseconds since the epoch: an adopted one keeps its deadline. Default now. */
  startedAt?: number;
  /** When the last byte came, milliseconds since the epoch; null when none came yet. See `lastChange`. */
  lastActivity: () => number | null;
  signal: AbortSignal;
}

/** Steps of the watch: a sleep that takes much longer than asked means that the whole machine slept. */
const STEP_MS = 10_000;
const SUSPENDED_MS = 60_000;

/**
 * Resolves when an attempt has used up its time or has gone silent, or when the signal aborts. The time that the machine
 * was suspended counts for neither: the agent did not run either.
 */
export async function watchProgress(options: WatchOptions): Promise<'timeout' | 'stalled' | 'aborted'> {
  const { clock, timeoutMs, stallMs, lastActivity, signal } = options;
  const began = clock.now();
  let deadline = (options.startedAt ?? began) + timeoutMs;
  let silentSince = began;
  while (!signal.aborted) {
    const now = clock.now();
    silentSince = Math.max(silentSince, Math.min(lastActivity() ?? 0, now));
    const due = [...(timeoutMs > 0 ? [deadline] : []), ...(stallMs > 0 ? [silentSince + stallMs] : [])];
    if (timeoutMs > 0 && now >= deadline) return 'timeout';
    if (stallMs > 0 && now >= silentSince + stallMs) return 'stalled';
    const step = Math.min(STEP_MS, ...due.map((at) => at - now));
    await clock.sleep(step, signal);
    const suspended = clock.now() - now - step;
    if (suspended < SUSPENDED_MS) continue;
    deadline += suspended;
    silentSince += suspended;
  }
  return 'aborted';
}

/** When any of these files last grew, milliseconds since the epoch; null when none has a byte. */
export function lastChange(files: readonly string[]): number | null {
  const times = files.flatMap((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat && stat.size > 0 ? [stat.mtimeMs] : [];
  });
  return times.length > 0 ? Math.max(...times) : null;
}
