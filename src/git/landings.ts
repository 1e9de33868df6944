import type { Oid, RunId } from '../run/event.ts';
import { type Git, GitError } from './git.ts';

/** Refs of the landings of runs, below the run: `<n>/tip` is what landed, `<n>/target` what the target became by it. */
export const LANDINGS = 'refs/copse/landings/';

/** The ref that holds the commits of the tasks, whatever history the target got. */
export const landingTip = (run: RunId, number: number) => `${LANDINGS}${run}/${number}/tip`;

/**
 * Keeps both ends of a landing, before it happens: branches may go, and a landing may be undone; its commits stay. One that was
 * begun with the same number and came to nothing is replaced.
 */
export async function keepLanding(
  git: Git,
  { run, number, tip, to }: { run: RunId; number: number; tip: Oid; to: Oid },
): Promise<void> {
  const folder = `${LANDINGS}${run}/${number}`;
  const input = `update ${folder}/tip\0${tip}\0\0update ${folder}/target\0${to}\0\0`;
  const args = ['update-ref', '--no-deref', '-m', 'copse: landing', '-z', '--stdin'];
  const result = await git.run(args, { input });
  if (result.exit !== 0) throw new GitError(args, result);
}
