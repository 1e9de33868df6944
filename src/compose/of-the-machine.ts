import { GitError } from '../git/git.ts';
import { lockBehind, wayOut } from '../git/stale-lock.ts';
import { JournalError } from '../journal/write.ts';
import { NoSpaceError } from '../machine/no-space.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** What a full disk, a missing permission or a broken repository makes of our calls; null when it is something else. */
export function ofTheMachine(error: unknown): Refusal | null {
  if (error instanceof JournalError) {
    return new Refusal(`journal-${error.code}`, error.message, { exit: EXIT.environment, hint: JOURNAL[error.code] });
  }
  if (error instanceof NoSpaceError) {
    const hint = 'make room, then: copse resume; what agents have made is in their workspaces and on their branches';
    return new Refusal('no-space', error.message, { exit: EXIT.environment, hint });
  }
  if (error instanceof GitError) {
    const lock = lockBehind(error.stderr);
    if (lock !== null) {
      const options = { exit: EXIT.environment, where: lock.path, hint: `${wayOut(lock)}; then try again` };
      return new Refusal('git-locked', 'a lock of git stands in the way', options);
    }
    const hint = '`git status` and `git fsck` say more; nothing more was done';
    return new Refusal('git-failed', error.message, { exit: EXIT.environment, hint });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const hint = code === undefined ? undefined : SYSTEM[code];
  if (hint === undefined || !(error instanceof Error)) return null;
  const message = error.message.replace(/^[A-Z0-9]+: /, '');
  return new Refusal('file-system', message, { exit: EXIT.environment, hint, ...(path && { where: path }) });
}

const JOURNAL: Record<JournalError['code'], string> = {
  fenced: 'copse status shows who works on it',
  gone: 'its agents were ended; what they have committed is on their branches: git branch --list; then run the plan anew',
  io: 'make room or mend the disk, then: copse resume; living agents go on meanwhile',
  closed: 'copse status shows who works on it',
};

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
