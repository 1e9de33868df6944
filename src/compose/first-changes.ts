import type { Judgement } from '../gate/gate.ts';
import type { Git } from '../git/git.ts';
import { isTreePath, readObjects } from '../git/objects.ts';
import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { Violation } from '../scope/scope.ts';

/**
 * A judgement whose violations all say a line: of a changed file where it begins to differ, of one that is new or gone its first.
 * Only what breaks a scope is read for it, and no process is started.
 */
export async function withLines(
  git: Git,
  { evidence, failure }: Judgement,
  range: { from: Oid; head: Oid },
): Promise<Judgement> {
  const found = evidence.flatMap(violationsIn).filter(({ line }) => line === undefined);
  if (found.length === 0) return { evidence, failure };
  const lines = await firstChanges(git, found, range);
  const placed = (all: readonly Violation[]) =>
    all.map((each) => (each.line === undefined ? { ...each, line: lines.get(each.path) ?? 1 } : each));
  return {
    evidence: evidence.map((each) => {
      const violations = violationsIn(each);
      return violations.length === 0
        ? each
        : { ...each, details: { ...each.details!, violations: placed(violations) } };
    }),
    failure:
      failure && 'violations' in failure
        ? ({ ...failure, violations: placed(failure.violations) } as Failure)
        : failure,
  };
}

function violationsIn({ gate, details }: Judgement['evidence'][number]): Violation[] {
  return gate === 'scope' ? ((details as { violations?: Violation[] } | undefined)?.violations ?? []) : [];
}

/** By path, 1-based, in the file as it is at `head`; those that cannot be told are left out. */
async function firstChanges(
  git: Git,
  violations: readonly Violation[],
  { from, head }: { from: Oid; head: Oid },
): Promise<Map<string, number>> {
  const paths = [
    ...new Set(
      violations
        .filter(({ kind }) => kind === 'modified')
        .map(({ path }) => path)
        .filter(isTreePath),
    ),
  ];
  const objects = await readObjects(
    git,
    paths.flatMap((path) => [`${from}:${path}`, `${head}:${path}`]),
  );
  return new Map(
    paths.flatMap((path) => {
      const [before, after] = [objects.get(`${from}:${path}`)?.bytes, objects.get(`${head}:${path}`)?.bytes];
      return before && after ? [[path, firstDifference(before, after)] as const] : [];
    }),
  );
}

/** The first line that differs; where only an end is gone, the last one that is left. */
export function firstDifference(before: Buffer, after: Buffer): number {
  const end = Math.min(before.length, after.length);
  let at = 0;
  let line = 1;
  for (; at < end && before[at] === after[at]; at++) if (after[at] === LINE_FEED) line += 1;
  const isPastEnd = at === after.length && at > 0 && after[at - 1] === LINE_FEED;
  return isPastEnd && line > 1 ? line - 1 : line;
}

const LINE_FEED = 0x0a;
