import type { Plan } from '../plan/plan.ts';
import type { Advice } from '../run/advice.ts';
import type { Oid, RunEventBody, RunSettings } from '../run/event.ts';
import { makeSchedule, type Schedule } from '../schedule/schedule.ts';
import { overlappingPairs } from '../scope/pairs.ts';

export interface CreateInput {
  plan: Plan;
  planDir: string;
  base: Oid;
  target: string | null;
  integrationRef: string;
  settings: RunSettings;
  advice?: Advice;
}

/** The first event of a run: everything of the plan that a reader of the journal needs. */
export function createdEvent(input: CreateInput): Extract<RunEventBody, { type: 'run.created' }> {
  const { plan, ...rest } = input;
  return {
    type: 'run.created',
    plan: plan.name,
    title: plan.title,
    ...rest,
    tasks: plan.tasks.map(({ id, title, wave, deps, agent }) => ({ id, title, wave, deps, ...(agent && { agent }) })),
    waves: plan.waves.map(({ number, name, validation }) => ({
      number,
      validated: validation !== undefined,
      ...(name && { name }),
    })),
    dependencies: plan.dependencies.length > 0,
  };
}

/** The schedule of a plan; `duration` from earlier runs, else 1 for each task. */
export function scheduleOf(plan: Plan, barrier: RunSettings['barrier'], duration: (task: string) => number): Schedule {
  const schedule = makeSchedule({ tasks: plan.tasks, overlaps: overlappingPairs(plan.tasks), duration, barrier });
  return { ...schedule, hasContracts: plan.tasks.some(({ contracts }) => contracts.length > 0) };
}
