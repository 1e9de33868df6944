import { existsSync, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { settleOrphans } from '../process/orphans.ts';
import type { RunEvent, RunEventBody, RunId } from '../run/event.ts';
import type { Clock } from '../util/clock.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { encodeLine } from './codec.ts';
import type { Journal } from './journal.ts';
import { acquireLock, type Holder, type Lock } from './lock.ts';
import { maskedEvent } from './masked.ts';
import { journalCorrupt, type Replay, replay } from './replay.ts';
import { PRIVATE_FILE } from './store.ts';

/** Why appended events are not on the disk. */
export class JournalError extends Error {
  /**
   * `fenced`: another coordinator has taken over, nothing more is ever written. `gone`: somebody has removed it, which is the same.
   * `io`: the disk is full or broken (`errno`); the events are kept and the next flush tries again. `closed`: it was closed before.
   */
  readonly code: 'fenced' | 'gone' | 'io' | 'closed';
  /** `ENOSPC` and the like, with code `io`. */
  readonly errno: string | undefined;

  constructor(code: JournalError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'JournalError';
    this.code = code;
    this.errno = (cause as NodeJS.ErrnoException | undefined)?.code;
  }
}

export interface OpenOptions {
  /** The run's folder; it exists. */
  dir: string;
  run: RunId;
  clock: Clock;
  /** Takes secrets out of the texts of events before they are written or seen by anybody. */
  mask?: (text: string) => string;
}

/** A journal, and what stood in it when it was opened: nobody else has written since. */
export interface OpenedJournal extends Journal {
  past: Replay;
}

/** Lines in one write and one fdatasync, at most. */
const BATCH = 4096;

/** Milliseconds between two looks whether it is still ours, while nothing is written. */
const LOOK_MS = 2000;

/**
 * Becomes the single writer of a run. Refuses with `run-locked` while another process is, and with `journal-corrupt` when
 * events are missing.
 */
export async function openJournal(options: OpenOptions): Promise<OpenedJournal> {
  const { dir, run } = options;
  const path = join(dir, 'journal.jsonl');
  let lock = lockOrRefuse(options, 0);
  let handle: FileHandle | undefined;
  try {
    // What it was running must not meet what we run: a second validation in one folder, a git that still moves a branch.
    if (lock.killed) await settleOrphans(lock.killed);
    // After the lock: what the one before wrote and acknowledged is all in there.
    let past = replay(path);
    if (past.epoch >= lock.epoch) {
      // Somebody has removed the lock files, but no epoch of the journal may be used twice.
      lock.release();
      lock = lockOrRefuse(options, past.epoch);
      past = replay(path);
    }
    if (past.damage) throw journalCorrupt(past.damage);
    handle = await open(path, 'a', PRIVATE_FILE);
    if (past.end === 0) await syncFolder(dir);
    return { ...writer({ ...options, handle, lock, past }), run, epoch: lock.epoch, past };
  } catch (error) {
    lock.release();
    await handle?.close();
    throw error;
  }
}

function lockOrRefuse({ dir, run, clock }: OpenOptions, above: number): Lock {
  const lock = acquireLock(dir, { clock, above });
  if ('held' in lock) throw locked(run, lock.held);
  return lock;
}

function writer(parts: OpenOptions & { handle: FileHandle; lock: Lock; past: Replay }) {
  const { handle, lock, dir, run, clock, mask } = parts;
  let { seq, end } = parts.past;
  let queue: string[] = [];
  let draining = Promise.resolve();
  let running = false;
  let scheduled = false;
  let state: 'open' | 'lost' | 'closed' = 'open';
  const lost = new AbortController();
  // Agents run for hours without an event: who has removed the folder meanwhile does not want them to go on.
  const looking = setInterval(() => void drain().catch(() => {}), LOOK_MS).unref();

  function append(body: RunEventBody): RunEvent {
    if (state === 'closed') throw new JournalError('closed', `run ${run}: appended to a closed journal`);
    let event: RunEvent = { v: 1, seq: ++seq, at: clock.now(), run, ...body };
    let line = encodeLine(event, lock.epoch);
    if (mask && mask(line) !== line) {
      event = maskedEvent(event, mask);
      line = encodeLine(event, lock.epoch);
    }
    if (state === 'open') queue.push(line);
    if (!scheduled) {
      scheduled = true;
      // All of this turn in one batch. An error stays with its events: the next flush meets it again.
      setImmediate(() => {
        scheduled = false;
        if (state === 'open') drain().catch(() => {});
      });
    }
    return event;
  }

  /** Writes all that is queued; who joins while it is under way has its events written too. */
  function drain(): Promise<void> {
    if (!running) draining = writeAll();
    return draining;
  }

  async function writeAll(): Promise<void> {
    running = true;
    try {
      do {
        checkLock();
        const batch = queue.slice(0, BATCH);
        if (batch.length > 0) await writeBatch(batch.join(''));
        // Again, behind the write: what we acknowledge, a successor has read, for it reads after it has taken the lock.
        checkLock();
        queue = queue.slice(batch.length);
      } while (queue.length > 0);
    } finally {
      running = false;
    }
  }

  async function writeBatch(lines: string): Promise<void> {
    try {
      // Longer than we left it: half a line of ours, or of one before us. The next must begin a line of its own.
      const { size } = fstatSync(handle.fd);
      const bytes = Buffer.from(size === end ? lines : `\n${lines}`);
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
      await handle.datasync();
      end = size + bytes.length;
    } catch (error) {
      throw new JournalError('io', `the journal of run ${run} cannot be written: ${(error as Error).message}`, error);
    }
  }

  function checkLock(): void {
    if (state === 'open' && !lock.holds()) {
      state = 'lost';
      queue = [];
      clearInterval(looking);
      lost.abort(whyLost());
    }
    lost.signal.throwIfAborted();
  }

  function whyLost(): JournalError {
    if (fstatSync(handle.fd).nlink === 0)
      return new JournalError('gone', `the folder of run ${run} was removed: ${dir}`);
    const moved = !existsSync(dir);
    return new JournalError(
      'fenced',
      moved ? `the folder of run ${run} was moved away: ${dir}` : `another coordinator has taken over run ${run}`,
    );
  }

  async function flush(): Promise<void> {
    if (state === 'closed') throw new JournalError('closed', `run ${run}: the journal is closed`);
    await drain();
  }

  async function close(): Promise<void> {
    if (state === 'closed') return;
    try {
      await flush();
    } finally {
      state = 'closed';
      clearInterval(looking);
      lock.release();
      await handle.close();
    }
  }

  return { append, flush, close, lost: lost.signal };
}

/** Makes the new file's name durable, not only its bytes. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function locked(run: RunId, held: Holder): Refusal {
  const { pid, host, since, path } = held;
  const who = `process ${pid} on ${host} since ${new Date(since).toISOString()}`;
  return new Refusal('run-locked', `run ${run} is being worked on by ${who}`, {
    exit: EXIT.environment,
    where: path,
    hint: wayOut(run, held),
    details: { pid, host, since },
  });
}

function wayOut(run: RunId, { pid, path, here }: Holder): string {
  if (!here) return `nobody can tell from here whether it lives; when it is gone for good: rm '${path}'`;
  if (pid === 0) return 'it is just starting: try again in a few seconds';
  return `\`copse status ${run} --watch\` shows it, \`kill ${pid}\` stops it`;
}
