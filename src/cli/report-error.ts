import { ofTheMachine } from '../compose/of-the-machine.ts';
import { printable } from '../plan/text.ts';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';

/**
 * The only place where an error becomes text: a refusal as it says, a machine that does not let us with what it said, and
 * anything else as a bug of ours.
 */
export function reportError(
  context: CliContext,
  error: unknown,
  { json, command }: { json: boolean; command: string | undefined },
): ExitCode {
  const refusal = error instanceof Refusal ? error : (ofTheMachine(error) ?? internal(error));
  if (json) {
    const { code, message, hint, where, details } = refusal;
    context.stdout.write(
      `${JSON.stringify({ v: 1, command, ok: false, error: { code, message, hint, where, details } })}\n`,
    );
  } else {
    context.stderr.write(textOf(refusal));
    if (refusal.code === 'internal' && error instanceof Error) context.stderr.write(linesOf(`${error.stack}`));
  }
  return refusal.exit;
}

/** `copse: where: what [code]`, further lines of the message, the next command. */
function textOf({ where, message, code, hint }: Refusal): string {
  const [first = '', ...more] = message.split('\n');
  const lines = [`copse: ${where === undefined ? '' : `${where}: `}${first} [${code}]`, ...more];
  if (hint !== undefined) lines.push(...`  next: ${hint}`.split('\n'));
  return linesOf(lines.join('\n'));
}

/** A name of a plan, a path or what git said may hold what a terminal acts on. */
function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => `${printable(line)}\n`)
    .join('');
}

function internal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal('internal', `a bug in copse: ${message}`, {
    exit: EXIT.environment,
    hint: 'nothing was undone; please report this with the lines below',
  });
}
