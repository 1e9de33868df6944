import { constants, existsSync } from 'node:fs';
import { cp, lstat, mkdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Git } from '../git/git.ts';
import { untrackedMatching } from '../git/untracked.ts';

/** File at the top of the repository that names ignored files which every workspace needs, in gitignore syntax. */
const INCLUDE_FILE = '.worktreeinclude';

export interface Provision {
  /** Relative to the top, without a trailing `/`. */
  copied: string[];
  linked: string[];
  /** What was asked for and could not be done, one sentence each. */
  notes: string[];
}

/**
 * Brings ignored and untracked files of the user's checkout into a workspace: those that `.worktreeinclude` or `copy` match
 * are copied (blocks shared where the file system can), those that `link` match become symbolic links. Tracked files are
 * never touched, what the workspace has already stays, and nothing is read or written outside the two trees.
 */
export async function provideFiles(
  source: Git,
  workspace: string,
  { copy, link }: { copy: readonly string[]; link: readonly string[] },
): Promise<Provision> {
  const file = join(source.cwd, INCLUDE_FILE);
  const include = existsSync(file) ? { file } : {};
  const [toLink, toCopy] = await Promise.all([
    untrackedMatching(source, { patterns: link }),
    untrackedMatching(source, { patterns: copy, ...include }),
  ]);
  const provision: Provision = { copied: [], linked: [], notes: [] };
  // Links first: what lies below a linked folder is there then, and needs no copy.
  for (const path of toLink)
    await provide(source.cwd, workspace, path, { into: provision.linked, provision, act: linkTo });
  for (const path of toCopy)
    await provide(source.cwd, workspace, path, { into: provision.copied, provision, act: copyTo });
  return provision;
}

interface Transfer {
  into: string[];
  provision: Provision;
  act(from: string, to: string): Promise<void>;
}

async function provide(root: string, workspace: string, path: string, { into, provision, act }: Transfer) {
  const [from, to] = [join(root, path), join(workspace, path)];
  if (provision.linked.some((folder) => path.startsWith(`${folder}/`))) return;
  if (!(await staysIn(root, from))) {
    provision.notes.push(`${path} was left out: it is a link that leads out of the repository`);
    return;
  }
  if (await exists(to)) return;
  await mkdir(dirname(to), { recursive: true });
  if (!(await staysIn(workspace, dirname(to)))) {
    provision.notes.push(`${path} was left out: its folder in the workspace is a link that leads out of it`);
    return;
  }
  await act(from, to);
  into.push(path);
}

async function copyTo(from: string, to: string): Promise<void> {
  // Links inside a copied folder stay as they are written: node_modules/.bin and .venv/bin consist of such.
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    mode: constants.COPYFILE_FICLONE,
    errorOnExist: true,
    force: false,
  });
}

async function linkTo(from: string, to: string): Promise<void> {
  await symlink(from, to, (await lstat(from)).isDirectory() ? 'dir' : 'file');
}

async function staysIn(root: string, path: string): Promise<boolean> {
  const [inside, real] = await Promise.all([realpath(root), realpath(path).catch(() => null)]);
  return real !== null && (real === inside || real.startsWith(inside + sep));
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
