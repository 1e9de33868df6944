import { type ChildProcess, spawn } from 'node:child_process';
import { CHILD, LASTING_CHILD, ownMark } from './mark.ts';

export interface ExecOptions {
  cwd?: string;
  /** The whole environment of the child, but for the mark that it is ours; nothing is inherited besides. */
  env?: NodeJS.ProcessEnv;
  input?: string | Uint8Array;
  /** Ends the child and its process group (SIGKILL) after this many milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Somebody would miss what it changes half changed: whoever goes on after we were killed waits for it, others are ended. */
  lasting?: boolean;
  /** Bytes of stdout and of stderr that are kept, the last ones; default 64 MiB. */
  maxBytes?: number;
}

export interface ExecResult {
  /** It had this number, and so had its process group; null when it never started. */
  pid: number | null;
  /** Null when a signal ended it, or when it never started. */
  exit: number | null;
  signal: string | null;
  stdout: Buffer;
  stderr: Buffer;
  timedOut: boolean;
  /** `ENOENT` and the like: the program could not be started. */
  spawnError: string | null;
}

/**
 * Runs a short-lived program with an argument array, never through a shell, and waits for it. Never throws: what went
 * wrong is in the result. Agents are not started here (see launch.ts): they must outlive us.
 */
export function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  return new Promise((resolve) => {
    const result: ExecResult = {
      pid: null,
      exit: null,
      signal: null,
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
      timedOut: false,
      spawnError: null,
    };
    let child: ChildProcess;
    try {
      child = spawn(file, [...args], {
        cwd: options.cwd,
        env: { ...(options.env ?? process.env), [options.lasting ? LASTING_CHILD : CHILD]: ownMark() },
        stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        // A group of its own: Ctrl-C at the terminal reaches us alone, and we can end it with its children.
        detached: true,
      });
    } catch (error) {
      // A string over 128 KiB or with NUL in argv makes spawn throw instead of emitting.
      resolve({ ...result, spawnError: (error as NodeJS.ErrnoException).code ?? String(error) });
      return;
    }
    result.pid = child.pid ?? null;
    const max = options.maxBytes ?? 64 * 1024 * 1024;
    const stdout = tailBuffer(max);
    const stderr = tailBuffer(max);
    child.stdout?.on('data', stdout.push);
    child.stderr?.on('data', stderr.push);
    const kill = () => killGroup(child);
    const timer = options.timeoutMs
      ? setTimeout(() => {
          result.timedOut = true;
          kill();
        }, options.timeoutMs)
      : undefined;
    options.signal?.addEventListener('abort', kill, { once: true });
    if (options.signal?.aborted) kill();
    const finish = (exit: number | null, signal: string | null, spawnError: string | null) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      resolve({ ...result, exit, signal, spawnError, stdout: stdout.take(), stderr: stderr.take() });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) finish(null, null, error.code ?? error.message);
    });
    child.once('exit', () => releasePipes(child));
    child.once('close', (exit, signal) => finish(exit, signal, null));
    child.stdin?.on('error', () => {}); // EPIPE: the child closed its stdin before it read everything
    child.stdin?.end(options.input);
  });
}

/** Ends the program and its children, except those that made a group of their own. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

const RELEASE_MS = 500;

/**
 * A daemon that a program leaves behind may hold its pipes for ever, and `close` would never come. What the program itself
 * wrote is in the pipes when it exits: once nothing more comes for a while, they are ours to close.
 */
function releasePipes(child: ChildProcess): void {
  let quiet = false;
  const noise = () => {
    quiet = false;
  };
  const timer = setInterval(() => {
    if (quiet) for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
    // The pipes are read between this turn and the next: an event loop that was late does not count as silence.
    quiet = true;
  }, RELEASE_MS);
  child.stdout?.on('data', noise);
  child.stderr?.on('data', noise);
  child.once('close', () => clearInterval(timer));
}

/** Keeps the last `max` bytes of a stream, dropping whole chunks from the front. */
function tailBuffer(max: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    push: (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      while (chunks.length > 1 && size - chunks[0]!.length >= max) size -= chunks.shift()!.length;
    },
    take: () => {
      const whole = Buffer.concat(chunks);
      return whole.length > max ? whole.subarray(whole.length - max) : whole;
    },
  };
}
