import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Scratch } from './repository.ts';

/** What `git worktree add --no-checkout` has done when it is killed, step by step (as seen with strace, git 2.39). */
export const WORKTREE_STEPS = [
  'made its folder',
  'locked it',
  'said where it is',
  'made the link',
  'filled the link',
  'named no commit yet',
  'began to say where the repository is',
  'said where the repository is',
  'locked HEAD',
] as const;

/** Leaves the worktree at `path` as a git that was killed behind that step. */
export function halfWorktree({ repo }: Scratch, path: string, last: (typeof WORKTREE_STEPS)[number]): void {
  const admin = join(repo, '.git/worktrees', basename(path).replace(/^\./, '-'));
  const write = (file: string, text: string) => () => writeFileSync(file, text);
  const steps: (() => void)[] = [
    () => {
      mkdirSync(admin, { recursive: true });
      mkdirSync(path, { recursive: true });
    },
    write(join(admin, 'locked'), 'initializing\n'),
    write(join(admin, 'gitdir'), `${path}/.git\n`),
    write(join(path, '.git'), ''),
    write(join(path, '.git'), `gitdir: ${admin}\n`),
    write(join(admin, 'HEAD'), `${'0'.repeat(40)}\n`),
    write(join(admin, 'commondir'), ''),
    write(join(admin, 'commondir'), '../..\n'),
    write(join(admin, 'HEAD.lock'), ''),
  ];
  for (const step of steps.slice(0, WORKTREE_STEPS.indexOf(last) + 1)) step();
}
