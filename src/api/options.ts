import type { Choices, Reading } from '../compose/choices.ts';
import type { Parts } from '../compose/parts.ts';

/** Where something is done. */
export interface PlaceOptions {
  /** A folder of the repository; plan paths are relative to it. Default the current folder. */
  repository?: string;
  /** The environment that is used and that agents inherit. Default the one of this process. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** Options of `loadPlan`. */
export interface LoadPlanOptions extends PlaceOptions, Reading {}

/** Options of `run`. */
export interface RunOptions extends PlaceOptions, Choices, Parts {
  /**
   * Aborted: nothing starts any more, agents are asked to end, the run resolves with the outcome `stopped` and can be
   * resumed. Aborted before the run is begun, it rejects with the signal's reason and nothing was changed.
   */
  signal?: AbortSignal;
  /** Aborted after `signal`: agents that were asked to end are ended at once. */
  hurry?: AbortSignal;
  /** Is told what a person should know of a run that starts, a sentence at a time. Default nobody is. */
  onWarning?: (message: string) => void;
}

/** Options of `resume`; what is left out stays as it was in the run. */
export interface ResumeOptions extends Omit<RunOptions, 'pattern' | 'sandbox'>, Reading {
  /** Accounts that are parked by a usage limit are tried at once. */
  now?: boolean;
  /** What tasks may write besides their scopes: `task-003:src/a.ts`; `task-003` is all that it asks for. */
  grant?: readonly string[];
}

/** Options of `integrate`. */
export interface IntegrateOptions extends PlaceOptions {
  /** The branch to land on; default the one the run started from. */
  into?: string;
  /**
   * The history that is made there: `squash` one commit, `merge` a merge commit also where a fast-forward is possible, `rebase`
   * the commits of the tasks in a line. Default `integrate.style` of the config, else a fast-forward where possible, else a merge commit.
   */
  style?: 'squash' | 'merge' | 'rebase';
  /** Nothing is moved or written, no check is run: `landing` says what would be. */
  dryRun?: boolean;
  /** Lands what is integrated although tasks are missing. */
  partial?: boolean;
  /** Whether the project's own checks (tests, types, lint, build) have to pass on what is to land. Default `run`. */
  checks?: 'run' | 'skip';
  /** Checks of this tech only. Default all that is found. */
  tech?: 'typescript' | 'django' | 'python' | 'go' | 'rust' | 'java';
  /** Aborted: checks are ended, nothing moves, and it rejects with the refusal `stopped`. */
  signal?: AbortSignal;
  /** Is told when the report could not be written. */
  onWarning?: (message: string) => void;
}
