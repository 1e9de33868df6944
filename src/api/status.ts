import { resolve } from 'node:path';
import { measure } from '../compose/measure.ts';
import { openProject } from '../compose/project.ts';
import { findRun } from '../compose/runs.ts';
import type { RunState } from '../run/state.ts';
import type { RunSummary } from '../run/summarize.ts';
import { checkOptions } from './check-options.ts';
import type { PlaceOptions } from './options.ts';
import { orRefusal } from './refusal.ts';

/** A run as it stands, whoever drives it. */
export interface RunStatus {
  /** A process drives it now. */
  alive: boolean;
  summary: RunSummary;
  state: RunState;
}

/**
 * How a run stands. Takes no lock and changes nothing, so any process may ask at any time.
 * @param run a plan or a run id; default the latest run
 * @throws Refusal `no-run`
 */
export async function status(run?: string, options: PlaceOptions = {}): Promise<RunStatus> {
  return orRefusal(async () => {
    checkOptions('status', options);
    const { env = process.env } = options;
    const { repository } = await openProject({ env, cwd: resolve(options.repository ?? '.') });
    const { state, alive } = findRun(repository.commonDir, { name: run });
    return { alive, summary: await measure(repository, state, alive), state };
  });
}
