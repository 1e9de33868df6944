import type { Surroundings } from '../compose/context.ts';
import type { Parts } from '../compose/parts.ts';
import type { RunOptions } from './options.ts';

/** The world around a run, as the options of a caller give it. */
export function surroundingsOf(
  cwd: string,
  { env = process.env, ...options }: Pick<RunOptions, 'env' | 'hurry' | 'onWarning' | keyof Parts>,
  signal: AbortSignal,
): Surroundings {
  const { agents, workspaces, gates, hurry, onWarning } = options;
  return {
    cwd,
    env,
    signal,
    ...(hurry && { force: hurry }),
    parts: { ...(agents && { agents }), ...(workspaces && { workspaces }), ...(gates && { gates }) },
    warn: (message) => onWarning?.(message),
  };
}
