import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { helpText } from './help.ts';
import { COMMANDS, type CommandEntry } from './table.ts';

/** The whole CLI as a function: arguments and streams in, exit status out. */
export async function main(context: CliContext): Promise<ExitCode> {
  const [first, ...rest] = context.argv;
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    context.stdout.write(helpText(COMMANDS));
    return EXIT.ok;
  }
  if (first === '--version' || first === '-V') {
    const { version } = await import('./version.ts');
    context.stdout.write(`${version()}\n`);
    return EXIT.ok;
  }
  const [name, args] = first === 'help' ? [rest[0]!, ['--help']] : [first, rest];
  const entry = COMMANDS.find((command) => command.name === name);
  const json = args.includes('--json');
  try {
    if (!entry) throw unknownCommand(name);
    const { dispatch } = await import('./dispatch.ts');
    return await dispatch(entry, { ...context, argv: args });
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    return reportError(context, error, { json, command: entry?.name });
  }
}

function unknownCommand(name: string): Refusal {
  const near = nearest(name, COMMANDS);
  return new Refusal('unknown-command', `there is no command '${name}'`, {
    exit: EXIT.usage,
    hint: near ? `did you mean: copse ${near.name}` : 'copse --help lists all commands',
  });
}

/** The command within two edits of what was typed. */
function nearest(typed: string, commands: CommandEntry[]): CommandEntry | undefined {
  const scored = commands.map((command) => ({ command, distance: editDistance(typed, command.name) }));
  scored.sort((a, b) => a.distance - b.distance);
  return scored[0] && scored[0].distance <= 2 ? scored[0].command : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
