import { tellGitHub } from '../compose/report.ts';
import type { Report } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import { type CliContext, narrating } from './context.ts';
import { checkLines } from './render/checks.ts';

/** The surroundings of what runs checks: what they do is told on stderr. */
export function checking(context: CliContext) {
  return { ...narrating(context), narrate: (line: string) => context.stderr.write(`check: ${line}\n`) };
}

export function tellChecks({ stderr }: CliContext, checks: readonly StackCheck[]): void {
  for (const line of checkLines(checks)) stderr.write(`${line}\n`);
}

/** What came of the checks, for who looks on: on GitHub as annotations, too. */
export function tellOutcome(
  context: CliContext,
  { checks, report }: { checks: readonly StackCheck[]; report: Report },
): void {
  tellChecks(context, checks);
  context.stderr.write(tellGitHub(narrating(context), report));
}

/** The answer of `integrate`, whatever it was asked to do. */
export function answer(
  { stdout }: CliContext,
  { json = false }: { json?: boolean },
  { document, lines }: { document: object; lines: string[] },
): void {
  if (json) stdout.write(`${JSON.stringify({ v: 1, command: 'integrate', ...document })}\n`);
  else for (const line of lines) stdout.write(`${line}\n`);
}
