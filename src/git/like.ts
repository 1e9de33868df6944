import { randomBytes } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { changedPaths } from './diff.ts';
import type { Git } from './git.ts';

/** Of the paths that differ between two commits, those that the checkout holds as the second one has them. */
export async function alreadyLike(git: Git, from: Oid, to: Oid): Promise<string[]> {
  const [changes, unlike] = await Promise.all([changedPaths(git, from, to), differing(git, to)]);
  const there = await Promise.all(changes.map(({ path }) => lstat(join(git.cwd, path)).catch(() => null)));
  return changes
    .filter(({ path, kind }, at) => (kind === 'deleted' ? there[at] === null : there[at] !== null && !unlike.has(path)))
    .map(({ path }) => path);
}

/** Paths of a commit that the work tree does not hold as the commit has them. */
export async function differing(git: Git, commit: Oid): Promise<Set<string>> {
  const gitDir = await git.text(['rev-parse', '--absolute-git-dir']);
  const env = { GIT_INDEX_FILE: join(gitDir, `copse-${randomBytes(6).toString('hex')}.index`) };
  try {
    await git.bytes(['read-tree', commit], { env });
    await git.run(['update-index', '-q', '--refresh'], { env });
    return new Set(await git.fields(['diff-files', '--name-only', '-z', '--no-relative'], { env }));
  } finally {
    await Promise.all([env.GIT_INDEX_FILE, `${env.GIT_INDEX_FILE}.lock`].map((file) => rm(file, { force: true })));
  }
}
