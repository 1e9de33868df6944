import { compileGlob } from './glob.ts';
import { globCovers } from './match.ts';
import { contradictionsOf, scopesOverlap, writesOf } from './overlap.ts';
import type { Scope, ScopeEntry } from './scope.ts';

/** An entry of a scope from `src/a.ts` or `src/a.ts::Order`. */
export function entryFrom(text: string): ScopeEntry {
  const at = text.indexOf('::');
  const [pattern, symbol] = at <= 0 ? [text] : [text.slice(0, at), text.slice(at + 2).replace(/::|(?<=[^.:])#/g, '.')];
  return { pattern: pattern.replace(/^(?:\.\/)+/, ''), ...(symbol && { symbol }), note: 'granted', line: 1, column: 1 };
}

/** The scope with these entries, which may be created as well as modified. */
export function extendScope(scope: Scope, entries: readonly string[]): Scope {
  const more = entries.map(entryFrom).filter((entry) => !mayWrite(scope, entry));
  if (more.length === 0) return scope;
  return { ...scope, create: [...scope.create, ...more], modify: [...scope.modify, ...more] };
}

/** Whether a task may write all of this already. */
export function mayWrite(scope: Scope, { pattern, symbol }: ScopeEntry): boolean {
  const writes = writesOf(scope);
  if (writes.length === 0) return true;
  const { literal } = compileGlob(pattern);
  return writes.some((own) => {
    const covers = own.pattern === pattern || (literal !== null && globCovers(compileGlob(own.pattern), literal));
    return covers && (own.symbol === undefined || own.symbol === symbol || symbol?.startsWith(`${own.symbol}.`));
  });
}

/** Whether this lies in the task's own BOUNDARY, which wins over whatever is granted. */
export function isWalled(scope: Scope, entry: ScopeEntry): boolean {
  return contradictionsOf({ ...scope, create: [], modify: [entry] }).length > 0;
}

/** Whether another scope may write some of this. */
export function isOwnedBy(scope: Scope, entry: ScopeEntry): boolean {
  return scopesOverlap({ create: [], modify: [entry], boundary: [], prose: [] }, scope).length > 0;
}
