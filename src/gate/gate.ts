import type { Inspection } from '../git/inspect.ts';
import type { Plan, Task } from '../plan/plan.ts';
import type { AttemptResult, Evidence, Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { ScopePolicy } from '../scope/scope.ts';

/** What gates judge an attempt by: measured, with the agent's claim beside it. */
export interface AttemptFacts extends Inspection {
  task: Task;
  base: Oid;
  result: AttemptResult;
  /** No other attempt was under way at the same time. */
  alone: boolean;
  /** Paths of the plan folder inside the repository, which no task may change. */
  planPath: string | null;
  policy: ScopePolicy;
  /** Globs that are never out of scope, besides lockfiles and the like. */
  allow: string[];
}

export interface Judgement {
  evidence: Evidence[];
  /** Null: the attempt may land. */
  failure: Failure | null;
}

/** One check of an attempt; pure over the facts, so that it can be tested without git. */
export type Gate = (facts: AttemptFacts) => { evidence: Evidence; failure: Failure | null };

export type { Plan };
