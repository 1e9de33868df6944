import { headLog } from '../git/head-log.ts';
import type { Repository } from '../git/repository.ts';
import { headLogOf } from '../git/worktree.ts';
import type { Oid, TaskId } from '../run/event.ts';
import type { Trail } from './evidence.ts';

/** An attempt as the watch knows it. */
export interface Watched {
  task: TaskId;
  attempt: number;
  workspace: string;
  branch: string;
  base: Oid;
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt?: number;
  /** Where its branch was left, null when there is none; from then on nobody moves it for it. */
  head?: Oid | null;
  /** The look that follows its end. */
  looked?: Promise<void>;
}

/** What an attempt left that could point to it. */
export async function trailOf(
  repository: Repository,
  attempt: Watched,
  { deedsOf, shared }: { deedsOf(attempt: Watched): Promise<string[]>; shared: boolean },
): Promise<Trail> {
  const { workspace, branch, base, startedAt } = attempt;
  // Where many share a checkout, what its HEAD does is its user's doing.
  const log = shared ? { gitDir: null } : await headLogOf(repository, { path: workspace, startedAt });
  const moves = await headLog(log.gitDir, log.since);
  const commits = new Set(moves.map(({ to }) => to));
  const branches = new Set(moves.flatMap(({ how }) => /^checkout: moving from \S+ to (\S+)$/.exec(how)?.[1] ?? []));
  return { workspace, branch, base, deeds: await deedsOf(attempt), commits, branches };
}
