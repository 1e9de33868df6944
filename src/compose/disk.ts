import type { Git } from '../git/git.ts';
import { treeSize } from '../git/tree-size.ts';
import { diskAt } from '../machine/probe.ts';
import type { Oid } from '../run/event.ts';

/** Above its files: what set-up copies, what the agent and its tools write. */
const MARGIN = 16_000_000;
/** With so much free nobody asks how large the tree is. */
const PLENTY = 100_000_000_000;

/** Bytes that a new workspace is thought to take: the files of the commit, a fifth on top, and some room to work. */
export function workspaceSize(tree: number): number {
  return tree * 1.2 + MARGIN;
}

/** The same as a question that is answered at once: git counts the tree in the background, and only where disk is scarce. */
export function workspaceSizeOf(git: Git, root: string, commit: Oid): () => number {
  let tree = 0;
  const free = diskAt(root)?.free ?? 0;
  if (free < PLENTY) {
    treeSize(git, commit).then(
      ({ bytes }) => {
        tree = bytes;
      },
      () => {}, // the first workspace will say what is wrong
    );
  }
  return () => workspaceSize(tree);
}
