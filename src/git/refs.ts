import { setTimeout as sleep } from 'node:timers/promises';
import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';
import { moveByDialogue, type RefUpdate, transaction } from './ref-dialogue.ts';

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

/** The same for who moves refs often: one git that stays does it, and a new one where that one fails. */
export async function compareAndSwapOften(
  git: Git,
  ref: string,
  { next, old, reason }: { next: Oid; old: Oid; reason: string },
): Promise<boolean> {
  if (await moveByDialogue(git, [{ ref, next, old }], reason)) return true;
  // It may have been ended after it had moved the ref.
  return (await readRef(git, ref)) === next || compareAndSwap(git, ref, { next, old, reason });
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

/**
 * Moves several refs, all or none, by one git that stays for who moves many; false: one of them was not what it had to be, or
 * could not be written, or was moved by a git that was ended before it could say so.
 */
export async function moveTogether(git: Git, updates: readonly RefUpdate[], reason = 'copse'): Promise<boolean> {
  if (await moveByDialogue(git, updates, reason)) return true;
  const args = ['update-ref', '-m', reason, '-z', '--stdin'];
  return (await git.run(args, { input: transaction(updates) })).exit === 0;
}

/** Refs below a prefix (`refs/copse/snapshots/`), with the objects they point to. */
export function listRefs(git: Git, prefix: string): Promise<Map<string, Oid>> {
  return findRefs(git, [prefix]);
}

/** Refs of these names or below them. */
export async function findRefs(git: Git, names: readonly string[]): Promise<Map<string, Oid>> {
  const text = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', '--', ...names]);
  const lines = text.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

export async function branchExists(git: Git, branch: string): Promise<boolean> {
  return (await readRef(git, `refs/heads/${branch}`)) !== null;
}

export interface BranchState {
  tip: Oid | null;
  /** `a` stands where `a/b` needs a folder, or the other way round; that the branch itself exists is no obstacle. */
  obstacle: string | null;
  /** The further refs that were asked for and exist. */
  refs: Map<string, Oid>;
}

/** What there is to know about a branch before it is made, but for the finer rules of names. `also`: further refs to read with it. */
export async function inspectBranch(git: Git, branch: string, also: readonly string[] = []): Promise<BranchState> {
  const parts = branch.split('/');
  const above = parts.slice(0, -1).map((_, length) => `refs/heads/${parts.slice(0, length + 1).join('/')}`);
  const own = `refs/heads/${branch}`;
  const refs = branch === '' ? new Map<string, Oid>() : await findRefs(git, [...above, own, ...also]);
  const inTheWay = above.find((ref) => refs.has(ref)) ?? [...refs.keys()].find((ref) => ref.startsWith(`${own}/`));
  const name = inTheWay?.slice('refs/heads/'.length);
  const bad = branch === '' || branch.startsWith('-') ? badName(branch) : null;
  const obstacle = bad ?? (name === undefined ? null : `the branch ${name} stands in the way of ${branch}`);
  return { tip: refs.get(own) ?? null, refs, obstacle };
}

/** Whether git allows a branch of this name: the rules of git-check-ref-format(1), and no leading dash. */
export function isBranchName(branch: string): boolean {
  if (branch === '' || branch.startsWith('-') || branch.endsWith('.')) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(branch)) return false;
  return branch.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** Why a branch of this name cannot be made, or null: git refuses the name, or see {@link BranchState}. */
export async function branchObstacle(git: Git, branch: string): Promise<string | null> {
  return isBranchName(branch) ? (await inspectBranch(git, branch)).obstacle : badName(branch);
}

function badName(branch: string): string {
  return `git allows no branch named ${JSON.stringify(branch)}`;
}
