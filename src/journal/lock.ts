import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive, type ProcessId, processStart } from '../process/tree.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import type { Clock } from '../util/clock.ts';
import { PRIVATE_FILE } from './store.ts';

/** The right to write one run's journal, until it is released or another coordinator takes over. */
export interface Lock {
  /** Greater than that of every earlier holder. */
  epoch: number;
  /** Whether nobody has taken over. */
  holds(): boolean;
  /** Who held it before and was killed, or went down with the machine; null when it was let go. */
  killed: ProcessId | null;
  /** Lets the next one in at once. Does nothing when it is lost already. */
  release(): void;
}

/** Who holds a lock, as its file tells. */
export interface Holder {
  pid: number;
  host: string;
  /** Milliseconds since the epoch. */
  since: number;
  /** The lock file. */
  path: string;
  /** False when it runs on another machine or in another container: from here nobody can tell whether it lives. */
  here: boolean;
}

/** Content of a lock file. `space` is the pid namespace: the same number means another process in another container. */
interface Content {
  pid: number;
  start: string;
  host: string;
  space: string;
  at: number;
  released: boolean;
}

/** A file that nobody filled within this time never will be: its writer was killed in between. */
const FILLED_MS = 10_000;
const ATTEMPTS = 100;

/**
 * Takes the lock of a run folder, or says who holds it. Each holder makes `lock.<epoch>`, one number higher than the last,
 * which succeeds for one of any number of racers; the highest number holds. A holder whose process is gone, or that has
 * released it, is succeeded; one on another machine is never taken for dead. `above` is an epoch that is used already.
 */
export function acquireLock(dir: string, options: { clock: Clock; above?: number }): Lock | { held: Holder } {
  const { clock } = options;
  const mine: Content = { ...identity(), at: clock.now(), released: false };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const highest = epochs(dir).at(-1) ?? 0;
    const held = lockHolder(dir);
    if (held) return { held };
    const killed = killedHolder(dir, highest);
    const epoch = Math.max(highest, options.above ?? 0) + 1;
    if (!createExclusive(lockFile(dir, epoch), mine)) continue;
    // A number may have been free because later holders had tidied it away.
    if ((epochs(dir).at(-1) ?? 0) > epoch) {
      rmSync(lockFile(dir, epoch), { force: true });
      continue;
    }
    tidy(dir, epoch);
    return lockOf(dir, { epoch, killed, content: mine });
  }
  throw new Error(`${dir}: the lock changed hands ${ATTEMPTS} times while it was asked for`);
}

/** Who holds the lock of a run folder now; null when nobody does. */
export function lockHolder(dir: string): Holder | null {
  const highest = epochs(dir).at(-1);
  return highest === undefined ? null : holder(lockFile(dir, highest));
}

/** The holder of this epoch, when it never let go. */
function killedHolder(dir: string, epoch: number): ProcessId | null {
  const content = readContent(lockFile(dir, epoch));
  return content && !content.released ? { pid: content.pid, pidStart: content.start } : null;
}

function lockOf(dir: string, { epoch, killed, content }: Pick<Lock, 'epoch' | 'killed'> & { content: Content }): Lock {
  const path = lockFile(dir, epoch);
  const made = statSync(path);
  // The next number first: lower files are removed before higher ones, so when it is gone again, ours is gone too.
  const holds = () => stat(lockFile(dir, epoch + 1)) === null && sameFile(stat(path), made);
  return {
    epoch,
    killed,
    holds,
    release: () => {
      try {
        if (holds()) writeFileAtomic(path, JSON.stringify({ ...content, released: true }), PRIVATE_FILE);
      } catch {
        // A full disk: it is free as soon as our process is gone.
      }
    },
  };
}

/** Who holds this lock file; null when it is free to be succeeded. */
function holder(path: string): Holder | null {
  const content = readContent(path);
  if (content === null) {
    const made = stat(path);
    if (made === null || Date.now() - made.mtimeMs > FILLED_MS) return null;
    return { pid: 0, host: hostname(), since: made.mtimeMs, path, here: true };
  }
  if (content.released) return null;
  const { pid, start, host, at } = content;
  const own = identity();
  const here = host === own.host && content.space === own.space && start !== '';
  return here && !isAlive(pid, start) ? null : { pid, host, since: at, path, here };
}

/** Makes the file with its content, in one step where the file system has hard links; false when it was there. */
function createExclusive(path: string, content: Content): boolean {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(draft, JSON.stringify(content), { mode: PRIVATE_FILE });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    return copyExclusive(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links: one of the racers makes the file, but for a moment it is empty. */
function copyExclusive(draft: string, path: string): boolean {
  try {
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the files of earlier holders, the lowest first, and drafts of those that were killed. */
function tidy(dir: string, epoch: number): void {
  for (const old of epochs(dir)) if (old < epoch) rmSync(lockFile(dir, old), { force: true });
  for (const name of readdirSync(dir)) {
    if (!/^lock\.\d+\.[0-9a-f]+\.tmp$/.test(name)) continue;
    const draft = stat(join(dir, name));
    if (draft && Date.now() - draft.mtimeMs > FILLED_MS) rmSync(join(dir, name), { force: true });
  }
}

/** In ascending order. */
function epochs(dir: string): number[] {
  return readdirSync(dir)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

const lockFile = (dir: string, epoch: number) => join(dir, `lock.${epoch}`);

function identity() {
  return { pid: process.pid, start: processStart(process.pid) ?? '', host: hostname(), space: pidSpace() };
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return ''; // not Linux
  }
}

function readContent(path: string): Content | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return null;
  }
}

function stat(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function sameFile(one: Stats | null, other: Stats): boolean {
  return one !== null && one.ino === other.ino && one.mtimeMs === other.mtimeMs;
}
