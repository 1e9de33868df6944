import type { Violation } from '../scope/scope.ts';
import type { BrokenContract } from './broken.ts';
import type { FailedCheck } from './check.ts';
import { type ContentFinding, isUnfit, type UnfitProblem } from './content.ts';
import type { Escape } from './escape.ts';

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
  /** Ended because the budget of the run was reached; goes on when that is raised. */
  | 'paused'
  | 'cancelled'
  | 'timeout'
  | 'stalled'
  | 'memory'
  | 'crashed'
  | 'lost';

/** An account has used up what it may use for now, as its agent said it. `resetsAt`: milliseconds since the epoch. */
export interface Limit {
  resetsAt: number | null;
  text: string;
}

/** What an agent asks to write besides its scope. `held`: why only a person can grant it; null when nobody else owns it. */
export interface AskedEntry {
  /** `src/a.ts`, `src/a.ts::Order`. */
  entry: string;
  reason: string;
  held: { by: 'task'; task: string } | { by: 'boundary' | 'sensitive' | 'plan' | 'pattern' } | null;
}

/** Why an attempt, a wave or a run did not succeed. Data, with a code; text is made of it in `describeFailure` only. */
export type Failure =
  | {
      code: 'agent';
      outcome: Exclude<Outcome, 'success'>;
      message: string;
      exit: number | null;
      signal: string | null;
      /** Its account is parked: no fault of the attempt. */
      limit?: Limit;
    }
  /** The task has cost what one task may; US dollars. */
  | { code: 'task-budget'; spent: number; limit: number }
  | { code: 'no-commits'; message: string }
  /** The agent says that the task needs more than its scope. */
  | { code: 'scope-request'; requests: AskedEntry[] }
  /** The branch does not continue the commit it was given. */
  | { code: 'history-rewritten'; message: string }
  /** The branch brings in commits of others that nobody has judged. `ref` has them, too. */
  | { code: 'foreign-commits'; commits: string[]; ref: string | null }
  /** Settings, hooks or the like of the repository, which everybody shares. */
  | { code: 'repository-changed'; names: string[] }
  /** A file that no branch may bring, whatever its scope says. */
  | { code: UnfitProblem; findings: ContentFinding[] }
  | { code: 'boundary-violation'; violations: Violation[] }
  | { code: 'scope-violation'; violations: Violation[] }
  /** Contracts are what others rely on while they work. */
  | { code: 'contract-changed'; paths: string[] }
  /** The code does otherwise than a contract says. */
  | { code: 'contract-broken'; contracts: BrokenContract[] }
  | { code: 'merge-conflict'; paths: string[]; onto: string; messages: string[] }
  /** It was to resolve a conflict in these, and did not: they are unmerged, or the other work is not in its history. */
  | { code: 'unresolved'; paths: string[]; message: string }
  /** With it merged, the project's own checks fail where they did not before; `with`: together with these only. */
  | { code: 'checks'; checks: FailedCheck[]; with: string[]; onto: string }
  /** Changed what is not in its workspace; the user's setting asks for this to fail. */
  | { code: 'escaped'; escapes: Pick<Escape, 'where' | 'changes'>[] }
  /** Items of its checklist that do not hold: commands that fail, a coverage that is not reached. */
  | { code: 'checklist'; items: { text: string; command: string | null; exit: number | null; tail: string }[] }
  /** A gate that the caller of the library brought says no. */
  | { code: 'gate'; gate: string; message: string }
  | { code: 'workspace'; message: string }
  /** The disk, or a quota on it, is full: no fault of the task. */
  | { code: 'no-space'; message: string }
  | { code: 'setup'; command: string; exit: number | null; tail: string }
  | { code: 'validation'; wave: number; command: string; exit: number | null; tail: string }
  | { code: 'dependencies'; command: string; exit: number | null; tail: string }
  | { code: 'internal'; message: string };

/** Ended for a reason that lies outside of the attempt: it costs none of the task's, and its agent may go on. */
export function isParked(failure: Failure): boolean {
  return failure.code === 'agent' && (failure.limit !== undefined || failure.outcome === 'paused');
}

/** Stopped by us, lost with the machine, a full disk: no fault of the agent either, but it begins anew. */
export function isOurDoing(failure: Failure): boolean {
  if (failure.code === 'no-space') return true;
  if (failure.code !== 'agent') return false;
  return isParked(failure) || failure.outcome === 'cancelled' || failure.outcome === 'lost';
}

/** Whether a further attempt can help; a wrong key or a broken machine stays wrong. */
export function isRetryable(failure: Failure): boolean {
  switch (failure.code) {
    case 'agent':
      return failure.outcome !== 'auth' && failure.outcome !== 'cancelled';
    case 'no-commits':
    case 'history-rewritten':
    case 'foreign-commits':
    case 'repository-changed':
    case 'boundary-violation':
    case 'scope-violation':
    case 'contract-changed':
    case 'contract-broken':
    case 'merge-conflict':
    case 'unresolved':
    case 'checks':
    case 'escaped':
    case 'checklist':
    case 'gate':
      return true;
    default:
      return isUnfit(failure.code);
  }
}
