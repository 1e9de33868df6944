import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { type EXIT, Refusal } from '../util/refusal.ts';

/**
 * Refuses a folder for workspaces that cannot be one: inside the checkout or the git directory, behind a file, or where
 * nothing can be made. Tries it out, and leaves nothing behind.
 */
export function checkWorkspaceRoot(root: string, { root: checkout, commonDir }: Repository): void {
  for (const outer of [commonDir, checkout]) {
    if (!`${root}${sep}`.startsWith(`${outer}${sep}`)) continue;
    throw refuse(
      `workspaces would lie inside ${outer === checkout ? 'the checkout' : 'the git directory'}: ${root}`,
      2,
    );
  }
  const missing: string[] = [];
  for (let folder = root; !isThere(folder); folder = dirname(folder)) missing.unshift(folder);
  const made: string[] = [];
  try {
    // One by one: `recursive` never comes back from a folder that says there is none of its name, such as /proc.
    for (const folder of [...missing, `${root}${sep}.copse-${process.pid}`]) {
      mkdirSync(folder);
      made.unshift(folder);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(`workspaces cannot be made in ${root}: ${WHY[code ?? ''] ?? (error as Error).message}`, 7);
  } finally {
    for (const folder of made) rmdirSync(folder);
  }
}

const WHY: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is mounted read-only',
  ENOENT: 'the system makes no folders there',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'a file is in the way',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the path is too long',
};

function refuse(message: string, exit: typeof EXIT.usage | typeof EXIT.environment): Refusal {
  const hint = 'choose a folder outside the repository that you may write: workspace.root in copse.config.json';
  return new Refusal('workspace-root', message, { exit, hint });
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined || dirname(path) === path;
  } catch {
    return false; // a file on the way, or no permission to look: making it will tell
  }
}
