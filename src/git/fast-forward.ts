import { randomBytes } from 'node:crypto';
import { copyFile, lstat, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { changedPaths } from './diff.ts';
import type { Git } from './git.ts';
import { resolve } from './refs.ts';
import { dirtyPaths } from './status.ts';

/**
 * Moves a clean checkout and its branch from one commit to a descendant: files, index and ref. git itself refuses before it
 * changes anything when a file that no commit has would be overwritten, ignored ones included. When it fails half-way (no
 * space, a filter), what it had written is put back.
 * @param git runs at the top of the checkout; nothing tracked that differs between the commits may be changed there
 */
export async function fastForwardCheckout(
  git: Git,
  { from, to }: { from: Oid; to: Oid },
): Promise<{ ok: true } | { ok: false; message: string }> {
  if ((await resolve(git, 'HEAD')) !== from) return { ok: false, message: `the checkout is not at ${from}` };
  const before = await dirtySet(git);
  const index = before.size > 0 ? await takeIdentical(git, { from, to, before }) : null;
  try {
    const args = ['merge', '-q', '--ff-only', '--no-autostash', '--no-stat', '--no-verify-signatures'];
    const result = await git.run([...args, '--no-overwrite-ignore', to]);
    const head = await resolve(git, 'HEAD');
    if (result.exit === 0 && head === to) return { ok: true };
    if (head === from) {
      await index?.restore();
      await putBack(git, { from, to, before });
    }
    const said = result.stderr.toString('utf8').trim() || result.stdout.toString('utf8').trim();
    return { ok: false, message: said || `git merge ended with ${result.exit ?? result.signal}` };
  } finally {
    await index?.drop();
  }
}

async function dirtySet(git: Git): Promise<Set<string>> {
  return new Set((await dirtyPaths(git, { untracked: 'all' })).map(({ path }) => path));
}

/**
 * Files that already are as the move would make them (agents that work in the checkout itself left them so) are taken into
 * the index, where git sees that nothing would be overwritten. Their bytes are not touched.
 */
async function takeIdentical(
  git: Git,
  { from, to, before }: { from: Oid; to: Oid; before: Set<string> },
): Promise<{ restore(): Promise<void>; drop(): Promise<void> } | null> {
  const paths = (await alreadyLike(git, from, to)).filter((path) => before.has(path));
  if (paths.length === 0) return null;
  const index = join(await git.text(['rev-parse', '--absolute-git-dir']), 'index');
  const copy = `${index}.copse-${randomBytes(6).toString('hex')}`;
  await copyFile(index, copy);
  const input = paths.map((path) => `${path}\0`).join('');
  await git.run(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { input });
  return { restore: () => rename(copy, index), drop: () => rm(copy, { force: true }) };
}

/** Of the paths that differ between two commits, those that the checkout holds as the second one has them. */
export async function alreadyLike(git: Git, from: Oid, to: Oid): Promise<string[]> {
  const [changes, unlike] = await Promise.all([changedPaths(git, from, to), differing(git, to)]);
  const there = await Promise.all(changes.map(({ path }) => lstat(join(git.cwd, path)).catch(() => null)));
  return changes
    .filter(({ path, kind }, at) => (kind === 'deleted' ? there[at] === null : there[at] !== null && !unlike.has(path)))
    .map(({ path }) => path);
}

/** Undoes what a failed move wrote. Only what provably is of the move: a file with other content is somebody's. */
async function putBack(git: Git, { from, to, before }: { from: Oid; to: Oid; before: Set<string> }): Promise<void> {
  const [changes, after] = await Promise.all([changedPaths(git, from, to), dirtySet(git)]);
  const touched = changes.filter(({ path }) => after.has(path) && !before.has(path));
  if (touched.length === 0) return;
  const foreign = await differing(git, to);
  const ours: typeof touched = [];
  for (const change of touched) {
    const there = await lstat(join(git.cwd, change.path)).catch(() => null);
    if (there === null || !foreign.has(change.path)) ours.push(change);
  }
  for (const { path } of ours.filter(({ kind }) => kind === 'added')) {
    await rm(join(git.cwd, path), { force: true });
    await removeEmptyFolders(git.cwd, dirname(path));
  }
  const old = ours.filter(({ kind }) => kind !== 'added').map(({ path }) => `${path}\0`);
  if (old.length === 0) return;
  const restore = ['restore', `--source=${from}`, '--staged', '--worktree', '--pathspec-from-file=-'];
  await git.bytes(['--literal-pathspecs', ...restore, '--pathspec-file-nul'], { input: old.join('') });
}

/** Paths of a commit that the work tree does not hold as the commit has them. */
async function differing(git: Git, commit: Oid): Promise<Set<string>> {
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

async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== '.' && at !== '/'; at = dirname(at)) {
    const removed = await rmdir(join(root, at)).then(
      () => true,
      () => false, // not empty
    );
    if (!removed) return;
  }
}
