/** Everything a command may touch of the world around it: the CLI is a function of this. */
export interface CliContext {
  /** Arguments after the program's name. */
  argv: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The answer. */
  stdout: Output;
  /** The narration: progress, hints, errors. */
  stderr: Output;
  /** Aborted on SIGINT and SIGTERM, with the signal's name as reason. */
  signal: AbortSignal;
  /** Aborted on the second signal: what has a grace gets none any more. */
  force?: AbortSignal;
  /** Aborted when nobody reads stdout any more (`copse logs -f | head`). */
  unread?: AbortSignal;
}

export interface Output {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
  rows: number;
}
