import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname } from 'node:path';
import { watchChanges } from './changes.ts';
import { isAlive, type ProcessId } from './tree.ts';

/** How a launched program ended. */
export interface ExitRecord {
  /** Null when a signal ended it, or when it is not known. */
  exit: number | null;
  /** `SIGTERM`; a program that itself exits with 128 + n cannot be told from one that signal n ended. */
  signal: string | null;
  /** The wrapper was killed too, or the machine went down: nobody recorded the exit. */
  lost: boolean;
  /** When the exit was recorded, milliseconds since the epoch; null when lost. */
  at: number | null;
}

const LOST: ExitRecord = { exit: null, signal: null, lost: true, at: null };

/** Signals whose default is to end a process; other statuses above 128 are a program's own (gemini: 401 & 255 = 145). */
const DEADLY = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGSYS',
] as const;

/** The exit that a wrapper recorded; null while it has not (a line without its end is still being written). */
export function readExit(exitFile: string): ExitRecord | null {
  let text: string;
  let at: number;
  try {
    text = readFileSync(exitFile, 'latin1');
    at = statSync(exitFile).mtimeMs;
  } catch {
    return null;
  }
  const status = /^(\d{1,3})\n$/.exec(text)?.[1];
  if (status === undefined) return null;
  const signal = DEADLY.find((name) => constants.signals[name] === Number(status) - 128) ?? null;
  return { exit: signal === null ? Number(status) : null, signal, lost: false, at };
}

export interface WaitOptions extends ProcessId {
  exitFile: string;
  /** Of our own child (`Launched.exited`); without it the process is another's, and is watched. */
  exited?: Promise<void>;
}

/** Polls of a process that is not our child; its exit file is seen at once, the poll finds a wrapper that was killed. */
const POLL_MS = 500;

/** Waits until a launched program has ended. Rejects with the signal's reason when that aborts first. */
export async function waitForExit(options: WaitOptions, signal?: AbortSignal): Promise<ExitRecord> {
  const { pid, pidStart, exitFile, exited } = options;
  signal?.throwIfAborted();
  const changes = watchChanges(dirname(exitFile), { pollMs: POLL_MS, signal, name: basename(exitFile) });
  let ended = false;
  exited?.then(() => {
    ended = true;
    changes.wake();
  });
  try {
    for (;;) {
      // Ended first, read second: what it recorded before it ended is then seen.
      ended ||= exited === undefined && !isAlive(pid, pidStart);
      const record = readExit(exitFile);
      if (record) return record;
      if (ended) return LOST;
      await changes.next();
      signal?.throwIfAborted();
    }
  } finally {
    changes.close();
  }
}
