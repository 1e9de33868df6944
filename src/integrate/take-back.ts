import type { Git } from '../git/git.ts';
import { countCommits, isAncestor, log } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import type { LandingHow, Oid } from '../run/event.ts';
import { type Block, findPlace, moveBranch, obstacleTo } from './branch-move.ts';

export interface TakeBack {
  repository: Repository;
  /** Short name of the branch. */
  target: string;
  /** The landing: the branch was at `from`, and became `to`. */
  landing: { from: Oid; to: Oid; how: LandingHow };
  /** Paths relative to the top that copse itself writes there; a change of them is no dirt. */
  outputs: readonly string[];
  /** Nothing is moved. */
  dryRun?: boolean;
}

export type TakenBack =
  /** `already`: it was there before; somebody else took it back, or we did, and were killed. */
  | { undone: true; already: boolean; checkout: string | null }
  | { undone: false; why: 'no-branch' }
  | { undone: false; why: 'dry-run'; checkout: string | null }
  /** Commits came on top of it: the latest of them, and what would take it back with one more. */
  | { undone: false; why: 'grown'; commits: { oid: Oid; subject: string }[]; more: number; command: string }
  /** The branch does not hold what landed any more. */
  | { undone: false; why: 'gone'; actual: Oid | null }
  | ({ undone: false; checkout: string } & Block);

const SHOWN = 5;

/** Puts a branch back to where it was before a landing, if nothing came since, and its checkout with it, if nothing can get lost. */
export async function takeBackTarget(request: TakeBack): Promise<TakenBack> {
  const { repository, target, landing, outputs } = request;
  const { git } = repository;
  const { from, to } = landing;
  const place = await findPlace(repository, target);
  if (place === null) return { undone: false, why: 'no-branch' };
  const { at, checkout, stuck } = place;
  if (stuck !== null) return { undone: false, checkout: checkout!, ...stuck };
  if (at === from) return { undone: true, already: true, checkout };
  if (at !== to)
    return (await isAncestor(git, to, at)) ? grown(git, at, landing) : { undone: false, why: 'gone', actual: at };
  const obstacle = await obstacleTo(repository, place, { to: from, outputs });
  if (obstacle !== null) return { undone: false, checkout: checkout!, ...obstacle };
  if (request.dryRun) return { undone: false, why: 'dry-run', checkout };
  const moved = await moveBranch(repository, place, { to: from, reason: 'copse: integrate --undo', back: true });
  if (moved.ok) return { undone: true, already: false, checkout };
  if (!moved.moved) return { undone: false, checkout: checkout!, ...moved.block };
  return { undone: false, why: 'gone', actual: moved.actual };
}

async function grown(git: Git, at: Oid, landing: TakeBack['landing']): Promise<TakenBack> {
  const { to } = landing;
  const [latest, count] = await Promise.all([log(git, to, at, { limit: SHOWN }), countCommits(git, to, at)]);
  const commits = latest.map(({ oid, subject }) => ({ oid, subject }));
  return { undone: false, why: 'grown', commits, more: count - commits.length, command: await revertOf(git, landing) };
}

/** The command that takes back what a landing brought, with commits of its own. */
async function revertOf(git: Git, { from, to, how }: TakeBack['landing']): Promise<string> {
  switch (how) {
    case 'merge':
      return `git revert -m 1 ${to}`;
    case 'squash':
      return `git revert ${to}`;
    case 'rebase':
      return `git revert ${from}..${to}`;
    case 'fast-forward': {
      const line = await log(git, from, to, { firstParent: true });
      if (line.every(({ parents }) => parents.length > 1)) return `git revert -m 1 --first-parent ${from}..${to}`;
      return `git diff --binary ${to} ${from} | git apply --index --3way && git commit -m 'Revert ${from.slice(0, 9)}..${to.slice(0, 9)}'`;
    }
  }
}
