import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The absolute folders that git writes to when something is committed in a linked worktree, for sandboxes that let nothing
 * else be written outside of it. None when `workspace` is no linked worktree. Starts no process.
 */
export function commitFolders(workspace: string): string[] {
  const gitDir = linkedGitDir(workspace);
  if (gitDir === null) return [];
  const common = dirname(dirname(gitDir)); // <common>/worktrees/<name>
  return [gitDir, ...['objects', 'refs', 'logs'].map((name) => join(common, name))];
}

function linkedGitDir(workspace: string): string | null {
  try {
    const named = /^gitdir: (.*)\n?$/.exec(readFileSync(join(workspace, '.git'), 'utf8'))?.[1];
    return named ? realpathSync(resolve(workspace, named)) : null;
  } catch {
    return null; // a folder, or nothing
  }
}
