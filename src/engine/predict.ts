import type { Plan } from '../plan/plan.ts';
import type { RunEventBody, TaskId } from '../run/event.ts';
import { criticalPath, type Schedule } from '../schedule/schedule.ts';
import { simulate } from '../schedule/simulate.ts';

type Created = Extract<RunEventBody, { type: 'run.created' }>;

/** What a run will do if every agent succeeds at once. `unit`: what times are counted in. */
export interface Prediction {
  plan: string;
  /** `ms` when the durations of all tasks are known from earlier runs, else `tasks`: each counts 1. */
  unit: 'ms' | 'tasks';
  makespan: number;
  /** Most agents at once. */
  peak: number;
  criticalPath: TaskId[];
  waves: { number: number; name?: string; tasks: TaskId[]; validation: string | null }[];
  tasks: {
    id: TaskId;
    title: string;
    wave: number;
    deps: TaskId[];
    agent: string;
    branch: string;
    workspace: string;
    start: number;
    end: number;
  }[];
  /** Pairs that never run together, each once. */
  exclusive: [TaskId, TaskId][];
}

export interface PredictInput {
  plan: Plan;
  schedule: Schedule;
  created: Created;
  select: TaskId[];
  skip: TaskId[];
  /** Taken to be integrated already. */
  integrated: TaskId[];
  /** Milliseconds, from earlier runs; undefined when it never ran. */
  known: (task: TaskId) => number | undefined;
  place: (task: TaskId) => { branch: string; workspace: string };
}

/** Plays the run with the real scheduler and a fake clock. */
export function predict(input: PredictInput): Prediction {
  const { plan, schedule, created, select, skip, integrated, known, place } = input;
  const { unit, duration } = durationsOf(plan, known);
  const played = simulate({ schedule, created, select, skip, integrated, duration });
  const started = plan.tasks.filter((task) => played.tasks.has(task.id));
  const exclusive: [TaskId, TaskId][] = [];
  for (const [task, others] of schedule.exclusive)
    for (const other of others) if (task < other) exclusive.push([task, other]);
  return {
    plan: plan.name,
    unit,
    makespan: played.makespan,
    peak: played.peak,
    criticalPath: criticalPath(
      started.map(({ id, deps }) => ({ id, deps: deps.filter((dep) => played.tasks.has(dep)) })),
      duration,
    ),
    waves: plan.waves.map(({ number, name, tasks, validation }) => ({
      number,
      ...(name && { name }),
      tasks,
      validation: validation?.command ?? null,
    })),
    tasks: started
      .map((task) => ({
        id: task.id,
        title: task.title,
        wave: task.wave,
        deps: task.deps,
        agent: task.agent ?? created.settings.agent,
        ...place(task.id),
        ...played.tasks.get(task.id)!,
      }))
      .sort((a, b) => a.start - b.start || a.wave - b.wave || (a.id < b.id ? -1 : 1)),
    exclusive,
  };
}

/** How long tasks take: as earlier runs say, when they say it of all, else 1 each. */
export function durationsOf({ tasks }: Plan, known: PredictInput['known']) {
  const measured = tasks.every(({ id }) => known(id) !== undefined);
  const duration = (task: TaskId): number => (measured ? known(task)! : 1);
  return { unit: measured ? ('ms' as const) : ('tasks' as const), duration };
}
