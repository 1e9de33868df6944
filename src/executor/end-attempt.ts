import { existsSync } from 'node:fs';
import { settleLaunch } from '../process/launch.ts';
import { stopTree } from '../process/stop.ts';
import type { Key } from './executor.ts';
import { type AttemptFiles, markerOf } from './live-attempt.ts';

/**
 * Ends what a killed coordinator left of an attempt on this machine: its agent with all its processes, and, where the agent
 * is about to be started, its start. For who will not go on with the run.
 */
export async function endAttempt(key: Key, files: Pick<AttemptFiles, 'dir' | 'pid'>, graceMs: number): Promise<void> {
  const agent = existsSync(files.dir) ? await settleLaunch(files.pid) : null;
  if (agent) await stopTree({ ...agent, marker: markerOf(key) }, { graceMs });
}
