import type { Tech } from '../../check/spec.ts';
import type { TargetLanding } from '../../integrate/target.ts';
import type { Report } from '../../report/report.ts';
import type { StackCheck } from '../../run/check.ts';
import type { LandingStyle } from '../../run/event.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import { exitOfLanding } from '../landing.ts';
import type { BranchRow } from './state.ts';

/** How branches that were made elsewhere are landed. */
export interface BranchesOptions {
  /** Names of branches, as git reads globs of refs. */
  globs: readonly string[];
  /** A plan whose tasks they are about; absent: nothing holds them to a scope or a contract. */
  plan?: string | undefined;
  /** The branch to land on; default the one that is checked out. */
  into?: string | undefined;
  style?: LandingStyle | undefined;
  /** Lands those that merge and pass, although others do not. */
  partial?: boolean | undefined;
  /** False: contracts are not compared. */
  contracts?: boolean | undefined;
  checks?: 'run' | 'skip' | undefined;
  tech?: Tech | undefined;
  /** Nothing is moved or written, and no check is run. */
  dryRun?: boolean | undefined;
  /** Where the report goes besides the plan folder; by its ending JSON, HTML or Markdown. */
  report?: string | undefined;
}

/** Why nothing was landed. */
export type Stopped =
  /** Some branch does not merge, or is not what its task may be. */
  | { why: 'branches' }
  /** The plan has tasks that no branch is about. */
  | { why: 'missing'; tasks: string[] }
  /** There is none that could land. */
  | { why: 'none' }
  /** Contracts are broken, or checks fail that pass without the branches. */
  | { why: 'red' }
  | { why: 'landing'; landing: Exclude<TargetLanding, { landed: true }> };

/** What came of landing branches. */
export interface BranchesLanding {
  target: string;
  rows: BranchRow[];
  landing: Extract<TargetLanding, { landed: true }> | null;
  /** Null when it landed. */
  stopped: Stopped | null;
  checks: StackCheck[];
  report: Report;
  /** Where the report was written, absolute paths. */
  files: string[];
}

/** 1: some landed, others were left out. */
export function exitOfBranches({ rows, landing, stopped }: BranchesLanding): ExitCode {
  if (landing !== null) return rows.every(({ outcome }) => isIn(outcome.is)) ? EXIT.ok : EXIT.taskFailed;
  if (stopped?.why === 'landing') return exitOfLanding(stopped.landing);
  return rows.every(({ outcome }) => outcome.is === 'nothing-new') ? EXIT.ok : EXIT.integration;
}

export const isIn = (is: BranchRow['outcome']['is']) => is === 'merged' || is === 'nothing-new';
