import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** One process of this machine. `start` tells it from a later one with the same pid; it is compared, never read. */
export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  /** 0 where the system does not tell (macOS). */
  session: number;
  start: string;
  /** Ended, and not yet collected by its parent: nothing runs any more. */
  zombie: boolean;
  /** Bytes that it holds in memory; what it shares with others is counted for each. */
  memory: number;
}

/** How this machine tells about its processes: `/proc` on Linux, `ps` elsewhere. */
export interface ProcessSource {
  row(pid: number): ProcessRow | null;
  /** Those of them that there are. */
  rows(pids: readonly number[]): ProcessRow[];
  all(): ProcessRow[];
  /**
   * Those that hold `entry` (`NAME=VALUE`) in the environment that their program was started with; each is told as soon as it is
   * seen. macOS tells nobody the environment of its own programs (`/bin/sh`, `/usr/bin/tail`), but the arguments of all: there it
   * may also stand among these.
   */
  marked(entry: string, seen?: (row: ProcessRow) => void): Marked;
  /** A variable that a process was started with; undefined when it has none yet, or the system tells of one only by all. */
  variable(pid: number, name: string): string | null | undefined;
}

export interface Marked {
  rows: ProcessRow[];
  /** One that held it has ended before its row could be read: what it forked may have been missed. */
  gone: boolean;
  /** Some process was in the middle of exec, where it has no environment to be known by. */
  unsure: boolean;
}

/** Shared: what is read is looked at before anybody reads again. */
const page = Buffer.allocUnsafe(64 * 1024);

/** Passes over /proc: it is no snapshot, and one that forks and ends at once slips through a single one. */
const PASSES = 20;

export const linuxProcesses: ProcessSource = {
  row: (pid) => {
    const stat = readProc(`/proc/${pid}/stat`);
    return stat === null ? null : parseStat(stat.toString('latin1'));
  },
  rows: (pids) => pids.flatMap((pid) => linuxProcesses.row(pid) ?? []),
  all: () => linuxProcesses.rows(linuxPids()),
  marked: (entry, seen) => {
    const [first, inside] = [Buffer.from(`${entry}\0`), Buffer.from(`\0${entry}\0`)];
    const marked: Marked = { rows: [], gone: false, unsure: false };
    const done = new Set<number>();
    for (let pass = 0, before = -1; pass < PASSES && done.size > before; pass++) {
      before = done.size;
      for (const pid of linuxPids()) {
        if (done.has(pid)) continue;
        done.add(pid);
        const environment = readProc(`/proc/${pid}/environ`);
        if (environment === null) continue;
        if (environment.length === 0) marked.unsure ||= isInExec(pid);
        else if (environment.subarray(0, first.length).equals(first) || environment.includes(inside)) {
          const row = linuxProcesses.row(pid);
          if (row === null || row.zombie) {
            marked.gone = true;
            continue;
          }
          seen?.(row);
          marked.rows.push(row);
        }
      }
    }
    return marked;
  },
  variable: (pid, name) => {
    const environment = readProc(`/proc/${pid}/environ`);
    if (environment === null) return null;
    if (environment.length === 0) return undefined; // in the middle of exec
    const entry = `${environment.toString('utf8')}\0`.split('\0').find((each) => each.startsWith(`${name}=`));
    return entry?.slice(name.length + 1) ?? null;
  },
};

/** From the vector that the kernel hands to each program; entry 6 is the size of a page. */
function pageSize(): number {
  const vector = readProc('/proc/self/auxv');
  for (let at = 0; vector !== null && at + 16 <= vector.length; at += 16)
    if (vector.readBigUInt64LE(at) === 6n) return Number(vector.readBigUInt64LE(at + 8));
  return 4096;
}
/** Of what is counted in pages. */
export const PAGE_BYTES = process.platform === 'linux' ? pageSize() : 0;

/** Processes that have no environment and are no longer young: threads of the kernel, mostly. */
const bare = new Set<number>();
const YOUNG_SECONDS = 10;

/** Whether a process without an environment may be about to get one: it was forked a moment ago. */
function isInExec(pid: number): boolean {
  if (bare.has(pid)) return false;
  const row = linuxProcesses.row(pid);
  if (row === null || row.zombie) return false;
  const uptime = Number.parseFloat(readProc('/proc/uptime')?.toString('latin1') ?? '');
  // Starts are counted in hundredths of a second on every Linux.
  if (Number(row.start) / 100 > uptime - YOUNG_SECONDS) return true;
  bare.add(pid);
  return false;
}

const COLUMNS = 'pid=,ppid=,pgid=,rss=,state=,lstart=';

/** `ps` of macOS; `environment` are the arguments that make it print each command behind its environment. */
export function psProcesses(environment = ['-A', '-E', '-ww', '-o', 'pid=,command=']): ProcessSource {
  return {
    row: (pid) => parsePs(ps(['-o', COLUMNS, '-p', String(pid)]))[0] ?? null,
    rows: (pids) => (pids.length === 0 ? [] : parsePs(ps(['-o', COLUMNS, '-p', pids.join(',')]))),
    all: () => parsePs(ps(['-A', '-o', COLUMNS])),
    marked: (entry, seen) => {
      const pids = new Set(parseMarked(ps(environment), entry));
      const rows = pids.size === 0 ? [] : parsePs(ps(['-A', '-o', COLUMNS])).filter((row) => pids.has(row.pid));
      for (const row of rows) seen?.(row);
      return { rows, gone: rows.length < pids.size, unsure: false };
    },
    variable: () => undefined,
  };
}

export const processes: ProcessSource = process.platform === 'linux' ? linuxProcesses : psProcesses();

/** One line of `/proc/<pid>/stat`: the name stands in parentheses and may itself hold spaces and parentheses. */
export function parseStat(stat: string): ProcessRow | null {
  const open = stat.indexOf(' (');
  const close = stat.lastIndexOf(') ');
  if (open < 1 || close < open) return null;
  const fields = stat.slice(close + 2).split(' ');
  const start = fields[19];
  if (start === undefined) return null;
  return {
    pid: Number(stat.slice(0, open)),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    memory: Number(fields[21] ?? 0) * PAGE_BYTES,
  };
}

/** Rows of `ps -o pid=,ppid=,pgid=,rss=,state=,lstart=`; `lstart` holds spaces, so it stands last. */
export function parsePs(output: string): ProcessRow[] {
  return [...output.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm)].map((match) => ({
    pid: Number(match[1]),
    parent: Number(match[2]),
    group: Number(match[3]),
    session: 0,
    start: match[6]!.replace(/\s+/g, ' '),
    zombie: match[5]!.startsWith('Z'),
    memory: Number(match[4]) * 1024,
  }));
}

/** Pids of `ps` lines that hold `NAME=VALUE` as a word; `ps` separates variables by spaces only. */
export function parseMarked(output: string, entry: string): number[] {
  return output
    .split('\n')
    .filter((line) => `${line} `.includes(` ${entry} `))
    .flatMap((line) => /^\s*(\d+)\s/.exec(line)?.[1] ?? [])
    .map(Number);
}

function linuxPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (Number(name) > 0 ? Number(name) : []));
}

/** A file of /proc, as few system calls as can be: there are hundreds. Null when the process has ended, or is not ours to read. */
function readProc(path: string): Buffer | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    const size = readSync(fd, page, 0, page.length, 0);
    return size < page.length ? page.subarray(0, size) : readFileSync(path);
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

const ps = (args: string[]) => askProgram('ps', args);

/**
 * What a short program of the system says, whatever else has its name; empty when it is not there. Fixed locale and time zone:
 * start times are compared as text, also by the wrapper of launch.ts.
 */
export function askProgram(name: string, args: string[]): string {
  const PATH = `/bin:/usr/bin:${process.env.PATH}`;
  const env = { PATH, LC_ALL: 'C', TZ: 'UTC0' };
  return spawnSync(name, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout ?? '';
}
