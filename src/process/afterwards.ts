import { spawn } from 'node:child_process';
import { CHILD, ownMark } from './mark.ts';

/** Something that happens when we are gone without a word. */
export interface Afterwards {
  /** It is not needed any more. Resolves when nothing is left of it. */
  cancel(): Promise<void>;
}

/**
 * Runs a shell script of ours as soon as this process has ended without a `cancel`, by whatever signal. Until then a shell
 * waits for the end of a pipe that nobody but we can write to: it takes no time, and a megabyte. Whoever goes on after us
 * ends it first (see orphans.ts). `args` are `$1` and so on. A machine that cannot start it goes without.
 */
export function afterwards(script: string, args: readonly string[]): Afterwards {
  const mark = ownMark();
  // macOS shows nobody the environment of its shell, so the mark stands among the arguments too.
  const argv = ['-c', `read -r _ && exit\n${script}`, 'copse-afterwards', ...args, `${CHILD}=${mark}`];
  const child = spawn('/bin/sh', argv, {
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', [CHILD]: mark },
    stdio: ['pipe', 'ignore', 'ignore'],
    // Whoever ends our process group is not to end it, too.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => {}); // it has ended before
  child.unref();
  (child.stdin as unknown as { unref?(): void }).unref?.();
  return {
    cancel: () => {
      child.ref();
      child.stdin.end('\n');
      return ended;
    },
  };
}
