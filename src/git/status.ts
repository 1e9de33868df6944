import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** One path of a checkout that differs from HEAD. */
export interface DirtyPath {
  /** Relative to the top, with `/`; a wholly untracked folder ends in `/` unless all files were asked for. */
  path: string;
  kind: 'staged' | 'unstaged' | 'unmerged' | 'untracked';
}

/**
 * What is not committed in the checkout of `git.cwd`; changes nothing, not even the index.
 * @param untracked `all` names each file, `normal` a folder at once, `no` none (default)
 */
export async function dirtyPaths(
  git: Git,
  { untracked = 'no' }: { untracked?: 'no' | 'normal' | 'all' } = {},
): Promise<DirtyPath[]> {
  const fields = await git.fields([
    '-c',
    'status.relativePaths=false',
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--ignore-submodules=none',
    `--untracked-files=${untracked}`,
  ]);
  return fields.map((field) => ({ path: field.slice(3), kind: kindOf(field.slice(0, 2)) }));
}

function kindOf(code: string): DirtyPath['kind'] {
  if (code === '??') return 'untracked';
  if (code.includes('U') || code === 'AA' || code === 'DD') return 'unmerged';
  return code[0] === ' ' ? 'unstaged' : 'staged';
}

/** Whether HEAD of the work tree with this git directory is the branch, told from the file (gitrepository-layout(5)). */
export async function isOnBranch(gitDir: string, branch: string): Promise<boolean> {
  const text = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '');
  return text.trimEnd() === `ref: refs/heads/${branch}`;
}

export type Operation = 'merge' | 'rebase' | 'am' | 'cherry-pick' | 'revert' | 'bisect';

/** The operation that was begun and not ended in the work tree with this git directory. */
export function operationInProgress(gitDir: string): Operation | null {
  const has = (name: string) => existsSync(join(gitDir, name));
  if (has('rebase-merge')) return 'rebase';
  if (has('rebase-apply')) return has('rebase-apply/applying') ? 'am' : 'rebase';
  if (has('MERGE_HEAD')) return 'merge';
  if (has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (has('REVERT_HEAD')) return 'revert';
  return has('BISECT_LOG') ? 'bisect' : null;
}
