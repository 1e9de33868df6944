import { once } from '../util/once.ts';
import { expandBraces } from './braces.ts';
import { compileGlob, type Glob } from './glob.ts';
import { type Budget, globsMeet, symbolsOverlap, writesOf } from './overlap.ts';
import type { Scope } from './scope.ts';

/** Pairs of steps that all comparisons together may walk. */
const MAX_WALK = 3_000_000;

/** One writer of a pattern. */
interface Owner {
  id: string;
  symbol: string | undefined;
}

interface Claimed {
  glob: Glob;
  owners: Owner[];
}

/**
 * Which tasks may write the same file: a symmetric map, holding only tasks that meet some other.
 * A thousand tasks take a moment: equal patterns are compared once, plain paths meet through a map of paths,
 * and a glob is tried only against patterns that can begin as it begins. What no effort decides counts as meeting.
 */
export function overlappingPairs(tasks: readonly { id: string; scope: Scope }[]): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>();
  const claimed = claims(tasks);
  for (const one of claimed.values()) joinWithin(pairs, one.owners);

  const literals: Literals = new Map();
  const globs: Claimed[] = [];
  for (const each of claimed.values()) {
    if (each.glob.literal === null) globs.push(each);
    else joinLiteral(pairs, literals, each);
  }
  joinBelow(pairs, literals);
  joinGlobs(pairs, globs, literals);
  return pairs;
}

function claims(tasks: readonly { id: string; scope: Scope }[]): Map<string, Claimed> {
  const claimed = new Map<string, Claimed>();
  for (const { id, scope } of tasks) {
    for (const { pattern: written, symbol } of writesOf(scope)) {
      // Spelled out, `{models,views}.py` is two plain paths.
      for (const pattern of expandBraces(written)) {
        const known = claimed.get(pattern);
        if (known) known.owners.push({ id, symbol });
        else claimed.set(pattern, { glob: compileGlob(pattern), owners: [{ id, symbol }] });
      }
    }
  }
  return claimed;
}

/** Plain paths by what they stand for: a file as it is, all below a folder with a `/` behind it. */
type Literals = Map<string, Claimed>;

const folderKey = (path: string) => `${path}/`;

/** `./a` and `a` are different text and one path: what stands there already meets the newcomer. So do a file and a folder of one name. */
function joinLiteral(pairs: Map<string, Set<string>>, literals: Literals, { glob, owners }: Claimed): void {
  const path = glob.literal!;
  const [own, other] = glob.below ? [folderKey(path), path] : [path, folderKey(path)];
  const known = literals.get(own)?.owners ?? [];
  joinAcross(pairs, [...known, ...(literals.get(other)?.owners ?? [])], owners);
  literals.set(own, { glob, owners: [...known, ...owners] });
}

/** Meets every path with the folders above it. */
function joinBelow(pairs: Map<string, Set<string>>, literals: Literals): void {
  if (!hasFolders(literals)) return;
  for (const { glob, owners } of literals.values()) {
    for (const above of foldersAbove(glob.literal!)) {
      joinAcross(pairs, literals.get(folderKey(above))?.owners ?? [], owners);
    }
  }
}

function hasFolders(literals: Literals): boolean {
  for (const key of literals.keys()) if (key.endsWith('/')) return true;
  return false;
}

function joinGlobs(pairs: Map<string, Set<string>>, globs: Claimed[], literals: Literals): void {
  const byPrefix = globs.toSorted((a, b) => compare(a.glob.prefix, b.glob.prefix));
  const candidates = indexPaths(literals);
  const anyFolders = hasFolders(literals);
  const budget: Budget = { left: MAX_WALK };
  const meet = (a: Claimed, b: Claimed) => {
    if (globsMeet(a.glob, b.glob, budget) !== null) joinAcross(pairs, a.owners, b.owners);
  };
  byPrefix.forEach((one, index) => {
    const prefix = one.glob.prefix;
    // Sorted, everything that begins with `prefix` stands together; what is shorter has met this one from its own side.
    for (let i = index + 1; byPrefix[i]?.glob.prefix.startsWith(prefix); i++) meet(one, byPrefix[i]!);
    for (const key of candidates(one.glob)) meet(one, literals.get(key)!);
    for (const above of anyFolders ? foldersAbove(prefix) : []) {
      const folder = literals.get(folderKey(above));
      if (folder) meet(one, folder);
    }
  });
}

/** So few are looked at as they are: to find out what ends alike takes longer. */
const FEW = 16;

/** Finds the keys of paths that begin as a glob begins, or of those that end as it ends, whichever are fewer. */
function indexPaths(literals: Literals): (glob: Glob) => string[] {
  const keys = [...literals.keys()];
  const folders = sortedIndex(keys.filter((key) => key.endsWith('/')));
  const files = keys.filter((key) => !key.endsWith('/'));
  const forwards = sortedIndex(files);
  const backwards = once(() => sortedIndex(files.map(reversed)));
  return (glob) => {
    // A folder ends in whatever lies below it, so that it is found by its beginning only.
    const inFolders = folders(glob.prefix);
    const starting = forwards(glob.prefix);
    if (starting.length <= FEW) return [...inFolders, ...starting];
    const ending = backwards()(reversed(glob.suffix || (glob.ends().tail[0]?.suffix ?? '')));
    return [...inFolders, ...(starting.length <= ending.length ? starting : ending.map(reversed))];
  };
}

/** Finds all texts that start with another. */
function sortedIndex(texts: string[]): (start: string) => string[] {
  const sorted = texts.toSorted(compare);
  return (start) => {
    const from = firstAtLeast(sorted, start);
    let to = from;
    while (sorted[to]?.startsWith(start)) to++;
    return sorted.slice(from, to);
  };
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function joinWithin(pairs: Map<string, Set<string>>, owners: Owner[]): void {
  owners.forEach((owner, index) => {
    joinAcross(pairs, [owner], owners.slice(index + 1));
  });
}

function joinAcross(pairs: Map<string, Set<string>>, left: Owner[], right: Owner[]): void {
  for (const a of left) {
    for (const b of right) {
      if (a.id === b.id || !symbolsOverlap(a.symbol, b.symbol)) continue;
      partnersOf(pairs, a.id).add(b.id);
      partnersOf(pairs, b.id).add(a.id);
    }
  }
}

function partnersOf(pairs: Map<string, Set<string>>, id: string): Set<string> {
  let partners = pairs.get(id);
  if (!partners) {
    partners = new Set();
    pairs.set(id, partners);
  }
  return partners;
}

/** `a/b/c` → `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let i = path.indexOf('/'); i > 0; i = path.indexOf('/', i + 1)) above.push(path.slice(0, i));
  return above;
}

function firstAtLeast(sorted: string[], wanted: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
