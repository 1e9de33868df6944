import type { Surroundings } from '../compose/context.ts';

/** Everything a command may touch of the world around it: the CLI is a function of this. */
export interface CliContext extends Omit<Surroundings, 'warn'> {
  /** Arguments after the program's name. */
  argv: string[];
  /** The answer. */
  stdout: Output;
  /** The narration: progress, hints, errors. */
  stderr: Output;
  /** Aborted when nobody reads stdout any more (`copse logs -f | head`). */
  unread?: AbortSignal;
}

export interface Output {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
  rows: number;
}

/** The context of a run that tells what it has to say on stderr. */
export function narrating(context: CliContext): Surroundings {
  return { ...context, warn: (message) => context.stderr.write(`copse: ${message}\n`) };
}
