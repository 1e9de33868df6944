import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

export interface TreeSize {
  files: number;
  bytes: number;
}

/** All files of a commit and their bytes, as they are checked out without filters; submodules count nothing. */
export async function treeSize(git: Git, commit: Oid): Promise<TreeSize> {
  const entries = await git.fields(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]);
  const sizes = entries.flatMap((entry) => /^\d+ blob [0-9a-f]+ +(\d+)\t/.exec(entry)?.[1] ?? []);
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}
