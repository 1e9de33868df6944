import { resolve } from 'node:path';
import { integrateRun } from '../compose/integrate.ts';
import { exitOfLanding, type RunLanding } from '../compose/landing.ts';
import { openProject } from '../compose/project.ts';
import { findRun } from '../compose/runs.ts';
import type { ExitCode } from '../util/refusal.ts';
import { checkOptions } from './check-options.ts';
import type { IntegrateOptions } from './options.ts';
import { orRefusal } from './refusal.ts';

/** What came of landing a run. `landing.landed` says whether; a conflict or a dirty checkout is data, and changed nothing. */
export interface IntegrateResult extends RunLanding {
  /** What `copse integrate` would have exited with. */
  exitCode: ExitCode;
}

/**
 * Lands what a run has integrated on the branch it started from, in memory; a checkout of that branch follows when nothing in
 * it can get lost. Writes `integration-report.md`, `report.json` and `logs/report.html` into
 * the plan folder, and into its manifest that it is integrated.
 * @param run a plan or a run id; default the latest run
 * @throws Refusal when there is nothing to land: `not-integrated`, `validation-failed`, `run-held`, `no-branch`, …
 */
export async function integrate(run?: string, options: IntegrateOptions = {}): Promise<IntegrateResult> {
  return orRefusal(async () => {
    checkOptions('integrate', options);
    const { env = process.env, onWarning, signal } = options;
    const warn = (message: string) => onWarning?.(message);
    const project = await openProject({ env, cwd: resolve(options.repository ?? '.') });
    const found = findRun(project.repository.commonDir, { name: run });
    const landed = await integrateRun({ env, warn, signal }, project, found, options);
    return { ...landed, exitCode: exitOfLanding(landed.landing) };
  });
}
