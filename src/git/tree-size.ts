import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

/** Bytes of all files of a commit, as they are checked out without filters; submodules count nothing. */
export async function treeSize(git: Git, commit: Oid): Promise<number> {
  const entries = await git.fields(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]);
  return entries.reduce((sum, entry) => sum + (Number(/^\d+ blob [0-9a-f]+ +(\d+)\t/.exec(entry)?.[1]) || 0), 0);
}
