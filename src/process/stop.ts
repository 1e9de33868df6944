import { type Clock, systemClock } from '../util/clock.ts';
import { type ProcessRow, processes } from './table.ts';
import { isAlive, lookAt, type Marker, type Member, type ProcessId } from './tree.ts';

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
/** Looks that must find nothing, one after the other: none is a snapshot. */
const EMPTY_LOOKS = 2;
/** Looks at which somebody unknown may be in the middle of exec, before we take it for a stranger without an environment. */
const UNSURE_LOOKS = 40;

/**
 * Ends a launched program and everything that came of it: SIGTERM, grace, SIGKILL until nothing is left. Agents start
 * tools in sessions of their own, so all that is below the root, in its groups, or carries the marker belongs to it; and
 * `members`, seen in it before.
 */
export async function stopTree(
  root: ProcessId & { marker?: Marker; members?: Iterable<Member> },
  options: StopOptions,
): Promise<Stopped> {
  const clock = options.clock ?? systemClock;
  const seen = new Map<number, Member>([...(root.members ?? [])].map((row) => [row.pid, row]));
  const killed = new Map<number, string>();
  let doubts = 0;
  /** Who is there now; null when nobody was seen, but somebody may have been missed. */
  const look = (onMarked?: (row: ProcessRow) => void): ProcessRow[] | null => {
    const options = { seen: seen.values(), ...(onMarked && { onMarked }) };
    const { living, gone, unsure } = lookAt(root, root.marker ?? null, options);
    for (const row of living) seen.set(row.pid, row);
    doubts = unsure && !gone && living.length === 0 ? doubts + 1 : 0;
    const missed = gone || (unsure && doubts < UNSURE_LOOKS);
    return living.length === 0 && missed ? null : living;
  };

  let living = look();
  send(living ?? [], 'SIGTERM');
  const deadline = clock.now() + options.graceMs;
  while (living?.length !== 0 && clock.now() < deadline && !options.signal?.aborted) {
    await clock.sleep(Math.min(POLL_MS, deadline - clock.now()), options.signal);
    living = look();
  }

  const forced = clock.now();
  let empty = living?.length === 0 ? 1 : 0;
  const end = (row: ProcessRow): boolean => {
    const spared = row.pid === root.pid && clock.now() < forced + RECORD_MS;
    if (spared || killed.get(row.pid) === row.start) return false;
    killed.set(row.pid, row.start);
    seen.set(row.pid, row);
    send([row], 'SIGKILL');
    return true;
  };
  for (let round = 0; empty < EMPTY_LOOKS && round < KILL_ROUNDS; round++) {
    // Who forks and ends faster than a look takes is met at once, where it is seen.
    living = look(end);
    empty = living?.length === 0 ? empty + 1 : 0;
    const reached = (living ?? []).filter(end).length;
    if (reached === 0) await clock.sleep(living?.length ? POLL_MS : 1);
  }
  const left = (living ?? []).map((row) => row.pid);
  return { ended: [...seen.keys()].filter((pid) => !left.includes(pid)), left };
}

/**
 * Asks a launched program alone to end, none of its children in groups of their own, and waits until it has: for one that
 * ends its children itself and has something to say before. What is left is for `stopTree`.
 */
export async function askToEnd(root: ProcessId, options: StopOptions): Promise<void> {
  const clock = options.clock ?? systemClock;
  const group = processes.all().filter((row) => row.group === root.pid && row.pid !== root.pid);
  // Between the wrapper and the program may stand a sandbox, which would take everything down with it.
  const programs = group.filter((row) => !group.some(({ parent }) => parent === row.pid));
  if (isAlive(root.pid, root.pidStart)) send(programs, 'SIGTERM');
  const deadline = clock.now() + options.graceMs;
  while (isAlive(root.pid, root.pidStart) && clock.now() < deadline && !options.signal?.aborted) {
    await clock.sleep(Math.min(POLL_MS, deadline - clock.now()), options.signal);
  }
}

function send(rows: ProcessRow[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const { pid, group, start } of rows) {
    if (pid <= 1 || pid === process.pid || !isAlive(pid, start)) continue;
    // A leader's group too: it may have forked since we looked, and all that are in it belong to the tree.
    if (signal === 'SIGKILL' && group === pid) kill(-pid, signal);
    kill(pid, signal);
    if (signal === 'SIGTERM') kill(pid, 'SIGCONT'); // who is stopped does not hear it
  }
}

function kill(target: number, signal: 'SIGTERM' | 'SIGKILL' | 'SIGCONT'): void {
  try {
    process.kill(target, signal);
  } catch {
    // Ended in between, or another user's (setuid): it will be among those left.
  }
}
