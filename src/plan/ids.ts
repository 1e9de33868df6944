import type { TaskId } from './plan.ts';

export type Resolution =
  | { kind: 'exact'; id: TaskId }
  /** Written in a shorter or longer form than the id: `task-002` for `task-002-embedder`. */
  | { kind: 'alias'; id: TaskId }
  | { kind: 'ambiguous'; candidates: TaskId[] }
  | { kind: 'unknown'; near?: TaskId };

export type Resolve = (reference: string) => Resolution;

/** The names a task is known by; the first task of a name keeps it. */
export interface Named {
  id: TaskId;
  /** Name of the task file without `.md`. */
  stem?: string;
  component?: string;
}

/**
 * One resolver for every reference: manifest, file names, deps, blocks. The id itself, else the name of the task file,
 * else `<id>-<component>`, else the only task whose id or file name goes on with `-` after the reference.
 */
export function resolver(tasks: readonly Named[]): Resolve {
  const ids = new Set(tasks.map((task) => task.id));
  // Most references are exact: the other names are collected when one is not.
  let others: Map<string, Set<TaskId>>[] | undefined;
  const otherNames = () => [
    byName(tasks, (task) => [task.stem]),
    byName(tasks, (task) => [task.component && `${task.id}-${task.component}`]),
    byName(tasks, (task) => [...prefixesOf(task.id), ...prefixesOf(task.stem ?? '')]),
  ];
  const near = nearest(tasks);
  return (reference) => {
    if (ids.has(reference)) return { kind: 'exact', id: reference };
    others ??= otherNames();
    for (const names of others) {
      const found = names.get(reference);
      if (found?.size === 1) return { kind: 'alias', id: [...found][0]! };
      if (found) return { kind: 'ambiguous', candidates: [...found].slice(0, 10) };
    }
    const guess = near(reference);
    return guess === undefined ? { kind: 'unknown' } : { kind: 'unknown', near: guess };
  };
}

function byName(tasks: readonly Named[], namesOf: (task: Named) => (string | undefined)[]): Map<string, Set<TaskId>> {
  const found = new Map<string, Set<TaskId>>();
  for (const task of tasks) {
    for (const name of namesOf(task)) {
      if (!name) continue;
      const ids = found.get(name);
      if (ids) ids.add(task.id);
      else found.set(name, new Set([task.id]));
    }
  }
  return found;
}

/** `task-002-embedder` → `task`, `task-002`. */
function prefixesOf(name: string): string[] {
  const prefixes: string[] = [];
  for (let at = name.indexOf('-', 1); at > 0 && prefixes.length < 20; at = name.indexOf('-', at + 1)) {
    prefixes.push(name.slice(0, at));
  }
  return prefixes;
}

/** Finds the task that was most likely meant: same letters apart from case, or same number. Built at the first miss. */
function nearest(tasks: readonly Named[]): (reference: string) => TaskId | undefined {
  let known: Map<string, TaskId> | undefined;
  const number = (text: string) => `#${Number(/\d{1,9}/.exec(text)?.[0] ?? Number.NaN)}`;
  return (reference) => {
    known ??= new Map(
      tasks.flatMap(({ id }) => [[number(id), id] as const, [id.toLowerCase(), id] as const]).reverse(),
    );
    const key = number(reference);
    return known.get(reference.toLowerCase()) ?? (key === '#NaN' ? undefined : known.get(key));
  };
}
