import { readCommitObjects } from '../git/commit-objects.ts';
import { decode } from '../git/copied-index.ts';
import { patch } from '../git/diff.ts';
import { type Git, GitError } from '../git/git.ts';
import { log } from '../git/history.ts';
import { mergeTrees } from '../git/merge.ts';
import { readObjects } from '../git/objects.ts';
import { diffTrees } from '../git/trees.ts';
import { taskOfLanding } from '../integrate/task-of-landing.ts';
import type { ConflictFacts, LandedThere } from '../run/conflict-evidence.ts';
import type { Oid } from '../run/event.ts';
import { type AttemptState, lastAttempt, type RunState } from '../run/state.ts';

/** Landings that are looked at, the latest ones. */
const MOST_LANDINGS = 500;
const MOST_FILES = 40;
const MAX_FILE = 256 * 1024;

/**
 * Both sides of a conflict that an attempt met when it was to land, and whose the other side is; of one that broke checks, with
 * whom it did. Read from commits, which never change; null when it was neither, or the commits are not there any more.
 * @param onto what it conflicts with by now
 */
export async function conflictFacts(
  git: Git,
  state: RunState,
  { base, failure, result }: AttemptState,
  onto: Oid,
): Promise<ConflictFacts | null> {
  const head = result?.head;
  if (!head || (failure?.code !== 'merge-conflict' && failure?.code !== 'checks')) return null;
  try {
    const [own, merged, landed] = await Promise.all([
      patch(git, base, head, { binary: false }),
      failure.code === 'checks' ? [] : mergedFiles(git, onto, head),
      failure.code === 'checks'
        ? landedThere(git, state, { base, onto, tasks: failure.with })
        : landedThere(git, state, { base, onto, paths: failure.paths }),
    ]);
    return { base, head, patch: own.toString('utf8'), merged, landed };
  } catch (error) {
    if (error instanceof GitError) return null; // no reason not to try again
    throw error;
  }
}

/** The conflicting files with the markers of git; those that are text, and not huge. */
async function mergedFiles(git: Git, onto: Oid, head: Oid): Promise<ConflictFacts['merged']> {
  const merge = await mergeTrees(git, onto, head, ['merge.conflictStyle=merge']);
  if (merge.clean || merge.tree === null) return [];
  const names = new Map(merge.paths.slice(0, MOST_FILES).map((path) => [`${merge.tree}:${path}`, path]));
  const objects = await readObjects(git, [...names.keys()]);
  return [...names].flatMap(([name, path]) => {
    const { type, bytes = null } = objects.get(name) ?? {};
    if (type !== 'blob' || bytes === null || bytes.length > MAX_FILE || bytes.includes(0)) return [];
    return [{ path, text: bytes.toString('utf8') }];
  });
}

/** The landings after `base` that changed one of these paths, or are of one of these tasks; newest first. */
export async function landedThere(
  git: Git,
  state: RunState,
  {
    base,
    onto,
    paths = [],
    tasks = [],
  }: { base: Oid; onto: Oid; paths?: readonly string[]; tasks?: readonly string[] },
): Promise<LandedThere[]> {
  const found: LandedThere[] = [];
  for (const commit of await log(git, base, onto, { firstParent: true, limit: MOST_LANDINGS })) {
    const id = taskOfLanding(commit.message, state.plan);
    const changed = paths.length > 0 ? await changedBy(git, commit.oid, commit.parents[0]) : [];
    const there = changed.some((path) => paths.some((each) => meets(path, each)));
    if (!there && (id === null || !tasks.includes(id))) continue;
    const task = id === null ? undefined : state.tasks.get(id);
    found.push({
      commit: commit.oid,
      task: task?.seed.id ?? null,
      title: task?.seed.title ?? commit.subject,
      summary: (task && lastAttempt(task)?.result?.claim?.summary) ?? null,
    });
  }
  return found;
}

async function changedBy(git: Git, commit: Oid, parent: Oid | undefined): Promise<string[]> {
  if (parent === undefined) return [];
  const commits = await readCommitObjects(git, [parent, commit]);
  const [before, after] = [commits.get(parent), commits.get(commit)];
  const changes = before && after ? await diffTrees(git, before.tree, after.tree) : null;
  return (changes ?? []).map(({ path }) => decode(path));
}

/** The same file, or a file where the other has a folder. */
const meets = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
