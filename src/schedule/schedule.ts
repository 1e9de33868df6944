import type { TaskId } from '../run/event.ts';

/** What the scheduler needs of a task. */
export interface ScheduledTask {
  id: TaskId;
  wave: number;
  deps: TaskId[];
  /** Length of the longest path from the start of this task to the end of the plan, in the unit of the durations. */
  priority: number;
}

/** The fixed part of every decision: computed once when a run is opened. */
export interface Schedule {
  /** By priority, highest first; equal ones by wave, then by id. */
  tasks: ScheduledTask[];
  /** Tasks that never run together: `conflicts:` and overlapping scopes; symmetric. */
  exclusive: ReadonlyMap<TaskId, ReadonlySet<TaskId>>;
  barrier: 'none' | 'wave';
  /** The plan has contracts that can be compared with what the tasks made. */
  hasContracts?: boolean;
}

export interface ScheduleInput {
  tasks: { id: TaskId; wave: number; deps: TaskId[]; conflicts: TaskId[] }[];
  /** Pairs of tasks whose scopes meet. */
  overlaps: ReadonlyMap<TaskId, ReadonlySet<TaskId>>;
  /** How long a task takes: from earlier runs, else 1 for each. */
  duration: (task: TaskId) => number;
  barrier: 'none' | 'wave';
}

/** Orders the tasks by the longest remaining path and gathers who excludes whom. The dependencies have no cycle. */
export function makeSchedule({ tasks, overlaps, duration, barrier }: ScheduleInput): Schedule {
  const remaining = longestRemainingPaths(tasks, duration);
  const exclusive = new Map<TaskId, Set<TaskId>>(tasks.map((task) => [task.id, new Set()]));
  const exclude = (a: TaskId, b: TaskId) => {
    exclusive.get(a)?.add(b);
    exclusive.get(b)?.add(a);
  };
  for (const task of tasks) {
    for (const other of task.conflicts) exclude(task.id, other);
    for (const other of overlaps.get(task.id) ?? []) exclude(task.id, other);
  }
  const scheduled = tasks.map(({ id, wave, deps }) => ({ id, wave, deps, priority: remaining.get(id)! }));
  scheduled.sort((a, b) => b.priority - a.priority || a.wave - b.wave || (a.id < b.id ? -1 : 1));
  return { tasks: scheduled, exclusive, barrier };
}

type Node = { id: TaskId; deps: TaskId[] };

/** For each task: its own duration plus the longest path through its dependents. */
export function longestRemainingPaths(tasks: Node[], duration: (task: TaskId) => number): Map<TaskId, number> {
  const dependents = dependentsOf(tasks);
  const paths = new Map<TaskId, number>();
  for (const id of dependentsFirst(tasks)) {
    const after = dependents.get(id)!.reduce((longest, next) => Math.max(longest, paths.get(next)!), 0);
    paths.set(id, duration(id) + after);
  }
  return paths;
}

/** The chain of dependencies that takes longest, first task first. */
export function criticalPath(tasks: Node[], duration: (task: TaskId) => number): TaskId[] {
  const paths = longestRemainingPaths(tasks, duration);
  const dependents = dependentsOf(tasks);
  const chain: TaskId[] = [];
  let candidates = tasks.filter((task) => task.deps.length === 0).map((task) => task.id);
  while (candidates.length > 0) {
    const next = candidates.reduce((best, id) => (paths.get(id)! > paths.get(best)! ? id : best));
    chain.push(next);
    candidates = dependents.get(next)!;
  }
  return chain;
}

/** For each task, those that wait for it, in the order of the tasks. */
function dependentsOf(tasks: Node[]): Map<TaskId, TaskId[]> {
  const dependents = new Map<TaskId, TaskId[]>(tasks.map((task) => [task.id, []]));
  for (const task of tasks) for (const dep of task.deps) dependents.get(dep)?.push(task.id);
  return dependents;
}

/** Dependents before what they depend on; iterative, so that a chain of 10,000 tasks does not overflow the stack. */
function dependentsFirst(tasks: Node[]): TaskId[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const waiting = new Map<TaskId, number>(tasks.map((task) => [task.id, 0]));
  for (const task of tasks) for (const dep of task.deps) waiting.set(dep, (waiting.get(dep) ?? 0) + 1);
  const order = tasks.filter((task) => waiting.get(task.id) === 0).map((task) => task.id);
  for (let at = 0; at < order.length; at++) {
    for (const dep of byId.get(order[at]!)?.deps ?? []) {
      const left = waiting.get(dep)! - 1;
      waiting.set(dep, left);
      if (left === 0 && byId.has(dep)) order.push(dep);
    }
  }
  return order;
}
