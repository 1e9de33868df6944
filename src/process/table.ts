import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

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
}

/** How this machine tells about its processes: `/proc` on Linux, `ps` elsewhere. */
export interface ProcessSource {
  row(pid: number): ProcessRow | null;
  /** All, and which of them hold `entry` (`NAME=VALUE`) in the environment that their program was started with. */
  all(entry?: string): { rows: ProcessRow[]; marked: Set<number> };
}

/** Passes over /proc: it is no snapshot, and one that forks and ends at once slips through a single one. */
const PASSES = 20;

export const linuxProcesses: ProcessSource = {
  row: (pid) => {
    const stat = readOrNull(`/proc/${pid}/stat`);
    return stat === null ? null : parseStat(stat.toString('latin1'));
  },
  all: (entry) => {
    const rows: ProcessRow[] = [];
    const marked = new Set<number>();
    const done = new Set<number>();
    for (let pass = 0, before = -1; pass < PASSES && done.size > before; pass++) {
      before = done.size;
      for (const name of readdirSync('/proc')) {
        const pid = Number(name);
        if (!(pid > 0) || done.has(pid)) continue;
        done.add(pid);
        const row = linuxProcesses.row(pid);
        if (row === null) continue;
        rows.push(row);
        if (entry !== undefined && hasEntry(readOrNull(`/proc/${pid}/environ`), entry)) marked.add(pid);
      }
    }
    return { rows, marked };
  },
};

const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=';

/** `ps` of macOS and BSD; `environment` are the arguments that make it print each command behind its environment. */
export function psProcesses(environment = ['-A', '-E', '-ww', '-o', 'pid=,command=']): ProcessSource {
  return {
    row: (pid) => parsePs(ps(['-o', COLUMNS, '-p', String(pid)]))[0] ?? null,
    all: (entry) => ({
      rows: parsePs(ps(['-A', '-o', COLUMNS])),
      marked: new Set(entry === undefined ? [] : parseMarked(ps(environment), entry)),
    }),
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
  };
}

/** Rows of `ps -o pid=,ppid=,pgid=,state=,lstart=`; `lstart` holds spaces, so it stands last. */
export function parsePs(output: string): ProcessRow[] {
  return [...output.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm)].map((match) => ({
    pid: Number(match[1]),
    parent: Number(match[2]),
    group: Number(match[3]),
    session: 0,
    start: match[5]!.replace(/\s+/g, ' '),
    zombie: match[4]!.startsWith('Z'),
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

function hasEntry(environment: Buffer | null, entry: string): boolean {
  if (environment === null) return false;
  return (
    environment.includes(`\0${entry}\0`) ||
    environment.toString('utf8', 0, entry.length * 3 + 1).startsWith(`${entry}\0`)
  );
}

/** A process may end, or belong to somebody else, at any moment of reading it. */
function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** Fixed locale and time zone: start times are compared as text, also by the wrapper of launch.ts. */
function ps(args: string[]): string {
  const { PATH } = process.env;
  const env = { PATH, LC_ALL: 'C', TZ: 'UTC0' };
  return spawnSync('ps', args, { env, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout ?? '';
}
