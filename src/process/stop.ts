import { type Clock, systemClock } from '../util/clock.ts';
import type { ProcessRow } from './table.ts';
import { isAlive, type Marker, members, type ProcessId } from './tree.ts';

export interface StopOptions {
  /** From the request (SIGTERM) to the end by force (SIGKILL), milliseconds. */
  graceMs: number;
  /** Ends the grace at once. */
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Stopped {
  /** Pids that were there and are gone, whoever ended them. */
  ended: number[];
  /** Pids that are still there: not ours to signal, or stuck in the kernel. */
  left: number[];
}

const POLL_MS = 25;
/** Looks with SIGKILL; each reaches what the one before left and what was forked since. */
const KILL_ROUNDS = 400;
/** Time for the wrapper, which ends last, to record how its program ended. */
const RECORD_MS = 1000;
/** Looks that must find nothing, one after the other: a process between fork and exec may slip through one. */
const EMPTY_LOOKS = 3;

/**
 * Ends a launched program and everything that came of it: SIGTERM, grace, SIGKILL until nothing is left. Agents start
 * tools in sessions of their own, so all that is below the root, in its groups, or carries the marker belongs to it.
 */
export async function stopTree(root: ProcessId & { marker?: Marker }, options: StopOptions): Promise<Stopped> {
  const clock = options.clock ?? systemClock;
  const seen = new Map<number, ProcessRow>();
  const killed = new Map<number, string>();
  const look = () => {
    const found = members(root, root.marker ?? null, seen.values());
    for (const row of found) seen.set(row.pid, row);
    return found;
  };

  let living = look();
  send(living, 'SIGTERM');
  const deadline = clock.now() + options.graceMs;
  while (living.length > 0 && clock.now() < deadline && !options.signal?.aborted) {
    await clock.sleep(Math.min(POLL_MS, deadline - clock.now()), options.signal);
    living = look();
  }
  const forced = clock.now();
  let empty = 0;
  for (let round = 0; empty < EMPTY_LOOKS && round < KILL_ROUNDS; round++) {
    living = look();
    empty = living.length === 0 ? empty + 1 : 0;
    const victims = clock.now() < forced + RECORD_MS ? living.filter((row) => row.pid !== root.pid) : living;
    const fresh = victims.filter((row) => killed.get(row.pid) !== row.start);
    for (const { pid, start } of fresh) killed.set(pid, start);
    send(fresh, 'SIGKILL');
    // Who forks faster than we look is not given time; who only has to die is.
    if (fresh.length === 0) await clock.sleep(living.length > 0 ? POLL_MS : 1);
  }
  const left = living.map((row) => row.pid);
  return { ended: [...seen.keys()].filter((pid) => !left.includes(pid)), left };
}

/** Signals each process by its own pid, never a group: whoever joined a group since is looked at first. */
function send(rows: ProcessRow[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const { pid, start } of rows) {
    if (pid <= 1 || pid === process.pid || !isAlive(pid, start)) continue;
    try {
      process.kill(pid, signal);
    } catch {
      // Ended in between, or another user's (setuid): it will be among those left.
    }
  }
}
