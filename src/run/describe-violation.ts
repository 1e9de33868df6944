import type { Violation } from '../scope/scope.ts';

/** What a violation is about: `README.md`, `config/urls.py:12`, or a part of a file: `apps/core/acl.py:12 AclFilter.load`. */
export function violationPlace({ path, kind, symbol, line }: Violation): string {
  if (symbol !== undefined) return `${path}:${line ?? 1} ${symbol}`;
  // A file that is new or gone is meant as a whole.
  return kind === 'modified' && line !== undefined ? `${path}:${line}` : path;
}

/** The same with what was broken, for people. */
export function describeViolation(violation: Violation): string {
  const { kind, rule, entry } = violation;
  const place = violationPlace(violation);
  if (rule === 'sensitive') return `${place} (makes programs run for others)`;
  if (entry !== undefined) return `${place} (${entry})`;
  return kind === 'deleted' ? `${place} (deleted)` : place;
}
