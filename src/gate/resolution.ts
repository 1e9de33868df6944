import { describeFailure, listed, oneLine } from '../run/describe.ts';
import type { Failure } from '../run/failure.ts';
import { judgeResolution } from '../scope/judge-resolution.ts';
import type { AttemptFacts, Gate, Resolution } from './gate.ts';
import { scopeRules } from './scope.ts';

/** Violations kept in a journal line. */
const MAX_KEPT = 100;

/** A conflict was resolved: both sides are merged, no marker is left, and nothing else was changed than the scopes of both allow. */
export const resolution: Gate = (facts) => {
  const measured = facts.resolution!;
  const failure = failureOf(facts, measured);
  const { conflicted, changes } = measured;
  const summary = `resolved ${listed(conflicted, 3)}; ${changes.length} changed beyond the merge of git`;
  return {
    evidence: {
      gate: 'resolution',
      verdict: failure ? 'fail' : 'pass',
      summary: failure ? describeFailure(failure) : oneLine(summary, 600),
      details: {
        conflicted: conflicted.slice(0, MAX_KEPT),
        marked: measured.marked.slice(0, MAX_KEPT),
        ...(failure && 'violations' in failure && { violations: failure.violations }),
      },
    },
    failure,
  };
};

function failureOf(facts: AttemptFacts, { merged, conflicted, marked, ...rest }: Resolution): Failure | null {
  if (facts.result.head === null) return null; // the next gate says so
  if (!merged) {
    const paths = (marked.length > 0 ? marked : conflicted).slice(0, MAX_KEPT);
    return { code: 'unresolved', paths, message: 'the merge was not brought to its end' };
  }
  if (marked.length > 0) {
    const detail = 'a line of a conflict marker';
    const findings = marked.slice(0, MAX_KEPT).map((path) => ({ path, problem: 'conflict-markers' as const, detail }));
    return { code: 'conflict-markers', findings };
  }
  const violations = judgeResolution(rest.changes, { scopes: rest.scopes, conflicted }, scopeRules(facts));
  return violations.length === 0 ? null : { code: 'scope-violation', violations: violations.slice(0, MAX_KEPT) };
}
