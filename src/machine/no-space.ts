import type { Clock } from '../util/clock.ts';
import { diskAt } from './probe.ts';

/** With less free, bytes, whatever goes wrong there is taken to go wrong for that. */
const FULL = 1_000_000;
const LOOK_MS = 1000;

/** The disk was full, and stayed it for longer than anybody wanted to wait. */
export class NoSpaceError extends Error {
  constructor(cause: unknown) {
    super(`the disk is full: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`, { cause });
    this.name = 'NoSpaceError';
  }
}

/** Whether the disk of `place` has nothing left to speak of. */
export function isFull(place: string): boolean {
  return (diskAt(place)?.free ?? Number.POSITIVE_INFINITY) < FULL;
}

/** Whether an error came of a full disk or quota. Not every message of git says so: then it counts that one of `places` is full. */
export function isNoSpace(error: unknown, places: readonly string[] = []): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || saysNoSpace(each.message)) return true;
  }
  return places.some(isFull);
}

/** What the system calls it, in what a program wrote. */
function saysNoSpace(text: string): boolean {
  return /no space left on device|dis[ck] quota exceeded/i.test(text);
}

export interface RoomOptions {
  places: readonly string[];
  clock: Clock;
  /** Asked once a second. */
  givesUp(waitedMs: number): boolean;
  onWait?(): void;
}

/** Does it again once the disk has room: finished work must not be lost to a disk that is full for a while. */
export async function untilThereIsRoom<T>(work: () => Promise<T>, options: RoomOptions): Promise<T> {
  const { places, clock, givesUp, onWait } = options;
  let since: number | null = null;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isNoSpace(error, places)) throw error;
      if (since === null) onWait?.();
      since ??= clock.now();
      do {
        if (givesUp(clock.now() - since)) throw new NoSpaceError(error);
        await clock.sleep(LOOK_MS);
      } while (places.some(isFull));
    }
  }
}
