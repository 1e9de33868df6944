import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { mergeBase } from './history.ts';
import { mergeInTurn, walkBack } from './merge-many.ts';

/** Where the work of a branch begins. */
export interface BranchStart {
  /** Where it left the history of the target. */
  base: Oid;
  /** What is its own is what differs from this: its base, or the other branches that it was built on. */
  start: Oid;
  /** Places of the other branches that it holds. */
  on: number[];
  /** Its own commits and those of the branches it holds. */
  commits: number;
}

/** Null for one that has nothing in common with the target. */
export async function branchStarts(git: Git, onto: Oid, heads: readonly Oid[]): Promise<(BranchStart | null)[]> {
  if (heads.length === 0) return [];
  const input = [...heads, `^${onto}`].map((revision) => `${revision}\n`).join('');
  const lines = (await git.text(['rev-list', '--parents', '--stdin'], { input })).split('\n').filter(Boolean);
  const parents = new Map(lines.map((line) => line.split(' ')).map(([oid, ...above]) => [oid!, above]));
  const walks = heads.map((head) => walkBack(head, parents));
  const held = walks.map(({ own }, at) => {
    const commits = new Set(own);
    // Of two that are the same, the later one is built on the earlier one.
    return heads.flatMap((head, other) => (commits.has(head) && (head !== heads[at] || other < at) ? [other] : []));
  });
  const starts: (BranchStart | null)[] = [];
  for (const [at, head] of heads.entries()) {
    const { own, border } = walks[at]!;
    const base = border.length === 1 ? border[0]! : await mergeBase(git, onto, head);
    const on = held[at]!;
    const last = on.filter((other) => !on.some((each) => each !== other && held[each]!.includes(other)));
    const start =
      base === null
        ? null
        : await together(
            git,
            base,
            last.map((other) => heads[other]!),
          );
    starts.push(base === null ? null : { base, start: start!, on, commits: own.length });
  }
  return starts;
}

/** One commit that holds them all; where they do not merge, whatever is in them counts as the work of who holds them. */
async function together(git: Git, base: Oid, heads: readonly Oid[]): Promise<Oid> {
  const [first, ...rest] = heads;
  if (first === undefined || rest.length === 0) return first ?? base;
  const branches = rest.map((head) => ({ head, message: 'copse: what a branch was built on' }));
  const { tip, results } = await mergeInTurn(git, first, branches);
  return results.every(({ clean }) => clean) ? tip : base;
}
