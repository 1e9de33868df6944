import type { Oid } from '../run/event.ts';
import { readCommitObjects } from './commit-objects.ts';
import type { RawChange } from './diff.ts';
import { type Footprint, footprintOf } from './footprint.ts';
import type { Git } from './git.ts';
import { diffTrees, rawChange } from './trees.ts';

/** What a branch touches since it began, read without a process of its own; null when it cannot be read here. */
export async function branchFootprint(git: Git, { base, head }: { base: Oid; head: Oid }): Promise<Footprint | null> {
  const commits = await readCommitObjects(git, [base, head]);
  const [before, now] = [commits.get(base), commits.get(head)];
  const changes = before && now ? await diffTrees(git, before.tree, now.tree) : null;
  return changes && footprintOf(changes.map((change): RawChange => rawChange(change)));
}
