import { type Footprint, overlapsOf } from './footprint.ts';

/** Of more branches that hang together, a good choice is found quickly, the best one is not looked for. */
const MOST_EXACT = 20;

/**
 * In which order branches are merged so that most of them are, when each two that touch the same paths conflict: first those
 * that touch nothing of another, then as many as there are of which no two meet, then the rest; those with the fewest others
 * first, and equal ones as they come.
 * @param footprints null: not known, and so merged last
 * @returns the places of all branches in `footprints`. Pure.
 */
export function mergeOrder(footprints: readonly (Footprint | null)[]): number[] {
  const known = [...footprints.keys()].filter((at) => footprints[at] !== null);
  const overlaps = overlapsOf(known.map((at) => footprints[at]!));
  if (overlaps.every(({ size }) => size === 0)) return [...known, ...unknownOf(footprints)];
  const all = [...known.keys()].sort((a, b) => overlaps[a]!.size - overlaps[b]!.size || a - b);
  const alone = all.filter((at) => overlaps[at]!.size === 0);
  const others = all.slice(alone.length);
  const first = new Set(componentsOf(others, overlaps).flatMap((component) => apart(component, overlaps)));
  const ordered = [...alone, ...others.filter((at) => first.has(at)), ...others.filter((at) => !first.has(at))];
  return [...ordered.map((at) => known[at]!), ...unknownOf(footprints)];
}

const unknownOf = (footprints: readonly (Footprint | null)[]) =>
  [...footprints.keys()].filter((at) => footprints[at] === null);

type Overlaps = readonly ReadonlySet<number>[];

/** Those that hang together, over any number of others; in their order. */
function componentsOf(all: readonly number[], overlaps: Overlaps): number[][] {
  const seen = new Set<number>();
  return all.flatMap((start) => {
    if (seen.has(start)) return [];
    const component = new Set([start]);
    for (const at of component) for (const other of overlaps[at]!) component.add(other);
    for (const at of component) seen.add(at);
    return [all.filter((at) => component.has(at))];
  });
}

/** As many of these as possible of which no two meet. */
function apart(all: readonly number[], overlaps: Overlaps): number[] {
  return all.length <= MOST_EXACT ? mostApart(all, overlaps) : quicklyApart(all, overlaps);
}

function mostApart(all: readonly number[], overlaps: Overlaps): number[] {
  const degree = (at: number) => all.filter((other) => overlaps[at]!.has(other)).length;
  const [busiest, others] = all
    .map((at): [number, number] => [at, degree(at)])
    .reduce((most, each) => (each[1] >= most[1] ? each : most), [-1, 0]);
  if (others === 0) return [...all];
  const rest = all.filter((at) => at !== busiest);
  const without = mostApart(rest, overlaps);
  const withIt = mostApart(
    rest.filter((at) => !overlaps[busiest]!.has(at)),
    overlaps,
  );
  return withIt.length + 1 > without.length ? [...withIt, busiest] : without;
}

function quicklyApart(all: readonly number[], overlaps: Overlaps): number[] {
  const chosen = new Set<number>();
  for (const at of all) if (![...overlaps[at]!].some((other) => chosen.has(other))) chosen.add(at);
  return [...chosen];
}
