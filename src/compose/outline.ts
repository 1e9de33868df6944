import { createdEvent, scheduleOf } from '../engine/create.ts';
import { integrationRefOf } from '../engine/open.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunEvent, RunEventBody, RunSettings, TaskId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { fold, type RunState } from '../run/state.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { select } from '../schedule/select.ts';
import type { Choices } from './choices.ts';
import { knownDurations } from './durations.ts';
import type { Project } from './project.ts';
import type { ReadPlan } from './read-plan.ts';
import { selectionOf } from './settings.ts';

/** What a run of a plan with these settings would begin with. */
export interface Outline {
  plan: Plan;
  planDir: string;
  created: Extract<RunEventBody, { type: 'run.created' }>;
  schedule: Schedule;
  /** Of earlier runs, milliseconds. */
  known: (task: TaskId) => number | undefined;
  select: TaskId[];
  skip: TaskId[];
  /** Taken to be integrated already. */
  integrated: TaskId[];
}

/** Throws a refusal when the options choose tasks that could not start. Changes nothing. */
export function outlineOf(
  { repository }: Project,
  { plan, dir: planDir }: ReadPlan,
  { settings, options }: { settings: RunSettings; options: Choices },
): Outline {
  const known = knownDurations(repository.commonDir, plan.name);
  const { oid: base, branch: target } = repository.head;
  const integrationRef = integrationRefOf(plan.name);
  const created = createdEvent({ plan, planDir, base, target, integrationRef, settings });
  // A dry run of a later wave supposes that the earlier ones are in.
  const { wave } = options;
  const integrated = plan.tasks.filter((task) => wave !== undefined && task.wave < wave).map((task) => task.id);
  const { tasks, skip } = select(stateWith(created, integrated), selectionOf(options));
  const schedule = scheduleOf(plan, settings.barrier, (task) => known(task) ?? 1);
  return { plan, planDir, created, schedule, known, select: tasks, skip, integrated };
}

function stateWith(created: Outline['created'], integrated: string[]): RunState {
  const stamp = { v: 1 as const, at: 0, run: '' };
  const done = integrated.map(
    (task, at): RunEvent => ({
      ...stamp,
      seq: at + 2,
      type: 'task.integrated',
      task,
      attempt: 0,
      head: '',
      commit: '',
      commits: 0,
    }),
  );
  return fold([{ ...stamp, seq: 1, ...created }, ...done], reduce);
}
