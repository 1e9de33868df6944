import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Git, splitFields } from './git.ts';

/** Where a snapshot keeps what repositories inside the work tree held. */
export const SHELF = '.copse-nested';

/**
 * Puts into an index what a repository inside the work tree (`vendor/lib/`) holds and nobody else has: its changed and
 * untracked files under `.copse-nested/vendor/lib/`, and the commits that no remote of it has as `commits.bundle` there.
 * Its untouched files are not kept when it was cloned from somewhere.
 * @param env names the index that the files are added to
 */
export async function captureNested(
  git: Git,
  { gitDir, folder, env }: { gitDir: string; folder: string; env: { GIT_INDEX_FILE: string } },
): Promise<void> {
  const inner = git.at(join(git.cwd, folder));
  if (!existsSync(join(inner.cwd, '.git'))) return;
  const shelf = `${SHELF}/${folder.replace(/\/+$/, '')}`;
  const scratch = `${env.GIT_INDEX_FILE}.nested`;
  try {
    const files = await heldFiles(inner);
    // The files go into our own object store: our git directory, its work tree.
    const ours = { GIT_INDEX_FILE: scratch, GIT_DIR: gitDir, GIT_WORK_TREE: inner.cwd };
    if (files.length > 0) {
      const input = Buffer.from(files.map((path) => `${path}\0`).join(''), 'latin1');
      await inner.bytes(['update-index', '--add', '--remove', '-z', '--stdin'], { env: ours, input });
      const tree = await inner.text(['write-tree'], { env: ours });
      await git.bytes(['read-tree', `--prefix=${shelf}/files/`, tree], { env });
    }
    const bundle = await inner.run(['bundle', 'create', '-', '--branches', 'HEAD', '--not', '--remotes']);
    if (bundle.exit !== 0) return; // nothing of its own, or no commit at all
    const blob = await git.text(['hash-object', '-w', '--stdin', '--no-filters'], { input: bundle.stdout });
    await git.bytes(['update-index', '--add', '--cacheinfo', `100644,${blob},${shelf}/commits.bundle`], { env });
  } finally {
    await rm(scratch, { force: true });
  }
}

/** Changed and untracked files; all of them when it has no remote to come from again. Paths in latin1. */
async function heldFiles(inner: Git): Promise<string[]> {
  const cloned = (await inner.text(['rev-list', '--max-count=1', '--remotes'])) !== '';
  const list = ['ls-files', '-z', '--others', '--exclude-standard', cloned ? '--modified' : '--cached'];
  const files = new Set(splitFields(await inner.bytes(list), 'latin1'));
  return [...files].filter((path) => !path.endsWith('/'));
}

/** Folders in which the snapshot found repositories of their own, told from the paths it holds. */
export function nestedIn(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const folder = path.startsWith(`${SHELF}/`)
      ? /^(.+?)\/(?:files\/|commits\.bundle$)/.exec(path.slice(SHELF.length + 1))
      : null;
    if (folder) folders.add(folder[1]!);
  }
  return [...folders].sort();
}
