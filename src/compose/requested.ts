import type { Pushed } from '../git/push.ts';
import type { Report } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import type { Oid } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import type { IntegrateOptions, ReportFiles } from './landing.ts';

/** How a pull request is asked for. */
export interface PullRequestOptions extends Omit<IntegrateOptions, 'style'> {
  /** Where it is pushed; default the remote that the target comes from, else `origin`. */
  remote?: string | undefined;
}

/** What came of it. */
export type Requested =
  /** The target has it all: there is nothing to ask for. */
  | { is: 'there' }
  | { is: 'conflict'; paths: string[] }
  /** Checks fail on the merge that pass on the target. */
  | { is: 'red' }
  | { is: 'dry-run' }
  | { is: 'not-pushed'; pushed: Extract<Pushed, { ok: false }> }
  | { is: 'open'; url: string; existing: boolean; noun: string }
  /**
   * It is pushed, and nobody here can ask for the rest: why, in `message`. `program` speaks to that host, where that is known; `page` and
   * `command`: how a person asks; `logins`: the command after which copse can, one for each program that may be the one.
   */
  | {
      is: 'pushed';
      message: string;
      program: string | null;
      page: string | null;
      command: string | null;
      logins: string[];
    };

export interface PullRequestResult {
  requested: Requested;
  remote: string;
  /** Names on the remote. */
  branch: string;
  base: string;
  commit: Oid;
  checks: StackCheck[];
  state: RunState;
  report: Report;
  files: ReportFiles;
}

/** The exit status of a command that asked for a merge. */
export function exitOfRequest(requested: Requested): ExitCode {
  switch (requested.is) {
    case 'there':
    case 'dry-run':
    case 'open':
      return EXIT.ok;
    case 'pushed':
      return EXIT.waitsForPerson;
    case 'not-pushed':
      return ['rejected', 'refused'].includes(requested.pushed.why) ? EXIT.integration : EXIT.environment;
    default:
      return EXIT.integration;
  }
}
