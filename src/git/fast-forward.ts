import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { recordMove, savedIndex, standing, undoBrokenMove } from './checkout-move.ts';
import type { Git } from './git.ts';
import { alreadyLike } from './like.ts';
import { resolve } from './refs.ts';

/**
 * Moves a clean checkout and its branch from one commit to a descendant: files, index and ref. git itself refuses before it
 * changes anything when a file that no commit has would be overwritten, ignored ones included. When it fails half-way (no
 * space, a filter), what it had written is put back; when it is killed, `undoBrokenMove` does that.
 * @param git runs at the top of the checkout; nothing tracked that differs between the commits may be changed there
 */
export async function fastForwardCheckout(
  git: Git,
  { from, to, branch, commonDir }: { from: Oid; to: Oid; branch: string; commonDir: string },
): Promise<{ ok: true } | { ok: false; message: string }> {
  if ((await resolve(git, 'HEAD')) !== from) return { ok: false, message: `the checkout is not at ${from}` };
  const gitDir = await git.text(['rev-parse', '--absolute-git-dir']);
  const { dirty, ...rest } = await standing(git, from, to);
  const done = recordMove(gitDir, { from, to, ...rest, branch });
  if (dirty.size > 0) await takeIdentical(git, gitDir, { from, to, dirty });
  const args = ['merge', '-q', '--ff-only', '--no-autostash', '--no-stat', '--no-verify-signatures'];
  const result = await git.run([...args, '--no-overwrite-ignore', to]);
  if (result.exit === 0 && (await resolve(git, 'HEAD')) === to) {
    await rm(savedIndex(gitDir), { force: true });
    done();
    return { ok: true };
  }
  const stuck = await undoBrokenMove(git, gitDir, commonDir);
  // The branch moves last: a git that was killed right behind that has done all of it.
  if ((await resolve(git, 'HEAD')) === to && stuck === null) return { ok: true };
  const said = result.stderr.toString('utf8').trim() || result.stdout.toString('utf8').trim();
  const why = result.signal ? `git merge was ended by ${result.signal}` : said || `git merge ended with ${result.exit}`;
  return { ok: false, message: stuck === null ? why : `${why}; ${stuck}` };
}

/**
 * Files that already are as the move would make them (agents that work in the checkout itself left them so) are taken into
 * the index, where git sees that nothing would be overwritten. Their bytes are not touched.
 */
export async function takeIdentical(
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
