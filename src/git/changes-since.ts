import type { Oid } from '../run/event.ts';
import { putRecent } from '../util/recent.ts';
import type { Git } from './git.ts';
import { diffTrees, type TreeChange, type TreeEntry } from './trees.ts';

interface Known {
  to: Oid;
  changes: ReadonlyMap<string, TreeChange>;
}

/** By environment, which all work trees of one repository share; then by the tree that was compared with. */
const known = new WeakMap<NodeJS.ProcessEnv, Map<Oid, Known>>();
const KEPT = 16;

/**
 * What {@link diffTrees} lists, in no order, for a tree that grows while others wait to be merged into it: what it differed in
 * when it was asked for last is known, and only what has come since is compared.
 * @returns null when a tree cannot be read here
 */
export async function changesSince(git: Git, from: Oid, to: Oid): Promise<TreeChange[] | null> {
  const bases = known.get(git.env) ?? new Map<Oid, Known>();
  known.set(git.env, bases);
  const last = bases.get(from) ?? { to: from, changes: new Map<string, TreeChange>() };
  const since = await diffTrees(git, last.to, to);
  if (since === null) return last.to === from ? null : diffTrees(git, from, to);
  const changes = new Map(last.changes);
  for (const { path, old, now } of since) {
    const before = changes.get(path);
    const first = before ? before.old : old;
    if (isSame(first, now)) changes.delete(path);
    else changes.set(path, { path, old: first, now });
  }
  putRecent(bases, from, { to, changes }, KEPT);
  return [...changes.values()];
}

function isSame(a: TreeEntry | null, b: TreeEntry | null): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}
