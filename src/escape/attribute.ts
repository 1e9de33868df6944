import { decode } from '../git/copied-index.ts';
import type { Repository } from '../git/repository.ts';
import type { Escape, EscapeChange, EscapePlace, Suspect } from '../run/escape.ts';
import type { Oid, TaskId } from '../run/event.ts';
import type { Difference, Own } from './compare.ts';
import { evidenceOf, type Trail } from './evidence.ts';
import { writesIntoSiblings } from './siblings.ts';
import { trailOf, type Watched } from './trail.ts';

export type Found = Omit<Escape, 'patch'>;

export interface Attribution {
  repository: Repository;
  workspaces: string;
  branches: ReadonlyMap<string, TaskId>;
  /** All attempts of this coordinator so far. */
  known: readonly Watched[];
  /** What attempts may do in the checkout. */
  checkout: Own['checkout'];
  unattended: boolean;
  deedsOf(attempt: Watched, about?: RegExp): Promise<string[]>;
  subjects(oids: readonly Oid[]): Promise<Map<Oid, string>>;
}

interface Finding {
  where: EscapePlace;
  change: EscapeChange;
  suspects: Suspect[];
}

/** Who did it: of the attempts that were alive, those that something points to, else all. One group for each answer. */
export async function attribute(
  difference: Difference,
  suspects: readonly Watched[],
  options: Attribution,
): Promise<Found[]> {
  const { repository, known, deedsOf, checkout } = options;
  const trails = new Map<Watched, Promise<Trail>>();
  const trail = (attempt: Watched) => {
    const found =
      trails.get(attempt) ?? trailOf(repository, attempt, { deedsOf, shared: typeof checkout === 'object' });
    trails.set(attempt, found);
    return found;
  };
  const findings: Finding[] = [];
  for (const [where, change] of changesIn(difference)) {
    const able = suspects.filter(({ task }) => where.is !== 'workspace' || where.task !== task);
    findings.push({ where, change, suspects: await judge(change, able, { ...options, trail }) });
  }
  for (const attempt of suspects.filter(({ endedAt }) => endedAt !== undefined)) {
    const { task, attempt: number } = attempt;
    for (const { sibling, path } of await writesIntoSiblings(attempt, { ...options, known, trail })) {
      const change = {
        kind: 'file' as const,
        path: Buffer.from(path, 'utf8').toString('latin1'),
        how: 'modified' as const,
      };
      const evidence = 'its transcript names the file';
      findings.push({
        where: { is: 'workspace', task: sibling },
        change,
        suspects: [{ task, attempt: number, evidence }],
      });
    }
  }
  return grouped(findings);
}

function changesIn({ files, shared, siblings }: Difference): [EscapePlace, EscapeChange][] {
  return [
    ...files.map((change): [EscapePlace, EscapeChange] => [{ is: 'checkout' }, change]),
    ...shared.map((change): [EscapePlace, EscapeChange] => [
      { is: change.kind === 'head' ? 'checkout' : 'refs' },
      change,
    ]),
    ...[...siblings].flatMap(([task, changes]) =>
      changes.map((change): [EscapePlace, EscapeChange] => [{ is: 'workspace', task }, change]),
    ),
  ];
}

async function judge(
  change: EscapeChange,
  suspects: readonly Watched[],
  { repository: { root }, unattended, subjects, trail }: Attribution & { trail(attempt: Watched): Promise<Trail> },
): Promise<Suspect[]> {
  const texts = change.kind === 'stash' ? await subjects(change.added) : new Map<Oid, string>();
  const readable = change.kind === 'file' ? { ...change, path: decode(change.path) } : change;
  const judged = await Promise.all(
    suspects.map(async (attempt) => ({
      task: attempt.task,
      attempt: attempt.attempt,
      evidence: evidenceOf(readable, await trail(attempt), { root, subjects: texts }),
    })),
  );
  const named = judged.filter(({ evidence }) => evidence !== null);
  if (named.length > 0) return named;
  const [only] = judged;
  return unattended && judged.length === 1 ? [{ ...only!, evidence: 'nobody else was there' }] : judged;
}

function grouped(findings: readonly Finding[]): Found[] {
  const groups = new Map<string, Found>();
  for (const { where, change, suspects } of findings) {
    if (suspects.length === 0) continue;
    // Not by the words of the evidence: what one attempt did is one escape.
    const key = JSON.stringify([
      where,
      suspects.map(({ task, attempt, evidence }) => [task, attempt, evidence !== null]),
    ]);
    const group = groups.get(key) ?? { where, suspects, changes: [] };
    group.changes.push(change);
    groups.set(key, group);
  }
  return [...groups.values()];
}
