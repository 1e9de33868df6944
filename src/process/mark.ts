import { type ProcessId, processStart } from './tree.ts';

/**
 * In the environment of every short program we run: who started it. `LASTING` ones change what a person would miss half
 * changed, and take moments: whoever comes after us waits for them. The others are ended.
 */
export const CHILD = 'COPSE_CHILD_OF';
export const LASTING_CHILD = 'COPSE_GIT_OF';

let own: string | undefined;

/** The value of these variables for children of this process. */
export function ownMark(): string {
  own ??= markOf({ pid: process.pid, pidStart: processStart(process.pid) ?? '' });
  return own;
}

/** Of any process of ours. */
export const markOf = ({ pid, pidStart }: ProcessId) => `${pid}/${pidStart}`;
