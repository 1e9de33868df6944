import { readFileSync } from 'node:fs';
import type { Plan } from '../plan/plan.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { RunPaths } from './store.ts';

/** The plan of a run as it was when its tasks were started. Refuses with `run-damaged` when it is gone or broken. */
export function readFrozenPlan({ plan: file }: Pick<RunPaths, 'plan'>): Plan {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Plan;
  } catch (error) {
    throw new Refusal('run-damaged', `the plan that the run keeps cannot be read: ${(error as Error).message}`, {
      exit: EXIT.environment,
      where: file,
      hint: 'put back a copy of the file; what is integrated is on its branch: copse status',
    });
  }
}
