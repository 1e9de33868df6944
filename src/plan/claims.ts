import { compileGlob } from '../scope/glob.ts';
import { overlappingPairs } from '../scope/pairs.ts';
import type { ScopeEntry } from '../scope/scope.ts';
import type { Task } from './plan.ts';
import { isPlainFile, pathsOf, plainStart } from './spelled.ts';

/** A glob is compared with every pattern that begins alike; a thousand tasks with folders of their own need some thousands. */
const MAX_GLOB_PAIRS = 200_000;

/** One file or glob that one task may write. `either`: from "Files to Create/Modify". */
export interface Claim {
  task: Task;
  kind: 'create' | 'modify' | 'either';
  path: string;
  symbol: string | undefined;
  entry: ScopeEntry;
}

/** What all tasks may write, in their order, with braces spelled out; what a task says twice counts once. */
export function claimsOf(tasks: readonly Task[]): Claim[] {
  const all: Claim[] = [];
  for (const task of tasks) {
    const { create, modify } = task.scope;
    // An entry of "Files to Create/Modify" stands in both lists.
    const inBoth = new Set(modify);
    const claims = new Map<string, Claim>();
    for (const entry of create) {
      const kind = inBoth.delete(entry) ? 'either' : 'create';
      addClaims(claims, { task, kind, path: '', symbol: undefined, entry });
    }
    for (const entry of inBoth) addClaims(claims, { task, kind: 'modify', path: '', symbol: entry.symbol, entry });
    for (const claim of claims.values()) all.push(claim);
  }
  return all;
}

function addClaims(claims: Map<string, Claim>, claim: Claim): void {
  for (const path of pathsOf(claim.entry)) {
    const key = `${claim.kind} ${path}::${claim.symbol ?? ''}`;
    if (!claims.has(key)) claims.set(key, { ...claim, path });
  }
}

/** For each pattern, those after it that have a path in common with it; null when there are too many to look at. */
export function meetingPaths(paths: readonly string[]): [string, string[]][] | null {
  const plain = paths.filter(isPlainFile).sort();
  const wide = paths
    .filter((path) => !isPlainFile(path))
    .map((path) => ({ path, start: plainStart(path) }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const looked = new Set<string>();
  let left = MAX_GLOB_PAIRS;
  // Sorted, what begins alike stands together; a pattern that nothing else begins like is alone.
  for (const [index, { path, start }] of wide.entries()) {
    for (let at = index + 1; wide[at]?.start.startsWith(start); at++) {
      if (left-- < 0) return null;
      looked.add(path).add(wide[at]!.path);
    }
    for (let at = firstAtLeast(plain, start); plain[at]?.startsWith(start); at++) {
      if (left-- < 0) return null;
      looked.add(path).add(plain[at]!);
    }
  }
  return pairs([...looked]);
}

function pairs(paths: readonly string[]): [string, string[]][] {
  const rank = new Map(paths.map((path, index) => [path, index]));
  const asTasks = paths.map((path) => ({
    id: path,
    scope: { create: [{ pattern: path, line: 1, column: 1 }], modify: [], boundary: [], prose: [] },
  }));
  return [...overlappingPairs(asTasks)].map(([one, others]) => [
    one,
    [...others].filter((other) => rank.get(one)! < rank.get(other)!),
  ]);
}

/** The index of the first of the sorted texts that is not less than `text`. */
function firstAtLeast(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a pattern is one file, so that an overlap with it is that file. */
export function namesOneFile(path: string): boolean {
  if (isPlainFile(path)) return true;
  const { literal, below } = compileGlob(path);
  return literal !== null && !below;
}

/** Claims on one path, as far as they were looked at. */
export interface Seen {
  creates: Claim[];
  waves: Map<number, { all: Claim[]; whole: Claim[]; bySymbol: Map<string, Claim[]> }>;
}

/** All claims on one path, at hand by wave and symbol. */
export function seeAll(claims: readonly Claim[]): Seen {
  const seen = nothingSeen();
  for (const claim of claims) remember(seen, claim);
  return seen;
}

export function nothingSeen(): Seen {
  return { creates: [], waves: new Map() };
}

export function remember({ creates, waves }: Seen, claim: Claim): void {
  const wave = waves.get(claim.task.wave) ?? { all: [], whole: [], bySymbol: new Map<string, Claim[]>() };
  waves.set(claim.task.wave, wave);
  wave.all.push(claim);
  if (claim.kind === 'create') creates.push(claim);
  if (claim.symbol === undefined) wave.whole.push(claim);
  else
    for (const symbol of [...outerSymbols(claim.symbol), claim.symbol]) {
      const list = wave.bySymbol.get(symbol);
      if (list) list.push(claim);
      else wave.bySymbol.set(symbol, [claim]);
    }
}

/** Claims seen that could be at odds with this one: a thousand tasks may each own a symbol of one file. */
export function* rivalsOf({ creates, waves }: Seen, claim: Claim): Generator<Claim> {
  if (claim.kind === 'create') yield* creates;
  const wave = waves.get(claim.task.wave);
  if (!wave) return;
  if (claim.symbol === undefined) return yield* wave.all;
  yield* wave.whole;
  yield* wave.bySymbol.get(claim.symbol) ?? [];
  for (const outer of outerSymbols(claim.symbol)) {
    for (const other of wave.bySymbol.get(outer) ?? []) if (other.symbol === outer) yield other;
  }
}

/** `A.b.c` → `A`, `A.b`. */
function outerSymbols(symbol: string): string[] {
  const outer: string[] = [];
  for (let at = symbol.indexOf('.'); at > 0 && outer.length < 10; at = symbol.indexOf('.', at + 1)) {
    outer.push(symbol.slice(0, at));
  }
  return outer;
}
