import type { Failure } from '../run/failure.ts';
import type { AttemptFacts, Gate } from './gate.ts';

/** The branch continues the commit it was given, and holds no work of others that nobody has judged. */
export const history: Gate = (facts) => {
  const failure = failureOf(facts);
  const { foreign, integrated, ref } = facts.origin;
  return {
    evidence: {
      gate: 'history',
      verdict: failure ? 'fail' : integrated.length > 0 ? 'warn' : 'pass',
      summary: summarize(failure, integrated.length),
      details: { descends: facts.descends, foreign: foreign.slice(0, 100), ref, integrated: integrated.slice(0, 100) },
    },
    failure,
  };
};

function failureOf({ descends, origin, result, base }: AttemptFacts): Failure | null {
  if (result.head === null) return null; // there is nothing to read, which the next gate says
  if (!descends) {
    const message = `${result.head.slice(0, 12)} does not continue ${base.slice(0, 12)}, which the attempt began from`;
    return { code: 'history-rewritten', message };
  }
  const { foreign, ref } = origin;
  return foreign.length === 0 ? null : { code: 'foreign-commits', commits: foreign.slice(0, 100), ref };
}

function summarize(failure: Failure | null, integrated: number): string {
  if (failure?.code === 'history-rewritten') return failure.message;
  if (failure?.code === 'foreign-commits') return `holds commits of ${failure.ref ?? 'others'} that nobody has judged`;
  if (integrated > 0) return `the agent merged the integration branch: ${integrated} commits that are in already`;
  return 'continues the commit it was given';
}
