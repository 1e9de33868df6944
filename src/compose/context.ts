import type { Parts } from './parts.ts';

/** The world around a run, as its caller gives it: nothing below asks the process for any of it. */
export interface Surroundings {
  /** Where the user stands; plan paths are relative to it. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Aborted: the run stops. Its reason is the signal's name. */
  signal: AbortSignal;
  /** Aborted: what has a grace gets none any more. */
  force?: AbortSignal;
  /** What the caller brings in place of ours. */
  parts?: Parts;
  /** Takes what a person should know of a run that starts, a sentence at a time. */
  warn(message: string): void;
}
