import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A child that we talk to over pipes, and that ends with us; its stderr is ours. */
export interface PipedChild {
  stdin: Writable;
  stdout: Readable;
  ended: Promise<{ exit: number | null; signal: NodeJS.Signals | null }>;
  /** Lets it go: its stdin ends, then SIGTERM, then SIGKILL, each after `graceMs`. Resolves when it has ended. */
  end(graceMs: number): Promise<void>;
}

/** Starts a program for a conversation. Resolves when it runs, or with why it does not. */
export function startPiped(
  argv: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<PipedChild | { error: string }> {
  const [file, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(file!, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('error', (error) => resolve({ error: error.message }));
    child.stdin.on('error', () => {}); // it ended before it had read all: its exit tells
    const ended = new Promise<Awaited<PipedChild['ended']>>((settle) => {
      child.on('exit', (exit, signal) => settle({ exit, signal }));
    });
    const endedWithin = (ms: number) => {
      let timer: NodeJS.Timeout;
      const late = new Promise<false>((settle) => {
        timer = setTimeout(() => settle(false), ms);
      });
      return Promise.race([ended.then(() => true), late]).finally(() => clearTimeout(timer));
    };
    async function end(graceMs: number): Promise<void> {
      child.stdin.end();
      if (await endedWithin(graceMs)) return;
      child.kill('SIGTERM');
      if (await endedWithin(graceMs)) return;
      child.kill('SIGKILL');
      await ended;
    }
    child.on('spawn', () => resolve({ stdin: child.stdin, stdout: child.stdout, ended, end }));
  });
}

/**
 * Starts a program for a library that talks to it over pipes, in a session of its own: who asks our group to end asks us alone,
 * and we it. Its stderr is ours.
 */
export function startApart(
  argv: readonly string[],
  { cwd, env, signal }: { cwd?: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): ChildProcess {
  const [file, ...args] = argv;
  const stdio: StdioOptions = ['pipe', 'pipe', 'inherit'];
  return spawn(file!, args, { env, signal, stdio, detached: true, ...(cwd !== undefined && { cwd }) });
}
