import { resolve } from 'node:path';
import type { Surroundings } from '../compose/context.ts';
import { openRun, resumeRun } from '../compose/open-run.ts';
import { openProject, type Project } from '../compose/project.ts';
import { lookUpPlan, withoutErrors } from '../compose/read-plan.ts';
import { type FoundRun, findRun } from '../compose/runs.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { checkOptions } from './check-options.ts';
import type { LoadedPlan } from './load-plan.ts';
import type { ResumeOptions, RunOptions } from './options.ts';
import type { Run } from './result.ts';
import { type Opened, running } from './running.ts';
import { surroundingsOf } from './surroundings.ts';

/**
 * Runs a plan: one agent a task, its work judged by evidence and merged onto the branch `copse/<plan>`. Begins at once; see
 * {@link Run} for how to follow it. What fails inside the run is data of its result; a run that cannot begin rejects with a
 * `Refusal`, and everything is as it was.
 * @param plan as `loadPlan` gives it, or what `loadPlan` takes; default the only one
 * @throws Refusal by rejecting: `plan-invalid`, `agent-missing`, `branch-exists`, `run-unfinished`, `bad-option`, …
 */
export function run(plan?: LoadedPlan | string, options: RunOptions = {}): Run {
  const check = () => checkOptions('run', options);
  const open = async (signal: AbortSignal) => {
    const loaded = typeof plan === 'object' ? { ...plan, dir: plan.folder } : null;
    const cwd = resolve(options.repository ?? loaded?.repository ?? '.');
    const context = surroundingsOf(cwd, options, signal);
    const project = await openProject(context);
    const found = loaded ?? lookUpPlan(context, plan as string | undefined, { command: 'run' });
    return { context, project, open: await openRun(context, project, withoutErrors(cwd, found), options) };
  };
  return running({ signal: options.signal, check, open });
}

/**
 * Goes on with a run that was stopped, paused or killed; agents that still live are taken over. Of a run that is integrated
 * already it gives the result.
 * @param run a plan or a run id; default the latest run
 * @throws Refusal by rejecting: `no-run`, `run-locked`, `run-abandoned`, `budget-reached`, `plan-changed`, …
 */
export function resume(run?: string, options: ResumeOptions = {}): Run {
  const check = () => checkOptions('resume', options);
  const open = async (signal: AbortSignal) => {
    const context = surroundingsOf(resolve(options.repository ?? '.'), options, signal);
    const project = await openProject(context);
    const found = findRun(project.repository.commonDir, { name: run });
    return { context, project, open: await goOn(context, project, found, options) };
  };
  return running({ signal: options.signal, check, open });
}

async function goOn(
  context: Surroundings,
  project: Project,
  found: FoundRun,
  options: ResumeOptions,
): Promise<Opened['open']> {
  const { state } = found;
  if (state.phase === 'abandoned') {
    throw new Refusal('run-abandoned', `the run of ${state.plan} was given up`, {
      exit: EXIT.usage,
      hint: `copse run ${state.plan}`,
    });
  }
  if (state.phase === 'finished' && state.outcome === 'integrated') return { state };
  return resumeRun(context, project, found, options);
}
