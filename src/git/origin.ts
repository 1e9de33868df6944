import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { headLog } from './head-log.ts';
import type { Work } from './work.ts';

export interface OriginOptions {
  head: Oid;
  base: Oid;
  /** The branch of the attempt, short. */
  branch: string;
  /** What has been integrated by now: whatever is in it was judged before. */
  integrated: Oid;
  /** Of the attempt's work tree; null when that is gone. */
  gitDir: string | null;
  /** What it was given to merge: judged before, too. */
  given?: Oid | undefined;
  /** When the attempt began, milliseconds since the epoch, where its work tree is somebody else's before and after. */
  since?: number | undefined;
}

/** Where the commits of a branch come from, as far as that is not its own workspace. */
export interface Origin {
  /** Commits that another branch, a remote or a tag has: work of others that nobody has judged. */
  foreign: Oid[];
  /** A ref that has the first of them: `refs/heads/feature/task-002`. */
  ref: string | null;
  /** Commits of the integration branch, merged in by the agent. */
  integrated: Oid[];
}

const OWN: Origin = { foreign: [], ref: null, integrated: [] };

/**
 * Tells others' commits in a branch: merged, pulled, fast-forwarded or reset to. The log of its HEAD names the commits
 * that were made in it, so that mostly nothing has to be asked.
 */
export async function originOf(git: Git, { commits }: Work, options: OriginOptions): Promise<Origin> {
  const own = await madeHere(options);
  const { head, base, branch, integrated: tip, given } = options;
  const handed = given === undefined ? new Set<Oid>() : await revisions(git, [given, `^${base}`]);
  const doubtful = commits.map(({ oid }) => oid).filter((oid) => !own.has(oid) && !handed.has(oid));
  if (doubtful.length === 0) return OWN;
  const [unlanded, unshared] = await Promise.all([
    revisions(git, [head, `^${base}`, `^${tip}`]),
    revisions(git, [head, `^${base}`, '--not', `--exclude=refs/heads/${branch}`, ...SHARED]),
  ]);
  const foreign = doubtful.filter((oid) => unlanded.has(oid) && !unshared.has(oid));
  const integrated = doubtful.filter((oid) => !unlanded.has(oid));
  return { foreign, integrated, ref: foreign[0] === undefined ? null : await refWith(git, foreign[0], branch) };
}

const SHARED = ['--glob=refs/heads', '--glob=refs/remotes', '--glob=refs/tags'];

async function revisions(git: Git, args: readonly string[]): Promise<Set<Oid>> {
  return new Set((await git.text(['rev-list', ...args])).split('\n').filter(Boolean));
}

async function refWith(git: Git, commit: Oid, branch: string): Promise<string | null> {
  const roots = ['refs/heads', 'refs/remotes', 'refs/tags'];
  const args = ['for-each-ref', '--format=%(refname)', `--contains=${commit}`, '--', ...roots];
  return (await git.text(args)).split('\n').find((ref) => ref !== '' && ref !== `refs/heads/${branch}`) ?? null;
}

/** Commits that were made in a work tree, by the log of its HEAD. */
async function madeHere({ gitDir, since }: Pick<OriginOptions, 'gitDir' | 'since'>): Promise<Set<Oid>> {
  const made = (await headLog(gitDir, since)).filter(({ how }) =>
    /^(?:commit|cherry-pick|revert|rebase|am)\b/.test(how),
  );
  return new Set(made.map(({ to }) => to));
}
