import { describeFailure } from '../run/describe.ts';
import type { AttemptResult } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { Gate } from './gate.ts';

/** The agent's own result event says success, and it came to an agent at all. */
export const agent: Gate = ({ result }) => {
  const { outcome, message, exit, signal } = result;
  const failure = failureOf(result);
  return {
    evidence: {
      gate: 'agent',
      verdict: failure ? 'fail' : 'pass',
      summary: failure ? describeFailure(failure) : 'the agent reported success',
      details: { outcome, exit, signal, message },
    },
    failure,
  };
};

function failureOf({ failure, outcome, message, exit, signal, limit }: AttemptResult): Failure | null {
  if (failure) return failure;
  return outcome === 'success' ? null : { code: 'agent', outcome, message, exit, signal, ...(limit && { limit }) };
}
