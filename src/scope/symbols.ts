import { compileGlob, type Glob } from './glob.ts';
import { globCovers } from './match.ts';
import type { Change, Scope, ScopeEntry } from './scope.ts';

/** A part of a file that a diff touches. */
export interface Touched {
  /** `Class.method` of a definition; null for the rest of the file, its imports aside. */
  symbol: string | null;
  /** How many of its first names are namespaces, which a scope may leave out. */
  namespaces: number;
  change: 'added' | 'removed' | 'modified';
  /** 1-based; in the file as it is now, of what was removed in the file as it was. */
  line: number;
}

/**
 * What a diff does to one file: which parts it touches, or why nobody can tell. `wording`: no part and no import, only comments, space
 * or the order of definitions. `broken`: at its base one could.
 */
export type FileSymbols = { touched: Touched[]; wording?: true } | { unknown: string; broken?: true };

/** What is known about the files whose symbols a scope names, by path. */
export type SymbolFacts = ReadonlyMap<string, FileSymbols>;

/** Changed files that must be looked into: of these the scope names parts, and neither allows nor forbids all of them. */
export function filesWithSymbols({ create, modify, boundary }: Scope, changes: readonly Change[]): string[] {
  const named = [...create, ...modify, ...boundary].filter(({ symbol }) => symbol !== undefined);
  if (named.length === 0) return [];
  const globs = [...globsOf(create, 'write'), ...globsOf(modify, 'write'), ...globsOf(boundary, 'boundary')];
  const wanted = globs.filter(({ entry }) => entry.symbol !== undefined);
  return changes.flatMap(({ path }) => (wanted.some(({ glob }) => globCovers(glob, path)) ? [path] : []));
}

/** Whether a symbol of a scope covers a part of a file: the definition of that name, and all in it. */
export function symbolCovers(symbol: string, touched: Touched): boolean {
  if (touched.symbol === null) return false;
  const names = touched.symbol.split('.');
  for (let left = 0; left <= Math.min(touched.namespaces, names.length - 1); left++) {
    const path = names.slice(left).join('.');
    if (path === symbol || path.startsWith(`${symbol}.`)) return true;
  }
  return false;
}

function globsOf(entries: readonly ScopeEntry[], reading: 'write' | 'boundary'): { entry: ScopeEntry; glob: Glob }[] {
  return entries.map((entry) => ({ entry, glob: compileGlob(entry.pattern, reading) }));
}
