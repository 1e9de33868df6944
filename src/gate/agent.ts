import { describeFailure } from '../run/describe.ts';
import type { AttemptResult } from '../run/event.ts';
import type { AskedEntry, Failure } from '../run/failure.ts';
import type { Gate } from './gate.ts';

/** The agent's own result event says success, it came to an agent at all, and that one does not ask for more than its scope. */
export const agent: Gate = ({ result, asks }) => {
  const { outcome, message, exit, signal } = result;
  const failure = failureOf(result) ?? askedFor(result, asks);
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

/** Who says the task is completed does not need what it asks for: that is told beside the claim. */
function askedFor({ claim }: AttemptResult, requests: AskedEntry[]): Failure | null {
  return requests.length === 0 || claim?.task_completed === true ? null : { code: 'scope-request', requests };
}
