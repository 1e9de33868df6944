import { resolve } from 'node:path';
import { measure } from '../compose/measure.ts';
import { openProject } from '../compose/project.ts';
import { allRuns, type FoundRun, findRun } from '../compose/runs.ts';
import type { Repository } from '../git/repository.ts';
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
    return standing(repository, findRun(repository.commonDir, { name: run }));
  });
}

/** Every run of the repository that its journal tells of, the latest first: what `status` gives of each. */
export async function runs(options: PlaceOptions = {}): Promise<RunStatus[]> {
  return orRefusal(async () => {
    checkOptions('runs', options);
    const { env = process.env } = options;
    const { repository } = await openProject({ env, cwd: resolve(options.repository ?? '.') });
    return Promise.all(allRuns(repository.commonDir).map((run) => standing(repository, run)));
  });
}

async function standing(repository: Repository, { state, alive }: FoundRun): Promise<RunStatus> {
  return { alive, summary: await measure(repository, state, alive), state };
}
