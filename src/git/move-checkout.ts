import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { alreadyLike } from './like.ts';
import { recordMove, savedIndex, standing, undoBrokenMove } from './move-record.ts';
import { compareAndSwap, resolve } from './refs.ts';

export interface CheckoutMove {
  from: Oid;
  to: Oid;
  /** Short name of the branch that is checked out there. */
  branch: string;
  commonDir: string;
}

export type MovedCheckout = { ok: true } | { ok: false; message: string };

/**
 * Moves a clean checkout and its branch from one commit to a descendant: files, index and ref. git itself refuses before it
 * changes anything when a file that no commit has would be overwritten, ignored ones included.
 * @param git runs at the top of the checkout; nothing tracked that differs between the commits may be changed there
 */
export function fastForwardCheckout(git: Git, wanted: CheckoutMove): Promise<MovedCheckout> {
  const { to } = wanted;
  return moveCheckout(git, wanted, async () => {
    const args = ['merge', '-q', '--ff-only', '--no-autostash', '--no-stat', '--no-verify-signatures'];
    const { exit, signal, stderr, stdout } = await git.run([...args, '--no-overwrite-ignore', to]);
    if (exit === 0 && (await resolve(git, 'HEAD')) === to) return null;
    if (signal) return `git merge was ended by ${signal}`;
    return stderr.toString('utf8').trim() || stdout.toString('utf8').trim() || `git merge ended with ${exit}`;
  });
}

/**
 * Moves a checkout and its branch to a commit that is not ahead: files and index, then the ref, by compare-and-swap.
 * @param git runs at the top of the checkout; nothing that differs between the commits may be changed there
 */
export function takeBackCheckout(git: Git, wanted: CheckoutMove & { reason: string }): Promise<MovedCheckout> {
  const { from, to, branch, reason } = wanted;
  return moveCheckout(git, wanted, async () => {
    // Files that were copied or touched are as they were; read-tree looks at their times alone.
    await git.run(['update-index', '-q', '--refresh']);
    const { exit, signal, stderr } = await git.run(['read-tree', '-m', '-u', from, to]);
    if (exit === 0) {
      const swapped = await compareAndSwap(git, `refs/heads/${branch}`, { next: to, old: from, reason });
      return swapped ? null : `${branch} could not be moved`;
    }
    return stderr.toString('utf8').trim() || `git read-tree ended with ${signal ?? exit}`;
  });
}

/**
 * What fails half-way (no space, a filter) is put back; when it is killed, `undoBrokenMove` does that.
 * @param move says why it failed
 */
async function moveCheckout(
  git: Git,
  { from, to, branch, commonDir }: CheckoutMove,
  move: () => Promise<string | null>,
): Promise<MovedCheckout> {
  if ((await resolve(git, 'HEAD')) !== from) return { ok: false, message: `the checkout is not at ${from}` };
  const gitDir = await git.text(['rev-parse', '--absolute-git-dir']);
  const { dirty, ...rest } = await standing(git, from, to);
  const done = recordMove(gitDir, { from, to, ...rest, branch });
  const act = async () => {
    if (dirty.size > 0) await takeIdentical(git, gitDir, { from, to, dirty });
    return move();
  };
  const failed = await act().catch((error: Error) => error.message);
  if (failed === null) {
    await rm(savedIndex(gitDir), { force: true });
    done();
    return { ok: true };
  }
  const stuck = await undoBrokenMove(git, gitDir, commonDir);
  // The branch moves last: a git that was killed right behind that has done all of it.
  if (stuck === null && (await resolve(git, 'HEAD')) === to) return { ok: true };
  return { ok: false, message: stuck === null ? failed : `${failed}; ${stuck}` };
}

/**
 * Files that already are as the move would make them (agents that work in the checkout itself left them so) are taken into
 * the index, where git sees that nothing would be overwritten. Their bytes are not touched.
 */
async function takeIdentical(
  git: Git,
  gitDir: string,
  { from, to, dirty }: { from: Oid; to: Oid; dirty: Set<string> },
): Promise<void> {
  const paths = (await alreadyLike(git, from, to)).filter((path) => dirty.has(path));
  if (paths.length === 0) return;
  await copyFile(join(gitDir, 'index'), savedIndex(gitDir));
  const input = paths.map((path) => `${path}\0`).join('');
  await git.run(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { input });
}
