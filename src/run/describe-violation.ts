import type { Violation } from '../scope/scope.ts';

/** What a violation is about: `apps/core/acl.py`, or a part of it with its line: `apps/core/acl.py:12 AclFilter.load`. */
export function violationPlace({ path, symbol, line }: Violation): string {
  return symbol === undefined ? path : `${path}:${line ?? 1} ${symbol}`;
}

/** The same with what was broken, for people. */
export function describeViolation(violation: Violation): string {
  const { kind, rule, entry } = violation;
  const place = violationPlace(violation);
  if (rule === 'sensitive') return `${place} (makes programs run for others)`;
  if (entry !== undefined) return `${place} (${entry})`;
  return kind === 'deleted' ? `${place} (deleted)` : place;
}
