import { existsSync, readFileSync, rmSync } from 'node:fs';
import { lstat, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { atWork } from '../process/at-work.ts';
import { settleOrphans } from '../process/orphans.ts';
import { isAlive, processStart } from '../process/tree.ts';
import type { Oid } from '../run/event.ts';
import type { Change } from '../scope/scope.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { changedPaths } from './diff.ts';
import { foldersAbove } from './footprint.ts';
import type { Git } from './git.ts';
import { differing } from './like.ts';
import { resolve } from './refs.ts';
import { dirtyPaths } from './status.ts';

/** A checkout on its way from one commit to another, as it is on the disk before a file moves. */
interface Move {
  from: Oid;
  to: Oid;
  /** Paths that were there, or changed, before: the move has nothing to do with what stands there. */
  before: string[];
  /** Folders that the move makes; deepest last. */
  folders?: string[];
  /** Short name of the branch. */
  branch: string;
  pid: number;
  start: string;
  host: string;
}

const recordOf = (gitDir: string) => join(gitDir, 'copse-move.json');

/** The index as it was, where the move changes it first. */
export const savedIndex = (gitDir: string) => join(gitDir, 'copse-move.index');

/** Puts on the disk that we move a checkout; what it gives takes that away again. */
export function recordMove(
  gitDir: string,
  move: Pick<Move, 'from' | 'to' | 'before' | 'folders' | 'branch'>,
): () => void {
  const { pid } = process;
  const record: Move = { ...move, pid, start: processStart(pid) ?? '', host: hostname() };
  writeFileAtomic(recordOf(gitDir), `${JSON.stringify(record)}\n`, 0o600);
  return () => rmSync(recordOf(gitDir), { force: true });
}

/**
 * Undoes a move in which git, or we, were killed: locks go that are of that git, files go back as they were. What stands
 * there by somebody else's hand stays. Null when nothing is half done any more, else why nothing was touched.
 * @param git runs at the top of the checkout
 */
export async function undoBrokenMove(git: Git, gitDir: string, commonDir: string): Promise<string | null> {
  const move = readMove(gitDir);
  if (move === null) return null;
  const { from, to, before, folders = [], branch, pid, start, host } = move;
  if (host !== hostname()) return `copse on ${host} moves it, or was killed meanwhile; look there`;
  if (pid !== process.pid && isAlive(pid, start)) return `copse (process ${pid}) moves it`;
  await settleOrphans({ pid, pidStart: start });
  const own = ['index', 'HEAD', 'ORIG_HEAD'].map((name) => join(gitDir, `${name}.lock`));
  const locks = [...own, join(commonDir, `refs/heads/${branch}.lock`)];
  for (const lock of locks.filter((file) => existsSync(file))) {
    const holders = atWork(lock, [git.cwd, commonDir]);
    if (holders === null) return `git was killed there and has left ${lock}: when no git runs there, rm '${lock}'`;
    if (holders.length > 0) return `another git is at work there (process ${holders.join(', ')})`;
    await rm(lock, { force: true });
  }
  const arrived = (await resolve(git, 'HEAD')) !== from;
  if (existsSync(savedIndex(gitDir))) {
    if (arrived) await rm(savedIndex(gitDir));
    else await rename(savedIndex(gitDir), join(gitDir, 'index'));
  }
  if (!arrived) await putBack(git, { from, to, before: new Set(before), folders });
  rmSync(recordOf(gitDir), { force: true });
  return null;
}

function readMove(gitDir: string): Move | null {
  try {
    return JSON.parse(readFileSync(recordOf(gitDir), 'utf8')) as Move;
  } catch {
    return null;
  }
}

/** What is changed in a checkout, and what is there of the paths that a move would make: nothing of it is the move's. */
export async function standing(
  git: Git,
  from: Oid,
  to: Oid,
): Promise<{ dirty: Set<string>; before: string[]; folders: string[] }> {
  const [dirty, changes] = await Promise.all([dirtySet(git), changedPaths(git, from, to)]);
  const added = changes.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  const there = await Promise.all(added.map((path) => isThere(git, path)));
  const above = [...new Set(added.flatMap(foldersAbove))].sort();
  const made = await Promise.all(above.map(async (folder) => !(await isFolder(git, folder))));
  return {
    dirty,
    before: [...new Set([...dirty, ...added.filter((_, at) => there[at])])],
    folders: above.filter((_, at) => made[at]),
  };
}

/** Undoes what a move wrote. Only what provably is of the move: a file with other content is somebody's. */
async function putBack(
  git: Git,
  { from, to, before, folders }: { from: Oid; to: Oid; before: ReadonlySet<string>; folders: readonly string[] },
): Promise<void> {
  const ours = await touchedByMove(git, { from, to, before });
  const added = ours.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  const input = added.map((path) => `${path}\0`).join('');
  if (added.length > 0) await git.bytes(['update-index', '--force-remove', '-z', '--stdin'], { input });
  for (const path of added) await rm(join(git.cwd, path), { force: true });
  // A git that was killed may have left one without a file. One that holds something stays.
  for (const folder of folders.toReversed()) await rmdir(join(git.cwd, folder)).catch(() => {});
  const old = ours.filter(({ kind }) => kind !== 'added').map(({ path }) => `${path}\0`);
  if (old.length === 0) return;
  const restore = ['restore', `--source=${from}`, '--staged', '--worktree', '--pathspec-from-file=-'];
  await git.bytes(['--literal-pathspecs', ...restore, '--pathspec-file-nul'], { input: old.join('') });
}

/** What stands in a checkout by the hand of the move. */
async function touchedByMove(
  git: Git,
  { from, to, before }: { from: Oid; to: Oid; before: ReadonlySet<string> },
): Promise<Change[]> {
  const [changes, after] = await Promise.all([changedPaths(git, from, to), dirtySet(git)]);
  const touched: typeof changes = [];
  for (const change of changes) {
    if (before.has(change.path)) continue;
    // git does not name new files that it ignores.
    if (after.has(change.path) || (change.kind === 'added' && (await isThere(git, change.path)))) touched.push(change);
  }
  if (touched.length === 0) return [];
  const foreign = await differing(git, to);
  const ours: typeof touched = [];
  for (const change of touched) {
    const whole = !foreign.has(change.path) || !(await isThere(git, change.path));
    if (whole || (await isBegun(git, to, change.path))) ours.push(change);
  }
  return ours;
}

/** Whether a file is the beginning of what the commit holds there: a git was killed while it wrote. */
async function isBegun(git: Git, commit: Oid, path: string): Promise<boolean> {
  const found = await lstat(join(git.cwd, path));
  if (!found.isFile()) return false;
  const whole = await git.run(['cat-file', '--filters', `${commit}:${path}`]);
  if (whole.exit !== 0 || whole.stdout.length < found.size) return false;
  return whole.stdout.subarray(0, found.size).equals(await readFile(join(git.cwd, path)));
}

async function dirtySet(git: Git): Promise<Set<string>> {
  return new Set((await dirtyPaths(git, { untracked: 'all' })).map(({ path }) => path));
}

const isFolder = (git: Git, path: string) =>
  lstat(join(git.cwd, path)).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isThere = (git: Git, path: string) =>
  lstat(join(git.cwd, path)).then(
    () => true,
    () => false,
  );
