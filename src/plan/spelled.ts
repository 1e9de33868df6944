import { expandBraces } from '../scope/braces.ts';
import type { ScopeEntry } from '../scope/scope.ts';

/** One pair of braces with plain alternatives: nearly every pattern that has braces. */
const ONE_BRACE = /^([^{}\\]*)\{([^{}\\]*,[^{}\\]*)\}([^{}\\]*)$/;

/** The paths a pattern spells out with its braces; most patterns have none. */
export function spelledOut(pattern: string): string[] {
  if (!pattern.includes('{')) return [pattern];
  const [, head, middle, tail] = ONE_BRACE.exec(pattern) ?? [];
  if (middle === undefined || middle.length > 1000) return expandBraces(pattern);
  return middle.split(',').map((part) => `${head}${part}${tail}`);
}

const known = new WeakMap<ScopeEntry, string[]>();

/** The paths of an entry, spelled out once. */
export function pathsOf(entry: ScopeEntry): readonly string[] {
  if (!entry.pattern.includes('{')) return [entry.pattern];
  let paths = known.get(entry);
  if (!paths) {
    paths = spelledOut(entry.pattern);
    known.set(entry, paths);
  }
  return paths;
}

/** What every path of a pattern begins with, as far as it is plain text. */
export function plainStart(pattern: string): string {
  return /^[^*?[\]{}\\]*/.exec(pattern)![0].replace(/\/$/, '');
}

/** Whether a pattern is one file and nothing else: no wildcard, and an extension, so that it is no folder. */
export function isPlainFile(pattern: string): boolean {
  return !/[*?[\]{}\\]|^\.?\/|\/\/|\/\.\.?\//.test(pattern) && /[^/.][^/]*\.[^/.]+$/.test(pattern);
}
