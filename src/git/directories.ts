import { rm } from 'node:fs/promises';
import type { Oid } from '../run/event.ts';
import { addEverything } from './add-everything.ts';
import { type CopiedIndex, decode, isFolder, onCopiedIndex, writeTree } from './copied-index.ts';
import { type Git, splitFields } from './git.ts';

/** Some directories of a checkout, looked at apart from its HEAD and its index, which are the user's. */
export interface Directories {
  /** Of the checkout. */
  gitDir: string;
  /** Relative to the top, with `/`; `.` is the top. */
  directories: readonly string[];
  /** gitignore patterns of files that do not count. */
  junk: readonly string[];
  /** Paths that do not count: the plan folder. */
  never: readonly string[];
}

/** What the directories hold, compared with a commit. Paths are latin1, byte for byte. */
interface Difference {
  /** In the commit, and not like that on disk. */
  changed: string[];
  /** On disk, not in the commit, and not ignored; a repository of its own with a `/` at the end. */
  untracked: string[];
}

/** Whether the directories hold just what a commit has there. */
export function holds(git: Git, commit: Oid, where: Directories): Promise<boolean> {
  return withIndexOf(git, commit, where, async (_, { changed, untracked }) => changed.length + untracked.length === 0);
}

export interface Written {
  /** Of the commit, with the directories as they are on disk. */
  tree: Oid;
  /** Paths that differ from the commit. */
  paths: string[];
  /** Repositories inside, left out. */
  nested: string[];
  /** Files that git could not take in. */
  unreadable: string[];
}

/** Writes the tree of a commit in which the directories are as they are on disk; nothing else of the checkout is looked at. */
export function writeDirectories(git: Git, commit: Oid, where: Directories): Promise<Written> {
  return withIndexOf(git, commit, where, async (scratch, { changed, untracked }) => {
    const scan = { head: commit, branch: null, changed, staged: [], unmerged: [], untracked };
    const unreadable = await addEverything(scratch, scan);
    const files = [...changed, ...untracked].filter((path) => !isFolder(path) && !unreadable.includes(path));
    return {
      tree: await writeTree(scratch),
      paths: files.map(decode),
      nested: untracked.filter(isFolder).map(decode),
      unreadable: unreadable.map(decode),
    };
  });
}

/** Makes the directories hold just what a commit has there. What they held is gone: write it first. */
export function restoreDirectories(git: Git, commit: Oid, where: Directories): Promise<void> {
  return withIndexOf(git, commit, where, async ({ env }, { changed, untracked }) => {
    for (const path of untracked) {
      if (!isFolder(path)) await rm(bytesPath(git, path), { force: true });
    }
    if (changed.length === 0) return;
    const input = Buffer.from(changed.map((path) => `${path}\0`).join(''), 'latin1');
    await git.bytes(['checkout-index', '--force', '-z', '--stdin'], { env, input });
  });
}

/** On an index that has the commit's files and knows, as the live one does, which of them are unchanged on disk. */
function withIndexOf<T>(
  git: Git,
  commit: Oid,
  where: Directories,
  use: (scratch: CopiedIndex, difference: Difference) => Promise<T>,
): Promise<T> {
  return onCopiedIndex(git, where, async (scratch) => {
    const { env, patterns } = scratch;
    await git.bytes(['read-tree', '--reset', commit], { env });
    await git.run(['update-index', '-q', '--refresh'], { env }); // exit 1 says that something differs
    const paths = ['--', ...where.directories];
    const [changed, untracked] = await Promise.all([
      list(git, ['diff-files', '--name-only', '-z', '--ignore-submodules=dirty', '--no-relative', ...paths], env),
      list(git, ['ls-files', '-z', '--others', '--exclude-standard', `--exclude-from=${patterns}`, ...paths], env),
    ]);
    const counts = (path: string) => !where.never.some((top) => `${decode(path)}/`.startsWith(`${top}/`));
    return use(scratch, { changed: changed.filter(counts), untracked: untracked.filter(counts) });
  });
}

async function list(git: Git, args: string[], env: Record<string, string>): Promise<string[]> {
  return splitFields(await git.bytes(['--literal-pathspecs', ...args], { env }), 'latin1');
}

function bytesPath(git: Git, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${git.cwd}/`), Buffer.from(path, 'latin1')]);
}
