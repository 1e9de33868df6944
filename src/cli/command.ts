import type { Command } from 'commander';
import type { ExitCode } from '../util/refusal.ts';
import type { CliContext } from './context.ts';

/** One command of the CLI: one file in `cli/commands/`, loaded only when it is called. */
export interface CommandModule {
  /** Declares arguments, options and examples on a commander command that has its name and summary already. */
  define(command: Command): void;
  /**
   * Resolves what it needs, acts, reports. A refusal is thrown, everything else is the exit code.
   * @param args positional arguments as declared (`undefined` for absent optional ones)
   * @param options parsed options; `json` is there on every command
   */
  // biome-ignore lint/suspicious/noExplicitAny: commander hands over whatever `define` declared
  run(context: CliContext, args: (string | undefined)[], options: any): Promise<ExitCode>;
}
