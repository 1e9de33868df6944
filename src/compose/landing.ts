import type { Tech } from '../check/spec.ts';
import type { TargetLanding } from '../integrate/target.ts';
import type { Report } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import type { LandingStyle, Oid } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';

/** How a run is landed. */
export interface IntegrateOptions {
  /** The branch to land on; default the one the run started from. */
  into?: string;
  /** The history that is made on the target; default that of the config, else a fast-forward where possible, else a merge commit. */
  style?: LandingStyle | undefined;
  /** Nothing is moved or written: what would be is in `landing`. Checks are not run. */
  dryRun?: boolean;
  /** The merge of the integration branch with the target that a person made: what is to land. */
  resolved?: Oid;
  /** Lands what is integrated although tasks are missing. */
  partial?: boolean;
  /** False: the contracts are not compared with what is about to land. Default true. */
  contracts?: boolean;
  /** Whether the project's own checks have to pass on what is to land; default `run`. */
  checks?: 'run' | 'skip';
  /** Checks of this tech only. */
  tech?: Tech;
}

/** What came of landing a run. */
export interface RunLanding {
  /** The branch. */
  target: string;
  landing: TargetLanding;
  /** What came of the project's own checks; empty where none was found, or asked for. */
  checks: StackCheck[];
  /** The run as it stands now. */
  state: RunState;
  report: Report;
  files: ReportFiles;
}

/** The report on disk: absolute paths, null where the plan folder takes none. */
export interface ReportFiles {
  json: string | null;
  text: string | null;
  html: string | null;
}

/** The exit status of a command that landed a run, or did not. */
export function exitOfLanding(landing: TargetLanding): ExitCode {
  if (landing.landed) return EXIT.ok;
  switch (landing.why) {
    case 'no-branch':
      return EXIT.usage;
    case 'dry-run':
      return EXIT.ok;
    case 'conflict':
    case 'not-linear':
    case 'moved':
    case 'refused':
      return EXIT.integration;
    default:
      return EXIT.waitsForPerson;
  }
}
