import { GitError } from '../git/git.ts';
import { JournalError } from '../journal/write.ts';
import { NoSpaceError } from '../machine/no-space.ts';
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

/** What a full disk, a missing permission or a broken repository makes of our calls; null when it is something else. */
function ofTheMachine(error: unknown): Refusal | null {
  if (error instanceof JournalError) {
    const hint =
      error.code === 'io'
        ? 'make room or mend the disk, then: copse resume; living agents go on meanwhile'
        : 'copse status shows who works on it';
    return new Refusal(`journal-${error.code}`, error.message, { exit: EXIT.environment, hint });
  }
  if (error instanceof NoSpaceError) {
    const hint = 'make room, then: copse resume; what agents have made is in their workspaces and on their branches';
    return new Refusal('no-space', error.message, { exit: EXIT.environment, hint });
  }
  if (error instanceof GitError) {
    const hint = '`git status` and `git fsck` say more; nothing more was done';
    return new Refusal('git-failed', error.message, { exit: EXIT.environment, hint });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const hint = code === undefined ? undefined : SYSTEM[code];
  if (hint === undefined || !(error instanceof Error)) return null;
  const message = error.message.replace(/^[A-Z0-9]+: /, '');
  return new Refusal('file-system', message, { exit: EXIT.environment, hint, ...(path && { where: path }) });
}

/** Errors of the system that no code of ours can help, and what does. */
const SYSTEM: Record<string, string> = {
  EACCES: 'give yourself the permission, or work in a copy of your own',
  EPERM: 'give yourself the permission, or work in a copy of your own',
  EROFS: 'the disk is mounted read-only: work in a copy elsewhere',
  ENOSPC: 'make room on the disk, then try again',
  EDQUOT: 'make room in your quota, then try again',
  EMFILE: 'raise the limit of open files (ulimit -n), or lower --max-concurrent',
  ENFILE: 'the machine has too many open files: end other programs, then try again',
  EIO: 'the disk is failing',
};

function internal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal('internal', `a bug in copse: ${message}`, {
    exit: EXIT.environment,
    hint: 'nothing was undone; please report this with the lines below',
  });
}
