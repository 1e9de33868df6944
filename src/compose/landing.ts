import type { TargetLanding } from '../integrate/target.ts';
import type { Report } from '../report/report.ts';
import type { RunState } from '../run/state.ts';

/** How a run is landed. */
export interface IntegrateOptions {
  /** The branch to land on; default the one the run started from. */
  into?: string;
  /** Lands what is integrated although tasks are missing. */
  partial?: boolean;
  /** False: the contracts are not compared with what is about to land. Default true. */
  contracts?: boolean;
}

/** What came of landing a run. */
export interface RunLanding {
  /** The branch. */
  target: string;
  landing: TargetLanding;
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
