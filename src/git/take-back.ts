import { rm } from 'node:fs/promises';
import type { Oid } from '../run/event.ts';
import { recordMove, savedIndex, standing, undoBrokenMove } from './checkout-move.ts';
import { takeIdentical } from './fast-forward.ts';
import type { Git } from './git.ts';
import { compareAndSwap, resolve } from './refs.ts';

/**
 * Moves a checkout and its branch to a commit that is not ahead: files and index, then the ref, by compare-and-swap. What
 * fails, or is killed, half-way is put back as when moving forward (see `fastForwardCheckout`).
 * @param git runs at the top of the checkout; nothing that differs between the commits may be changed there
 */
export async function takeBackCheckout(
  git: Git,
  { from, to, branch, commonDir, reason }: { from: Oid; to: Oid; branch: string; commonDir: string; reason: string },
): Promise<{ ok: true } | { ok: false; message: string }> {
  if ((await resolve(git, 'HEAD')) !== from) return { ok: false, message: `the checkout is not at ${from}` };
  const gitDir = await git.text(['rev-parse', '--absolute-git-dir']);
  const { dirty, ...rest } = await standing(git, from, to);
  const done = recordMove(gitDir, { from, to, ...rest, branch });
  if (dirty.size > 0) await takeIdentical(git, gitDir, { from, to, dirty });
  // Files that were copied or touched are as they were; read-tree looks at their times alone.
  await git.run(['update-index', '-q', '--refresh']);
  const result = await git.run(['read-tree', '-m', '-u', from, to]);
  if (result.exit === 0 && (await compareAndSwap(git, `refs/heads/${branch}`, { next: to, old: from, reason }))) {
    await rm(savedIndex(gitDir), { force: true });
    done();
    return { ok: true };
  }
  const stuck = await undoBrokenMove(git, gitDir, commonDir);
  const why = result.stderr.toString('utf8').trim() || `git read-tree ended with ${result.signal ?? result.exit}`;
  return { ok: false, message: stuck === null ? why : `${why}; ${stuck}` };
}
