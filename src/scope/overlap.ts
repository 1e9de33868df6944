import { has, intersect, sample } from './charset.ts';
import { compileGlob, type Glob } from './glob.ts';
import { closure, type Machine } from './machine.ts';
import { globCovers } from './match.ts';
import type { Scope, ScopeEntry } from './scope.ts';
import { endsMayMeet } from './segments.ts';

/** Pairs of steps looked at before two patterns count as overlapping; real ones need some hundred. */
const MAX_PAIRS = 200_000;

/** Whether some path is covered by both patterns, read as CREATE or MODIFY lines. */
export function patternsOverlap(a: string, b: string): boolean {
  return commonPath(a, b) !== null;
}

/** A shortest path that both patterns cover, to show to people; null when there is none. */
export function commonPath(a: string, b: string): string | null {
  return globsMeet(compileGlob(a), compileGlob(b));
}

/** Whether two symbols of one file meet: `undefined` is the whole file, `Class` holds `Class.method`. */
export function symbolsOverlap(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Where the writes of two tasks meet. */
export interface ScopeOverlap {
  /** A path that both may write. */
  path: string;
  a: ScopeEntry;
  b: ScopeEntry;
}

/** All pairs of CREATE and MODIFY lines of two tasks that meet; different symbols of one file do not. */
export function scopesOverlap(a: Scope, b: Scope): ScopeOverlap[] {
  const ours = writesOf(a).map((entry) => ({ entry, glob: compileGlob(entry.pattern) }));
  const theirs = writesOf(b).map((entry) => ({ entry, glob: compileGlob(entry.pattern) }));
  return ours.flatMap((one) =>
    theirs.flatMap((other) => {
      if (!symbolsOverlap(one.entry.symbol, other.entry.symbol)) return [];
      const path = globsMeet(one.glob, other.glob);
      return path === null ? [] : [{ path, a: one.entry, b: other.entry }];
    }),
  );
}

/** Lines of one scope that ask for what its own BOUNDARY forbids: no attempt could ever meet both. */
export function contradictionsOf(scope: Scope): ScopeOverlap[] {
  const walls = scope.boundary.map((entry) => ({ entry, glob: compileGlob(entry.pattern, 'boundary') }));
  return writesOf(scope).flatMap((entry) => {
    const glob = compileGlob(entry.pattern);
    return walls.flatMap((wall) => {
      // `src/*` beside BOUNDARY `src/a/*` is an exception, not a contradiction: only a line that is forbidden as a whole is one.
      const forbidden = glob.literal !== null && globCovers(wall.glob, glob.literal);
      const met = forbidden && symbolsOverlap(entry.symbol, wall.entry.symbol);
      return met ? [{ path: glob.literal!, a: entry, b: wall.entry }] : [];
    });
  });
}

/** Everything a task may write. */
export function writesOf(scope: Scope): ScopeEntry[] {
  return [...scope.create, ...scope.modify];
}

/** What may be spent on walking, for one pair or for many. */
export interface Budget {
  /** Pairs of steps. */
  left: number;
}

/**
 * A shortest path that both patterns cover, by a breadth-first walk through both machines at once, over well-formed paths only
 * (no empty segment). Past the budget it gives the first pattern: two tasks kept apart for nothing cost time, a missed overlap
 * costs a conflict.
 */
export function globsMeet(a: Glob, b: Glob, budget: Budget = { left: MAX_PAIRS }): string | null {
  if (a.literal !== null && b.literal !== null) return plainPathsMeet(a, b);
  if (!(a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix))) return null;
  if (!(a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix)) || !endsMayMeet(a.ends(), b.ends())) return null;
  if (a.literal !== null && globCovers(b, a.literal)) return a.literal;
  if (b.literal !== null && globCovers(a, b.literal)) return b.literal;
  return walkBoth(a.machine(), b.machine(), budget) ?? (budget.left <= 0 ? a.pattern : null);
}

function plainPathsMeet(a: Glob, b: Glob): string | null {
  if (globCovers(b, a.literal!)) return a.literal;
  return globCovers(a, b.literal!) ? b.literal : null;
}

interface Place {
  /** Steps of the two machines that consume or accept. */
  a: number;
  b: number;
  /** The next character begins a segment, and must not be `/`. */
  fresh: boolean;
  text: string;
}

function walkBoth(a: Machine, b: Machine, budget: Budget): string | null {
  const seen = new Set<number>();
  const queue: Place[] = [];
  const ends = { a: closures(a), b: closures(b) };
  const reach = (nextA: number, nextB: number, fresh: boolean, text: string) => {
    for (const idA of ends.a(nextA)) {
      for (const idB of ends.b(nextB)) {
        const key = (idA * b.steps.length + idB) * 2 + (fresh ? 1 : 0);
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ a: idA, b: idB, fresh, text });
      }
    }
  };
  reach(a.start, b.start, true, '');
  for (const place of queue) {
    if (place.a === a.accept && place.b === b.accept && !place.fresh) return place.text;
    if (budget.left-- <= 0) return null;
    const [stepA, stepB] = [a.steps[place.a]!, b.steps[place.b]!];
    if (!('set' in stepA && 'set' in stepB)) continue;
    const shared = intersect(stepA.set, stepB.set);
    const char = sample(shared);
    if (char !== null) reach(stepA.next, stepB.next, false, place.text + char);
    if (!place.fresh && has(shared, 0x2f)) reach(stepA.next, stepB.next, true, `${place.text}/`);
  }
  return null;
}

/** The consuming and accepting steps behind a step, remembered. */
function closures(machine: Machine): (id: number) => number[] {
  const known = new Map<number, number[]>();
  return (id) => {
    let list = known.get(id);
    if (!list) {
      list = [...closure(machine, [id])].filter((each) => each === machine.accept || 'set' in machine.steps[each]!);
      known.set(id, list);
    }
    return list;
  };
}
