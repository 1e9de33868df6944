import type { FailedCheck, StackCheck } from './check.ts';

/** What a landing says before the single tasks are told of; ids of tasks and of commits. */
export type LandingEvent =
  | { type: 'landing.started'; task: string; attempt: number; head: string; onto: string }
  /** The project's own checks run on what these make together, for the `round`-th time for this batch. Nothing has landed yet. */
  | { type: 'landing.checking'; onto: string; commit: string; tasks: string[]; round: number }
  /** Who is no culprit has landed, or does not merge: each is told behind this. */
  | ({ type: 'landing.checked' } & Batch)
  /** The checks were ended with the run: these are ready to land, as they were. */
  | { type: 'landing.stopped'; tasks: string[] };

/** Tasks that were ready together, and what the project's checks said of them before they landed. */
export interface Batch {
  /** What the integration branch pointed at; failures that it has, too, do not count. */
  onto: string;
  /** Where it points since; `onto` when nothing of the batch landed. */
  commit: string;
  /** In the order of landing, culprits too. */
  tasks: string[];
  culprits: Culprit[];
  /** What the checks said of all of them together. */
  checks: StackCheck[];
  /** What failed in any of the runs and passed when it was run again. */
  flaky: FlakyCase[];
  /** On how many trees the checks were run until the culprits were known. */
  runs: number;
  /** Milliseconds. */
  ms: number;
}

/** A task without which the others pass. */
export interface Culprit {
  task: string;
  /** The smallest set that it fails with; empty: it fails alone. */
  with: string[];
}

/** A case of a check that did not fail again on the same tree. */
export interface FlakyCase {
  check: string;
  name: string;
  file?: string;
  line?: number;
  message?: string;
}

/** Cases of a failure that somebody reads. */
const MAX_CASES = 20;
const MAX_TAIL = 3_000;

/** What is new in checks that failed, in the words of a failure. */
export function failedChecks(checks: readonly StackCheck[]): FailedCheck[] {
  return checks.flatMap(({ name, command, exit, failures, tail = '' }) => {
    const cases = failures.filter(({ status }) => status === 'new').map(({ status, blame, ...each }) => each);
    if (cases.length === 0) return [];
    return [
      {
        name,
        command,
        exit,
        cases: cases.slice(0, MAX_CASES),
        more: Math.max(0, cases.length - MAX_CASES),
        tail: tail.slice(-MAX_TAIL),
      },
    ];
  });
}

/** What passed when it was run again. */
export function flakyCases(checks: readonly StackCheck[]): FlakyCase[] {
  return checks.flatMap(({ name: check, failures }) =>
    failures.filter(({ status }) => status === 'flaky').map(({ status, blame, ...each }) => ({ check, ...each })),
  );
}
