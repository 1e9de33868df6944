import type { CliContext, Output } from '../../src/cli/context.ts';
import { main } from '../../src/cli/main.ts';

export interface CliRun {
  exit: number;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Gives both streams a terminal of this many columns. */
  tty?: number;
  /** Sees what is written to stdout, as it is written. */
  onOutput?: (text: string) => void;
}

/** Runs the CLI in this process and gives what it wrote: `runCli(['validate', 'TS-0042'], { cwd })`. */
export async function runCli(argv: string[], { cwd, env = {}, signal, tty, onOutput }: CliOptions): Promise<CliRun> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): Output => ({
    write: (text) => {
      written[name] += text;
      if (name === 'stdout') onOutput?.(text);
    },
    isTTY: tty !== undefined,
    columns: tty ?? 80,
    rows: 24,
  });
  const context: CliContext = {
    argv,
    cwd,
    env,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal: signal ?? new AbortController().signal,
  };
  const exit = await main(context);
  return { exit, ...written };
}
