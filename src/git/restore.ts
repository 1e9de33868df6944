import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { commitTree } from './merge.ts';
import { SHELF } from './nested.ts';
import type { Repository } from './repository.ts';
import type { KeptSnapshot } from './snapshots.ts';
import { type AddResult, addWorktree } from './worktree.ts';

/**
 * Makes a worktree at `path` as the snapshot found one: HEAD detached on the last commit, the index and the files as they
 * were. What repositories inside it held lies in `.copse-nested/`.
 */
export async function restoreWorktree(
  repository: Repository,
  { head, commit, index }: KeptSnapshot,
  path: string,
): Promise<AddResult> {
  const added = await addWorktree(repository, { path, base: head, branch: null });
  if (!added.ok) return added;
  const git = repository.git.at(path);
  await git.bytes(['read-tree', '--reset', '-u', commit]);
  if (commit !== head) await git.bytes(['read-tree', '--reset', index ?? head]);
  await git.run(['update-index', '-q', '--refresh']); // exit 1 says that files differ from the index, as they may
  return added;
}

/** A commit to make a branch on: the last one of the snapshot, with what was not committed as one more. */
export async function asOneLine(git: Git, { head, commit, name }: KeptSnapshot): Promise<Oid> {
  if (commit === head) return head;
  const entries = await git.bytes(['ls-tree', '-z', '--full-tree', commit]);
  const wanted = entries
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry !== '' && !entry.endsWith(`\t${SHELF}`));
  const input = Buffer.from(wanted.map((entry) => `${entry}\0`).join(''), 'latin1');
  const tree = await git.text(['mktree', '-z'], { input });
  return commitTree(git, { tree, parents: [head], message: `copse: ${name} as it was left, uncommitted` });
}
