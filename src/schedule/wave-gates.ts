import type { TaskId } from '../run/event.ts';
import type { Selection } from '../run/selection.ts';
import { isSettled, type RunState, type TaskState, type WaveState } from '../run/state.ts';
import type { Schedule, ScheduledTask } from './schedule.ts';

/** What waves allow: a failed validation closes what is behind it, the barrier holds back what is ahead. */
export interface WaveGates {
  /** Some wave's validation failed. */
  anyFailed: boolean;
  /** The wave whose failed validation stands before this task, if one does. */
  failedBefore(task: ScheduledTask): number | null;
  /** Whether the barrier lets tasks of this wave start. */
  open(wave: number): boolean;
}

export function waveGates(schedule: Schedule, state: RunState): WaveGates {
  const failed = new Set<number>();
  for (const wave of state.waves.values()) if (wave.status.is === 'failed') failed.add(wave.number);
  const behind = failed.size > 0 ? tasksBehind(schedule, failed) : new Map<TaskId, number>();
  const strict = schedule.barrier === 'wave';
  const lastOpen = strict ? firstUnsettledWave(state) : Number.POSITIVE_INFINITY;
  return {
    anyFailed: failed.size > 0,
    failedBefore: (task) => {
      const earlier = strict ? [...failed].find((wave) => wave < task.wave) : undefined;
      return earlier ?? behind.get(task.id) ?? null;
    },
    open: (wave) => wave <= lastOpen,
  };
}

/** A wave is validated on the merged tree once all of its tasks are in. */
export function needsValidation(state: RunState, number: number): boolean {
  const wave = state.waves.get(number)!;
  if (!wave.validated || wave.status.is !== 'open') return false;
  return wave.tasks.every((id) => state.standing.integrated.has(id));
}

export function tasksOfWave(state: RunState, wave: number): TaskState[] {
  return state.waves.get(wave)!.tasks.map((id) => state.tasks.get(id)!);
}

/** Whether a task that this opening works on is still to come to its end. */
export function isUnsettled(state: RunState, wave: WaveState, selected: ReadonlySet<TaskId>): boolean {
  return wave.tasks.some((id) => selected.has(id) && !isSettled(state.tasks.get(id)!.status));
}

/** Those that are wanted, the first one first. */
export function wavesInOrder(state: RunState, wanted: (wave: WaveState) => boolean = () => true): WaveState[] {
  return [...state.waves.values()].filter(wanted).sort((a, b) => a.number - b.number);
}

/** For each task that depends, over any number of steps, on a task of a failed wave: that wave. */
function tasksBehind(schedule: Schedule, failed: ReadonlySet<number>): Map<TaskId, number> {
  const waveOf = new Map(schedule.tasks.map((task) => [task.id, task.wave]));
  const behind = new Map<TaskId, number>();
  // A dependency always has a higher priority than its dependents, so one pass in that order sees causes first.
  for (const task of schedule.tasks) {
    for (const dep of task.deps) {
      const wave = waveOf.get(dep);
      const cause = wave !== undefined && failed.has(wave) && wave !== task.wave ? wave : behind.get(dep);
      if (cause !== undefined) behind.set(task.id, cause);
    }
  }
  return behind;
}

const selections = new WeakMap<Selection, ReadonlySet<TaskId>>();

/** The tasks that this opening of the run works on; a selection never changes. */
export function selectedIn({ selection }: RunState): ReadonlySet<TaskId> {
  const found = selections.get(selection) ?? new Set(selection.tasks);
  selections.set(selection, found);
  return found;
}

function firstUnsettledWave(state: RunState): number {
  const selected = selectedIn(state);
  for (const wave of wavesInOrder(state)) {
    if (isUnsettled(state, wave, selected) || wave.status.is === 'validating' || needsValidation(state, wave.number))
      return wave.number;
  }
  return Number.POSITIVE_INFINITY;
}
