import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { helpText } from './help.ts';
import { COMMANDS } from './table.ts';

/** The whole CLI as a function: arguments and streams in, exit status out. */
export async function main(context: CliContext): Promise<ExitCode> {
  const [first, ...rest] = context.argv;
  if (first === '--json' && rest.length > 0) return main({ ...context, argv: [...rest, first] });
  if (first === undefined || first === '--json') {
    return guarded(context, { json: first !== undefined }, async (context) => {
      const { overview } = await import('./overview.ts');
      return overview(context, first !== undefined);
    });
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    context.stdout.write(helpText(COMMANDS));
    return EXIT.ok;
  }
  if (first === '--version' || first === '-V') {
    const { version } = await import('../util/version.ts');
    context.stdout.write(`${version()}\n`);
    return EXIT.ok;
  }
  const [name, args] = first === 'help' ? [rest[0]!, ['--help']] : [first, rest];
  const entry = COMMANDS.find((command) => command.name === name);
  return guarded(context, { json: args.includes('--json'), command: entry?.name }, async (context) => {
    if (!entry) throw await unknownCommand(name);
    const { dispatch } = await import('./dispatch.ts');
    return dispatch(entry, { ...context, argv: args });
  });
}

async function guarded(
  given: CliContext,
  { json, command }: { json: boolean; command?: string | undefined },
  work: (context: CliContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { maskedContext } = await import('./mask.ts');
  const context = maskedContext(given, command);
  try {
    return await work(context);
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    return reportError(context, error, { json, command });
  }
}

async function unknownCommand(name: string): Promise<Refusal> {
  const { nearest } = await import('../util/nearest.ts');
  const near = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  return new Refusal('unknown-command', `there is no command '${name}'`, {
    exit: EXIT.usage,
    hint: near ? `did you mean: copse ${near}` : 'copse --help lists all commands',
  });
}
