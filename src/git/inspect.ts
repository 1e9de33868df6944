import type { Oid } from '../run/event.ts';
import type { Change } from '../scope/scope.ts';
import { type Contents, inspectContents } from './contents.ts';
import { changedPaths } from './diff.ts';
import type { Git } from './git.ts';
import { mergeBase } from './history.ts';
import { type Origin, originOf } from './origin.ts';
import { workBetween } from './work.ts';

export interface InspectOptions {
  base: Oid;
  head: Oid;
  /** See {@link OriginOptions}. */
  branch: string;
  integrated: Oid;
  gitDir: string | null;
  since?: number | undefined;
  given?: Oid | undefined;
  maxFileBytes: number;
  /** Paths that the head should have. */
  expected: readonly string[];
  secretsIn?: (text: string) => { name: string; certain: boolean }[];
}

/** All that is measured about the branch of an attempt. */
export interface Inspection extends Contents {
  /** What landing it would change, counted from the commit `from`. */
  changes: Change[];
  from: Oid;
  descends: boolean;
  origin: Origin;
}

/** Measures what a branch would land. Of a branch that goes well, two git calls, of which the harvest has made one. */
export async function inspectBranchWork(git: Git, options: InspectOptions): Promise<Inspection> {
  const { base, head, integrated } = options;
  const work = await workBetween(git, base, head);
  const [contents, origin] = await Promise.all([inspectContents(git, work, options), originOf(git, work, options)]);
  const { descends } = work;
  // What it merged of the integration branch is no change of its own.
  const from = origin.integrated.length > 0 ? ((await mergeBase(git, integrated, head)) ?? base) : base;
  const changes =
    from === base ? work.changes.map(({ path, kind }) => ({ path, kind })) : await changedPaths(git, from, head);
  return { ...contents, changes, from, descends, origin };
}
