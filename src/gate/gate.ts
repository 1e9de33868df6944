import type { Inspection } from '../git/inspect.ts';
import type { Task } from '../plan/plan.ts';
import type { AttemptResult, Evidence, Oid } from '../run/event.ts';
import type { AskedEntry, Failure } from '../run/failure.ts';
import type { Change, Scope, ScopePolicy } from '../scope/scope.ts';
import type { SymbolFacts } from '../scope/symbols.ts';

/** What gates judge an attempt by: measured, with the agent's claim beside it. */
export interface AttemptFacts extends Inspection {
  task: Task;
  base: Oid;
  result: AttemptResult;
  /** No other attempt was under way at the same time. */
  alone: boolean;
  /** Paths of the plan folder inside the repository, which no task may change. */
  planPath: string | null;
  /** Contracts, which no task may change. */
  contracts: LockedContract[];
  policy: ScopePolicy;
  /** What the agent asks to write besides the scope of the task, if it does. */
  asks: AskedEntry[];
  /** Of the changed files in which the scope names symbols. */
  symbols: SymbolFacts;
  /** Globs that are never out of scope, besides lockfiles and the like. */
  allow: string[];
  /** Of an attempt that was to resolve a conflict. */
  resolution?: Resolution;
}

/** What was measured about the resolution of a conflict. */
export interface Resolution {
  /** The work that was to be merged is in the history of the branch. */
  merged: boolean;
  /** The files that were in conflict. */
  conflicted: string[];
  /** Those of them that hold lines of markers which neither side had. */
  marked: string[];
  /** What differs from git's own merge, with its markers. */
  changes: Change[];
  /** Of the task, and of the tasks on the other side. */
  scopes: Scope[];
}

/** `path`: in the repository. `hash`: of those of the plan, which a run keeps as they were when it began. */
export interface LockedContract {
  path: string;
  name: string;
  tasks: string[];
  hash: string | null;
}

export interface Judgement {
  evidence: Evidence[];
  /** Null: the attempt may land. */
  failure: Failure | null;
}

/** One check of an attempt; pure over the facts, so that it can be tested without git. */
export type Gate = (facts: AttemptFacts) => { evidence: Evidence; failure: Failure | null };

/** What a gate of the caller judges by: all that was measured, and where it stands. */
export interface CustomFacts extends AttemptFacts {
  attempt: number;
  branch: string;
  /**
   * Absolute path of the workspace as the agent left it. With the pattern `branch` that is the checkout, which is back where
   * it was by then: look at `result.head` there.
   */
  workspace: string;
}

/** What a gate of the caller says. `fail`: the attempt does not land, and its retry is told the summary. */
export interface GateVerdict {
  verdict: 'pass' | 'warn' | 'fail';
  /** One sentence, for people and for the retry. */
  summary: string;
  /** Stands in the evidence as it is; JSON. */
  details?: unknown;
}

/** A check of the caller's own. It is asked about attempts that passed all of ours; those it lets through may land. */
export interface CustomGate {
  /** Stands in evidence as `custom:<name>`, and in failures. */
  name: string;
  /** A throw is a bug of the gate: the task fails with code `internal`. */
  check(facts: CustomFacts): GateVerdict | Promise<GateVerdict>;
}
