import type { RawChange } from './diff.ts';

/** What a side of a merge touches, to tell cheaply and on the safe side whether two sides have anything to do with each other. */
export interface Footprint {
  paths: Set<string>;
  /** Every folder above a path. */
  folders: Set<string>;
  adds: boolean;
  deletes: boolean;
}

export function emptyFootprint(): Footprint {
  return { paths: new Set(), folders: new Set(), adds: false, deletes: false };
}

export function footprintOf(changes: readonly RawChange[]): Footprint {
  const footprint = emptyFootprint();
  addTo(footprint, changes);
  return footprint;
}

export function addTo(footprint: Footprint, changes: readonly RawChange[]): void {
  for (const { path, status } of changes) {
    footprint.paths.add(path);
    for (const folder of foldersAbove(path)) footprint.folders.add(folder);
    if (status === 'A') footprint.adds = true;
    if (status === 'D') footprint.deletes = true;
  }
}

/**
 * False only when merging both is the same as applying both: no path in common, no path that is a folder on the other
 * side, and no chance that one side renamed a folder into which the other put a new file.
 */
export function meet(a: Footprint, b: Footprint): boolean {
  if (mayRename(a) && b.adds) return true;
  if (mayRename(b) && a.adds) return true;
  const [small, large] = a.paths.size <= b.paths.size ? [a, b] : [b, a];
  for (const path of small.paths) {
    if (large.paths.has(path) || large.folders.has(path)) return true;
    for (const folder of foldersAbove(path)) if (large.paths.has(folder)) return true;
  }
  return false;
}

/**
 * For each of several branches, by its place, the others that touch the same paths, or that put a file where it has a folder:
 * merged with one of these, it may conflict.
 */
export function overlapsOf(footprints: readonly Footprint[]): Set<number>[] {
  const touching = new Map<string, number[]>();
  for (const [at, { paths }] of footprints.entries()) {
    for (const path of paths) touching.set(path, [...(touching.get(path) ?? []), at]);
  }
  const overlaps = footprints.map(() => new Set<number>());
  const overlap = (a: number, others: readonly number[] = []) => {
    for (const b of others) {
      if (a === b) continue;
      overlaps[a]!.add(b);
      overlaps[b]!.add(a);
    }
  };
  for (const [at, { paths, folders }] of footprints.entries()) {
    for (const path of [...paths, ...folders]) overlap(at, touching.get(path));
  }
  return overlaps;
}

/** git finds a rename only between a deleted and an added path. */
function mayRename({ adds, deletes }: Footprint): boolean {
  return adds && deletes;
}

/** The folders that a path is in, the nearest first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.push(path.slice(0, at));
  return folders;
}
