import { setImmediate } from 'node:timers/promises';
import { lastChange, watchProgress } from '../process/watch.ts';
import type { Ending } from '../run/event.ts';
import type { Clock } from '../util/clock.ts';

/** Why we ended an agent. `cancelled`: with its run. */
export type Cut = 'timeout' | 'stalled' | 'cancelled' | 'memory' | Ending;

export interface CutOffOptions {
  exited: Promise<unknown>;
  /** Aborts when the agent has said its last word. */
  lastWord: AbortSignal;
  /** Aborts when it is to end; its reason says why. */
  cancelled: AbortSignal;
  /** Aborts when it holds more memory than it may. */
  overfull: AbortSignal;
  /** Milliseconds since the epoch. */
  startedAt: number;
  timeoutMs: number;
  stallMs: number;
  /** How long an agent may live on after its last word. */
  lingerMs: number;
  /** Files whose growth is a sign of life. */
  output: string[];
  clock: Clock;
}

/** Resolves when the agent is to be ended, or has ended by itself. */
export async function whenToEnd(options: CutOffOptions): Promise<Cut | 'exited' | 'lingering'> {
  const { exited, lastWord, cancelled, overfull, startedAt, timeoutMs, stallMs, lingerMs, output, clock } = options;
  const settled = new AbortController();
  const { signal } = settled;
  const gone = exited.then(() => 'exited' as const);
  const stopped = Promise.race([
    aborted(cancelled, signal).then(() => (cancelled.reason === 'stopped' ? 'cancelled' : cancelled.reason) as Cut),
    aborted(overfull, signal).then(() => 'memory' as const),
  ]);
  try {
    // One that ended while no copse was there is not late, however late it is now.
    if ((await Promise.race([gone, setImmediate()])) === 'exited') return 'exited';
    const watched = watchProgress({
      clock,
      timeoutMs,
      stallMs,
      startedAt,
      lastActivity: () => lastChange(output),
      signal,
    });
    const first = await Promise.race([gone, stopped, watched, aborted(lastWord, signal).then(() => 'said' as const)]);
    if (first === 'aborted') throw new Error('the watch ended without a reason');
    if (first !== 'said') return first;
    const lingering = clock.sleep(lingerMs, signal).then(() => 'lingering' as const);
    return await Promise.race([gone, stopped, lingering]);
  } finally {
    settled.abort();
  }
}

/** Resolves when `signal` aborts; never, and without a leak, when `settled` does first. */
function aborted(signal: AbortSignal, settled: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const listener = () => resolve();
    signal.addEventListener('abort', listener, { once: true });
    settled.addEventListener('abort', () => signal.removeEventListener('abort', listener), { once: true });
  });
}
