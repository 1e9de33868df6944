import { setTimeout as sleep } from 'node:timers/promises';
import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';

const SWAP_ATTEMPTS = 6;

/** The commit a revision names, or null. */
export async function resolve(git: Git, revision: string): Promise<Oid | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const result = await git.run(args);
  return result.exit === 0 ? result.stdout.toString('utf8').trim() : null;
}

/** What a full ref name (`refs/heads/x`) points to, or null; never mistakes another kind of name for it. */
export async function readRef(git: Git, ref: string): Promise<Oid | null> {
  const result = await git.run(['show-ref', '--verify', '--hash', '--', ref]);
  if (result.exit === 0) return result.stdout.toString('utf8').trim();
  return null;
}

/**
 * Moves `ref` to `next` only if it still is `old` (null: only if there is none). False: it is something else by now.
 * Throws {@link GitError} when the ref cannot be written at all (its lock is left behind, its name clashes with a folder).
 */
export async function compareAndSwap(
  git: Git,
  ref: string,
  { next, old, reason = 'copse' }: { next: Oid; old: Oid | null; reason?: string },
): Promise<boolean> {
  return swap(git, ref, ['update-ref', '--no-deref', '-m', reason, ref, next, old ?? ''], old);
}

/** Deletes `ref` if it still is `old`; false: it is something else, or gone. */
export async function deleteRef(git: Git, ref: string, old: Oid): Promise<boolean> {
  return swap(git, ref, ['update-ref', '--no-deref', '-d', ref, old], old);
}

async function swap(git: Git, ref: string, args: readonly string[], old: Oid | null): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await git.run(args);
    if (result.exit === 0) return true;
    // One exit status for "it moved" and "someone holds the lock": the ref itself tells which.
    if ((await readRef(git, ref)) !== old) return false;
    if (attempt === SWAP_ATTEMPTS) throw new GitError(args, result);
    await sleep(10 * 2 ** attempt);
  }
}

/** Refs below a prefix (`refs/copse/snapshots/`), with the objects they point to. */
export async function listRefs(git: Git, prefix: string): Promise<Map<string, Oid>> {
  const text = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', '--', prefix]);
  const lines = text.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

export async function branchExists(git: Git, branch: string): Promise<boolean> {
  return (await readRef(git, `refs/heads/${branch}`)) !== null;
}

/**
 * Why a branch of this name cannot be made: git refuses the name, or `a` stands where `a/b` needs a folder (and the other
 * way round). Null when it can; that the branch itself exists is no obstacle here.
 */
export async function branchObstacle(git: Git, branch: string): Promise<string | null> {
  const valid = await git.run(['check-ref-format', `refs/heads/${branch}`]);
  if (valid.exit !== 0 || branch.startsWith('-')) return `git allows no branch named ${JSON.stringify(branch)}`;
  const parts = branch.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const parent = parts.slice(0, length).join('/');
    if (await branchExists(git, parent)) return `the branch ${parent} stands in the way of ${branch}`;
  }
  const below = [...(await listRefs(git, `refs/heads/${branch}/`)).keys()];
  return below.length > 0 ? `the branch ${below[0]!.slice('refs/heads/'.length)} stands in the way of ${branch}` : null;
}
