import type { Resolution } from '../gate/gate.ts';
import { changedPaths } from '../git/diff.ts';
import type { Git } from '../git/git.ts';
import { isAncestor } from '../git/history.ts';
import { markedFiles } from '../git/markers.ts';
import { mergeTrees } from '../git/merge.ts';
import type { Oid } from '../run/event.ts';
import { metConflict } from '../run/resolve.ts';
import type { AttemptState } from '../run/state.ts';
import { withGrants } from './asks.ts';
import { landedThere } from './conflict.ts';
import type { Wiring } from './wiring.ts';

/** What an attempt that was to resolve a conflict made of it; nothing for one that does its task. */
export async function resolutionOf(
  { project, open, tasks }: Wiring,
  id: string,
  attempt: AttemptState,
  head: Oid,
): Promise<{ resolution?: Resolution }> {
  const { base, resolves } = attempt;
  if (resolves === null) return {};
  const { git } = project.repository;
  const merge = await mergeTrees(git, base, resolves.head);
  const conflicted = merge.clean ? [] : merge.paths;
  const [merged, marked, changes, others] = await Promise.all([
    isAncestor(git, resolves.head, head),
    markedFiles(git, { head, sides: [base, resolves.head], paths: conflicted }),
    merge.tree === null ? [] : changedPaths(git, merge.tree, head),
    owners(git, { open, id, attempt, paths: conflicted }),
  ]);
  const scopes = [id, ...others]
    .flatMap((task) => tasks.get(task) ?? [])
    .map((task) => withGrants(task, open.state).scope);
  return { resolution: { merged, conflicted, marked, changes, scopes } };
}

/** The tasks whose work is on the other side. */
async function owners(
  git: Git,
  { open, id, attempt, paths }: Pick<Wiring, 'open'> & { id: string; attempt: AttemptState; paths: readonly string[] },
): Promise<string[]> {
  const { base } = metConflict(open.state, id, attempt);
  const landed = await landedThere(git, open.state, { base, onto: attempt.base, paths });
  return [...new Set(landed.flatMap(({ task }) => (task === null || task === id ? [] : [task])))];
}
