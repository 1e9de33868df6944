import type { Git } from '../git/git.ts';
import { type TreeSize, treeSize } from '../git/tree-size.ts';
import { diskAt } from '../machine/probe.ts';
import type { Oid } from '../run/event.ts';

/** What an agent at work and its tools write, and what set-up copies. */
export const ROOM_TO_WORK = 16_000_000;
/** Of most file systems: each file takes whole ones. */
const BLOCK = 4096;
export const EMPTY_TREE: TreeSize = { files: 0, bytes: 0 };
/** With so much free nobody asks how large the tree is. */
const PLENTY = 100_000_000_000;

/** Bytes that the files of a commit take on a disk, once they are checked out. */
export function checkoutSize({ files, bytes }: TreeSize): number {
  return bytes + files * BLOCK;
}

/** Bytes that a new workspace is thought to take: the files of the commit, and some room to work. */
export function workspaceSize(tree: TreeSize): number {
  return checkoutSize(tree) + ROOM_TO_WORK;
}

/** The same as a question that is answered at once: git counts the tree in the background, and only where disk is scarce. */
export function workspaceSizeOf(git: Git, root: string, commit: Oid): () => number {
  let tree = EMPTY_TREE;
  const free = diskAt(root)?.free ?? 0;
  if (free < PLENTY) {
    treeSize(git, commit).then(
      (size) => {
        tree = size;
      },
      () => {}, // the first workspace will say what is wrong
    );
  }
  return () => workspaceSize(tree);
}
