import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';

/** The only place where an error becomes text: a refusal as it says, anything else as a bug of ours. */
export function reportError(
  context: CliContext,
  error: unknown,
  { json, command }: { json: boolean; command: string | undefined },
): ExitCode {
  const refusal = error instanceof Refusal ? error : internal(error);
  if (json) {
    const { code, message, hint, where, details } = refusal;
    context.stdout.write(
      `${JSON.stringify({ v: 1, command, ok: false, error: { code, message, hint, where, details } })}\n`,
    );
  } else {
    const where = refusal.where ? `${refusal.where}: ` : '';
    context.stderr.write(`copse: ${where}${refusal.message} [${refusal.code}]\n`);
    if (refusal.hint) context.stderr.write(`  next: ${refusal.hint}\n`);
    if (refusal.code === 'internal' && error instanceof Error) context.stderr.write(`${error.stack}\n`);
  }
  return refusal.exit;
}

function internal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal('internal', `a bug in copse: ${message}`, {
    exit: EXIT.environment,
    hint: 'nothing was undone; please report this with the lines below',
  });
}
