import { spawn } from 'node:child_process';

export interface ExecOptions {
  cwd?: string;
  /** The whole environment of the child; nothing is inherited besides it. */
  env?: NodeJS.ProcessEnv;
  input?: string | Uint8Array;
  /** Ends the child (SIGKILL) after this many milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Bytes of stdout and of stderr that are kept, the last ones; default 64 MiB. */
  maxBytes?: number;
}

export interface ExecResult {
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
      exit: null,
      signal: null,
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
      timedOut: false,
      spawnError: null,
    };
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(file, [...args], {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        windowsHide: true,
      });
    } catch (error) {
      // A string over 128 KiB or with NUL in argv makes spawn throw instead of emitting.
      resolve({ ...result, spawnError: (error as NodeJS.ErrnoException).code ?? String(error) });
      return;
    }
    const max = options.maxBytes ?? 64 * 1024 * 1024;
    const stdout = tailBuffer(max);
    const stderr = tailBuffer(max);
    child.stdout?.on('data', stdout.push);
    child.stderr?.on('data', stderr.push);
    const timer = options.timeoutMs
      ? setTimeout(() => {
          result.timedOut = true;
          child.kill('SIGKILL');
        }, options.timeoutMs)
      : undefined;
    const abort = () => child.kill('SIGKILL');
    options.signal?.addEventListener('abort', abort, { once: true });
    if (options.signal?.aborted) abort();
    const finish = (exit: number | null, signal: string | null, spawnError: string | null) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      resolve({ ...result, exit, signal, spawnError, stdout: stdout.take(), stderr: stderr.take() });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) finish(null, null, error.code ?? error.message);
    });
    child.once('close', (exit, signal) => finish(exit, signal, null));
    child.stdin?.on('error', () => {}); // EPIPE: the child closed its stdin before it read everything
    child.stdin?.end(options.input);
  });
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
