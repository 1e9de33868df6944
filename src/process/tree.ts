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
 * When a process started, as text that can only be compared (clock ticks on Linux, a date elsewhere); null when there is
 * no such process.
 */
export function processStart(pid: number): string | null {
  return processes.row(pid)?.start ?? null;
}

/** Whether that very process still runs; one that has ended and was not collected yet (a zombie) does not. */
export function isAlive(pid: number, start: string): boolean {
  const row = processes.row(pid);
  return row !== null && row.start === start && !row.zombie;
}

/** All processes whose environment carries NAME=VALUE, as far as we may read it. */
export function findMarked(name: string, value: string): number[] {
  return [...processes.all(`${name}=${value}`).marked];
}

/** Children of `pid`, their children and so on, without `pid`; those whose parent has ended already are not among them. */
export function descendants(pid: number): number[] {
  const { rows } = processes.all();
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

/**
 * The living processes that belong to `root`: itself, everything below it, their groups and sessions, and all that carry
 * the marker. `seen` are members found earlier by the caller: through them a child is found whose parent has ended since.
 * Our own process is never among them.
 */
export function members(root: ProcessId, marker: Marker | null, seen: Iterable<ProcessRow> = []): ProcessRow[] {
  const { rows: all, marked } = processes.all(marker ? `${marker.name}=${marker.value}` : undefined);
  const rows = all.filter((row) => !row.zombie && row.pid > 1 && row.pid !== process.pid);
  const starts = new Map([...seen].map((row) => [row.pid, row.start]));
  // Groups and sessions bear the pid of their leader, and a pid is not given out again while one bears it. A root that
  // had ended before we looked proves nothing: its number may long be a stranger's.
  const leaders = new Set(starts.keys());
  starts.set(root.pid, root.pidStart);
  for (const row of rows) if (starts.has(row.pid) && starts.get(row.pid) !== row.start) leaders.delete(row.pid);
  const inside = new Map<number, ProcessRow>();
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const row of rows) {
      if (inside.has(row.pid)) continue;
      const itself = starts.get(row.pid) === row.start || marked.has(row.pid);
      if (!itself && !inside.has(row.parent) && !leaders.has(row.group) && !leaders.has(row.session)) continue;
      inside.set(row.pid, row);
      leaders.add(row.pid);
    }
  }
  return [...inside.values()];
}
