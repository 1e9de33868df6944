import type { Findings } from './findings.ts';
import type { TaskId } from './plan.ts';
import type { Member, Roster } from './roster.ts';
import { type Located, type Place, show } from './text.ts';

/** Somebody's mention of a task, resolved. */
export interface Reference {
  id: TaskId;
  at: Place & { file: string };
}

/** References of one task. `deps` are edges: with `honorBlocks` those that only `blocks` names included. */
export interface Links {
  deps: Reference[];
  blocks: Reference[];
  conflicts: TaskId[];
}

/** Resolves deps, blocks and conflicts of all tasks through the one resolver; unknown and ambiguous ids are errors. */
export function resolveReferences(
  roster: Roster,
  { honorBlocks, found }: { honorBlocks: boolean; found: Findings },
): Map<TaskId, Links> {
  const follow = follower(roster, found);
  const links = new Map<TaskId, Links>();
  for (const member of roster.members) {
    const { draft, entry } = member;
    const file = draft?.file ?? 'manifest.json';
    const fromEntry = draft?.deps === undefined;
    const deps = draft?.deps ?? entry?.deps;
    const conflicts = [
      ...follow(draft?.conflicts ?? [], file, 'conflicts'),
      ...follow(entry?.conflicts ?? [], 'manifest.json', 'conflicts'),
    ];
    links.set(member.id, {
      deps: deps ? follow(deps, fromEntry ? 'manifest.json' : file, 'deps') : unsaid(member, roster, found),
      blocks: follow(draft?.blocks ?? [], file, 'blocks'),
      conflicts: conflicts.map(({ id }) => id).filter((id) => id !== member.id),
    });
  }
  mirrorConflicts(links);
  mirrorBlocks(links, { honorBlocks, found });
  return links;
}

/** Resolves mentions of tasks; what cannot be is reported and left out. */
export type Follow = (references: readonly Located<string>[], file: string, field: string) => Reference[];

export function follower({ resolve, aliases, left }: Roster, found: Findings): Follow {
  const noted = new Set(aliases);
  return (references, file, field) => {
    const seen = new Set<TaskId>();
    return references.flatMap(({ value, line, column }) => {
      const at = { file, line, column };
      const resolved = resolve(value);
      if (resolved.kind === 'ambiguous') {
        const candidates = resolved.candidates.join(', ');
        found.error('ambiguous-id', at, `${field}: ${show(value)} may be any of ${candidates}`, {
          hint: 'write the whole id',
        });
        return [];
      }
      if (resolved.kind === 'unknown') {
        const why = left.has(value) ? 'is not in the manifest' : 'is no task of this plan';
        const hint = resolved.near === undefined ? undefined : `did you mean ${resolved.near}?`;
        found.error('unknown-id', at, `${field}: ${show(value)} ${why}`, { hint });
        return [];
      }
      // One note for each name: a plan that writes short ids does so everywhere.
      if (resolved.kind === 'alias' && !noted.has(value)) {
        noted.add(value);
        found.note('id-alias', at, `${value} is taken for ${resolved.id}`);
      }
      if (seen.has(resolved.id)) return [];
      seen.add(resolved.id);
      return [{ id: resolved.id, at }];
    });
  };
}

/** A task file without `deps` waits for nothing; a task without a file, of which nothing is known, for the wave before it. */
function unsaid({ id, at, draft, wave }: Member, { members }: Roster, found: Findings): Reference[] {
  if (wave === undefined || wave <= 1) return [];
  if (draft) {
    found.warning('no-deps', at, `${id} of wave ${wave} names no deps, so it starts at once`, {
      hint: 'write deps: [] when that is meant',
    });
    return [];
  }
  const before = Math.max(0, ...new Set(members.map((other) => other.wave ?? 0).filter((number) => number < wave)));
  return members.filter((other) => other.wave === before).map((other) => ({ id: other.id, at }));
}

function mirrorConflicts(links: Map<TaskId, Links>): void {
  const both = new Map<TaskId, Set<TaskId>>();
  for (const [id, { conflicts }] of links) {
    for (const other of conflicts) {
      both.set(id, (both.get(id) ?? new Set()).add(other));
      both.set(other, (both.get(other) ?? new Set()).add(id));
    }
  }
  for (const [id, link] of links) link.conflicts = [...(both.get(id) ?? [])].sort();
}

/** `a blocks b` says what `b deps a` says; where only the former is written, deps win unless told otherwise. */
function mirrorBlocks(
  links: Map<TaskId, Links>,
  { honorBlocks, found }: { honorBlocks: boolean; found: Findings },
): void {
  const added: [Links, Reference][] = [];
  for (const [id, { blocks }] of links) {
    for (const { id: blocked, at } of blocks) {
      const other = links.get(blocked);
      if (!other || other.deps.some((dep) => dep.id === id)) continue;
      if (honorBlocks) added.push([other, { id, at }]);
      else {
        found.warning(
          'blocks-not-mirrored',
          at,
          `${id} blocks ${blocked}, but ${blocked} does not have it in its deps; deps count`,
          {
            hint: `add ${id} to the deps of ${blocked}, or pass --honor-blocks`,
          },
        );
      }
    }
  }
  for (const [link, reference] of added) link.deps.push(reference);
}
