import { resolve } from 'node:path';
import { lookUpPlan } from '../compose/read-plan.ts';
import type { PlanResult } from '../plan/plan.ts';
import { checkOptions } from './check-options.ts';
import type { LoadPlanOptions } from './options.ts';
import { orRefusal } from './refusal.ts';

/** A plan as it was read: with `ok` it can be run, else `diagnostics` say why not. */
export type LoadedPlan = PlanResult & {
  /** Absolute path of the plan folder. */
  folder: string;
  /** Absolute path of the folder that `repository` named. */
  repository: string;
};

/**
 * Reads and checks a plan. What is wrong in it is data: every finding at once, with file, line and column.
 * @param plan its folder, relative to the repository, or the beginning of its name (`TS-0042`); default the only one
 * @throws Refusal when there is no such plan (`plan-not-found`, `several-plans`), or `bad-option`
 */
export async function loadPlan(plan?: string, options: LoadPlanOptions = {}): Promise<LoadedPlan> {
  return orRefusal(async () => {
    checkOptions('loadPlan', options);
    const { env = process.env, ...reading } = options;
    const repository = resolve(options.repository ?? '.');
    const { dir, ...loaded } = lookUpPlan({ env, cwd: repository }, plan, { ...reading, command: 'run' });
    return { ...loaded, folder: dir, repository };
  });
}
