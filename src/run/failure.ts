import type { Violation } from '../scope/scope.ts';

/** How an agent ended, by its own events and its exit; never by its exit code alone. */
export type Outcome =
  | 'success'
  | 'agent-error'
  | 'rate-limited'
  | 'auth'
  | 'overloaded'
  | 'network'
  | 'max-turns'
  | 'budget'
  | 'cancelled'
  | 'timeout'
  | 'stalled'
  | 'memory'
  | 'crashed'
  | 'lost';

/** Why an attempt, a wave or a run did not succeed. Data, with a code; text is made of it in `describeFailure` only. */
export type Failure =
  | { code: 'agent'; outcome: Exclude<Outcome, 'success'>; message: string; exit: number | null; signal: string | null }
  | { code: 'no-commits'; message: string }
  | { code: 'boundary-violation'; violations: Violation[] }
  | { code: 'scope-violation'; violations: Violation[] }
  | { code: 'merge-conflict'; paths: string[]; onto: string; messages: string[] }
  | { code: 'workspace'; message: string }
  /** The disk, or a quota on it, is full: no fault of the task. */
  | { code: 'no-space'; message: string }
  | { code: 'setup'; command: string; exit: number | null; tail: string }
  | { code: 'validation'; wave: number; command: string; exit: number | null; tail: string }
  | { code: 'dependencies'; command: string; exit: number | null; tail: string }
  | { code: 'internal'; message: string };

/** Whether a further attempt can help; a wrong key or a broken machine stays wrong. */
export function isRetryable(failure: Failure): boolean {
  switch (failure.code) {
    case 'agent':
      return failure.outcome !== 'auth' && failure.outcome !== 'cancelled';
    case 'no-commits':
    case 'boundary-violation':
    case 'scope-violation':
    case 'merge-conflict':
      return true;
    default:
      return false;
  }
}
