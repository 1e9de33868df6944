import { Command, CommanderError } from 'commander';
import { config } from 'zod';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import type { CommandEntry } from './table.ts';

// What a command reads it reads once: zod takes longer to compile a parser than that parser saves.
config({ jitless: true });

/** Parses the arguments of one command and runs it. */
export async function dispatch(entry: CommandEntry, context: CliContext): Promise<ExitCode> {
  const module = await entry.load();
  const command = new Command(`copse ${entry.name}`)
    .description(entry.summary)
    .option('--json', 'print JSON on stdout: one document, or events, one a line')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => {}, // shown by reportError, once
      getOutHelpWidth: () => Math.min(context.stdout.columns, 120),
    });
  module.define(command);
  try {
    command.parse(context.argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok; // --help
    throw new Refusal('usage', error.message.replace(/^error: /, ''), {
      exit: EXIT.usage,
      hint: `copse ${entry.name} --help`,
    });
  }
  return module.run(context, command.processedArgs as (string | undefined)[], command.opts());
}
