import { readFileSync } from 'node:fs';
import type { RunPaths } from '../journal/store.ts';
import type { Plan } from '../plan/plan.ts';

/** The plan of a run as it was when its tasks were started. */
export function readFrozenPlan(paths: RunPaths): Plan {
  return JSON.parse(readFileSync(paths.plan, 'utf8')) as Plan;
}
