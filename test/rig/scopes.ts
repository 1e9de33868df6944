import type { Scope, ScopeEntry } from '../../src/scope/scope.ts';

/** A scope entry from `path` or `path::Symbol`. */
export function entry(text: string): ScopeEntry {
  const [pattern, symbol] = text.split('::') as [string, string | undefined];
  return { pattern, ...(symbol === undefined ? {} : { symbol }), line: 1, column: 1 };
}

/** A scope from lists of `path` or `path::Symbol`. */
export function scope(lists: { create?: string[]; modify?: string[]; boundary?: string[] }): Scope {
  const entries = (list: string[] | undefined) => (list ?? []).map(entry);
  return { create: entries(lists.create), modify: entries(lists.modify), boundary: entries(lists.boundary), prose: [] };
}
