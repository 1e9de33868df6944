import { readFileSync } from 'node:fs';
import { type ProcessRow, processes } from './table.ts';
import { type Marker, type ProcessId, rowOf } from './tree.ts';

/** One tree under observation. */
export interface Observed {
  /** Bytes that its processes hold, as of the last look; null before the first. */
  memory(): number | null;
  /** The most that any look found; 0 before the first. */
  peak(): number;
  /**
   * Every process that was ever seen in it: also one that has cleared its environment and left its parents since, and one
   * that has ended and whose group lives on.
   */
  members(): Iterable<ProcessRow>;
  end(): void;
}

export interface ObserveOptions {
  root: ProcessId;
  marker: Marker;
  /** Who is known to belong to it besides. */
  members?: Iterable<ProcessRow> | undefined;
  /** Bytes. */
  cap?: number | undefined;
  /** Called once, when the tree holds more than `cap`. */
  onExceeded?(bytes: number): void;
}

/** Time between two looks. One costs a read for each process of the machine, so all trees share it. */
const LOOK_MS = 2000;
/** While a tree has a cap: memory fills fast. */
const CAPPED_LOOK_MS = 500;

interface Tree {
  options: ObserveOptions;
  members: Map<number, ProcessRow>;
  memory: number | null;
  peak: number;
  exceeded: boolean;
}

const trees = new Set<Tree>();
let timer: NodeJS.Timeout | undefined;

/** Watches what a tree takes, and who belongs to it, until `end`. */
export function observe(options: ObserveOptions): Observed {
  // Its first process may end before the first look, and its group is not to be forgotten then.
  const first = rowOf(options.root);
  const members = new Map([...(options.members ?? []), ...(first ? [first] : [])].map((row) => [row.pid, row]));
  const tree: Tree = { options, members, memory: null, peak: 0, exceeded: false };
  trees.add(tree);
  schedule();
  return {
    memory: () => tree.memory,
    peak: () => tree.peak,
    members: () => tree.members.values(),
    end: () => {
      trees.delete(tree);
      schedule();
    },
  };
}

function schedule(): void {
  clearInterval(timer);
  timer = undefined;
  if (trees.size === 0) return;
  const capped = [...trees].some(({ options }) => options.cap !== undefined);
  timer = setInterval(() => takeCensus(), capped ? CAPPED_LOOK_MS : LOOK_MS);
  timer.unref();
}

/** Processes whose environment was read and bears no marker of ours; it never will. */
const strangers = new Set<string>();

/** One look at all processes, for all trees. */
export function takeCensus(): void {
  const rows = new Map(processes.all().map((row) => [row.pid, row]));
  for (const key of strangers) {
    const [pid, start] = key.split(' ', 2);
    if (rows.get(Number(pid))?.start !== start) strangers.delete(key);
  }
  for (const tree of trees) forgetEnded(tree, rows);
  // Parents mostly have lower pids than their children, but not when numbers begin anew: until nothing is found any more.
  for (let found = true; found; ) {
    found = false;
    for (const row of rows.values()) {
      const tree = ownerOf(row);
      if (tree === null) continue;
      found ||= !tree.members.has(row.pid);
      tree.members.set(row.pid, row);
    }
  }
  for (const tree of trees) measure(tree, rows);
}

/** A group outlives its leader, and as long as it does nobody gets its number: its leader is kept in mind. */
function forgetEnded({ members }: Tree, rows: ReadonlyMap<number, ProcessRow>): void {
  const groups = new Set([...rows.values()].map(({ group }) => group));
  for (const [pid, { start }] of members) {
    const now = rows.get(pid);
    if (now ? now.start !== start : !groups.has(pid)) members.delete(pid);
  }
}

function ownerOf(row: ProcessRow): Tree | null {
  for (const tree of trees) {
    const { members, options } = tree;
    if ([row.pid, row.parent, row.group].some((pid) => members.has(pid))) return tree;
    if (row.pid === options.root.pid && row.start === options.root.pidStart) return tree;
  }
  const key = `${row.pid} ${row.start}`;
  if (row.zombie || strangers.has(key)) return null;
  const [first] = trees;
  const value = processes.variable(row.pid, first!.options.marker.name);
  if (value === undefined) return null;
  const owner = [...trees].find(({ options }) => options.marker.value === value) ?? null;
  if (owner === null) strangers.add(key);
  return owner;
}

function measure(tree: Tree, rows: ReadonlyMap<number, ProcessRow>): void {
  const { cap, onExceeded } = tree.options;
  const living = [...tree.members.values()].filter((row) => rows.has(row.pid) && !row.zombie);
  let bytes = living.reduce((sum, row) => sum + row.memory, 0);
  // What many processes share is counted for each of them: before it costs an agent its life, it is counted right.
  if (cap !== undefined && bytes > cap) bytes = Math.min(bytes, sharedOnce(living));
  tree.memory = bytes;
  tree.peak = Math.max(tree.peak, bytes);
  if (cap === undefined || bytes <= cap || tree.exceeded) return;
  tree.exceeded = true;
  onExceeded?.(bytes);
}

/** Linux tells of each process its part of what is shared. */
function sharedOnce(rows: readonly ProcessRow[]): number {
  return rows.reduce((sum, { pid, memory }) => {
    try {
      const part = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
      return sum + (part === undefined ? memory : Number(part) * 1024);
    } catch {
      return sum + memory;
    }
  }, 0);
}
