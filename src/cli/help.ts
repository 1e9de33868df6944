import type { CommandEntry } from './table.ts';

/** The text of `copse --help`, for 80 columns. Written without commander, so that help loads nothing else. */
export function helpText(commands: CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => command.usage.length));
  const rows = commands.map((command) => `  ${command.usage.padEnd(width)}  ${command.summary}`);
  return `copse runs many AI coding agents in parallel over one git repository, and lands
their work.

Usage: copse <command> [options]

${rows.join('\n')}

  copse                    where this repository stands, and what to do next
  copse <command> --help   the options of a command
  --json                   one JSON document on stdout, on every command
  --version                the version of copse

Exit status: 0 all integrated · 1 some task failed · 2 usage · 3 plan invalid ·
4 waits for a person · 5 budget reached · 6 integration failed or conflict ·
7 environment · 130/143 ended by a signal
`;
}
