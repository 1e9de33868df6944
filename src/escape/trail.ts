import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { worktreeGitDir } from '../git/worktree.ts';
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
  deedsOf: (attempt: Watched) => Promise<string[]>,
): Promise<Trail> {
  const { workspace, branch, base } = attempt;
  const gitDir = await worktreeGitDir(repository, workspace);
  const log = gitDir === null ? '' : await readFile(join(gitDir, 'logs/HEAD'), 'utf8').catch(() => '');
  const commits = new Set(log.split('\n').flatMap((line) => /^[0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? []));
  const branches = new Set([...log.matchAll(/\tcheckout: moving from \S+ to (\S+)$/gm)].map((match) => match[1]!));
  return { workspace, branch, base, deeds: await deedsOf(attempt), commits, branches };
}
