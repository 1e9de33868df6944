import { readFileSync } from 'node:fs';
import { type ProcessRow, processes } from './table.ts';

/** A process that is meant and no other: a pid is used again, a pid with its start time is not. */
export interface ProcessId {
  pid: number;
  pidStart: string;
}

/** An environment variable that a process hands to all its children, so that those who leave its group are found. */
export interface Marker {
  name: string;
  value: string;
}

/**
 * When a process started, as text that can only be compared (on Linux clock ticks and the boot that they count from, a date
 * elsewhere); null when there is no such process.
 */
export function processStart(pid: number): string | null {
  const row = processes.row(pid);
  return row && `${row.start}${BOOT}`;
}

/** Whether that very process still runs; one that has ended and was not collected yet (a zombie) does not. */
export function isAlive(pid: number, start: string): boolean {
  return rowOf({ pid, pidStart: start })?.zombie === false;
}

/** That very process in the table, be it a zombie; null when it is not there any more. */
export function rowOf({ pid, pidStart }: ProcessId): ProcessRow | null {
  const row = processes.row(pid);
  return row?.start === ofThisBoot(pidStart) ? row : null;
}

/** `@<id>`: after a restart of the machine, another process may have the same pid and the same number of ticks. */
const BOOT = bootId();

function bootId(): string {
  try {
    return `@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return ''; // not Linux
  }
}

/** The start as the table of processes has it; empty when it was before the machine last started. */
function ofThisBoot(start: string): string {
  const [at, boot] = start.split('@');
  return boot === undefined || `@${boot}` === BOOT ? at! : '';
}

/** All processes whose environment carries NAME=VALUE, as far as we may read it. */
export function findMarked(name: string, value: string): number[] {
  return processes.marked(`${name}=${value}`).rows.map((row) => row.pid);
}

/** Children of `pid`, their children and so on, without `pid`; those whose parent has ended already are not among them. */
export function descendants(pid: number): number[] {
  const rows = processes.all();
  const found = new Set<number>();
  const visit = (parent: number) => {
    for (const row of rows) {
      if (row.parent !== parent || row.pid === pid || found.has(row.pid)) continue;
      found.add(row.pid);
      visit(row.pid);
    }
  };
  visit(pid);
  return [...found];
}

/** What one look at the processes of a tree found. */
export interface Look {
  living: ProcessRow[];
  /** See `Marked`. */
  gone: boolean;
  unsure: boolean;
}

/** A process that belongs to a tree; no `start` fits one that has ended for sure. */
export type Member = Pick<ProcessRow, 'pid' | 'start'>;

export interface LookOptions {
  /** Members found by earlier looks: through them a child is found whose parent has ended since, and who is in their groups. */
  seen?: Iterable<Member>;
  /** Called with each that carries the marker as soon as it is seen, before the look is over. */
  onMarked?: (row: ProcessRow) => void;
}

/**
 * The living processes that belong to `root`: itself, everything below it, their groups and sessions, and all that carry
 * the marker. Our own process is never among them.
 */
export function lookAt(root: ProcessId, marker: Marker | null, options: LookOptions = {}): Look {
  const nobody = { rows: [], gone: false, unsure: false };
  const entry = marker && `${marker.name}=${marker.value}`;
  const { rows: marked, ...missed } = entry ? processes.marked(entry, options.onMarked) : nobody;
  const starts = new Map([...(options.seen ?? []), ...marked].map((row) => [row.pid, row.start]));
  if (starts.size === 0 && !isAlive(root.pid, root.pidStart)) return { living: [], ...missed };
  const table = processes.all().filter((row) => row.pid > 1 && row.pid !== process.pid);
  const rows = table.filter((row) => !row.zombie);
  const alive = new Set(rows.map((row) => row.pid));
  // A marked one may have ended between the two readings; it was there, so its children may be.
  if (marked.some((row) => !alive.has(row.pid) && row.pid !== process.pid)) missed.gone = true;
  // Groups and sessions bear the pid of their leader, and a pid is not given out again while one bears it. A root that
  // had ended before we looked proves nothing: its number may long be a stranger's.
  const leaders = new Set(starts.keys());
  starts.set(root.pid, ofThisBoot(root.pidStart));
  for (const row of rows) if (starts.has(row.pid) && starts.get(row.pid) !== row.start) leaders.delete(row.pid);
  const inside = new Map<number, ProcessRow>();
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const row of rows) {
      if (inside.has(row.pid)) continue;
      const itself = starts.get(row.pid) === row.start;
      if (!itself && !inside.has(row.parent) && !leaders.has(row.group) && !leaders.has(row.session)) continue;
      inside.set(row.pid, row);
      leaders.add(row.pid);
    }
  }
  return { living: [...inside.values()], ...missed };
}
