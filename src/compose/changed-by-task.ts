import type { Git } from '../git/git.ts';
import { readObjects } from '../git/objects.ts';
import { workBetween } from '../git/work.ts';
import type { Oid, TaskId } from '../run/event.ts';
import { lastAttempt, type RunState } from '../run/state.ts';

/** What an integrated task did: its branch, and the paths that it changed. */
export interface TaskWork {
  base: Oid;
  head: Oid;
  paths: Set<string>;
  /** Of these, files that were not there. */
  added: string[];
}

/** By task, in the order of the plan; of branches that merged nothing without a process. */
export async function changedByTask(git: Git, state: RunState): Promise<Map<TaskId, TaskWork>> {
  const changed = new Map<TaskId, TaskWork>();
  for (const task of state.tasks.values()) {
    if (task.status.is !== 'integrated') continue;
    const { base } = lastAttempt(task)!;
    changed.set(task.seed.id, await workOf(git, { base, head: task.status.head }));
  }
  return changed;
}

export async function workOf(git: Git, { base, head }: { base: Oid; head: Oid }): Promise<TaskWork> {
  const { changes } = await workBetween(git, base, head);
  const added = changes.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  return { base, head, paths: new Set(changes.map(({ path }) => path)), added };
}

/**
 * Who may have written a line of the merged tree: the tasks that changed its file; of several, those whose branch has the line
 * and whose base has not.
 */
export async function writersOf(
  git: Git,
  work: ReadonlyMap<TaskId, TaskWork>,
  { commit, file, line }: { commit: Oid; file: string; line: number },
): Promise<TaskId[]> {
  const tasks = [...work].filter(([, { paths }]) => paths.has(file));
  if (tasks.length < 2) return tasks.map(([task]) => task);
  const commits = [commit, ...tasks.flatMap(([, { base, head }]) => [base, head])];
  const objects = await readObjects(git, [...new Set(commits.map((each) => `${each}:${file}`))]);
  const linesAt = (oid: Oid) => objects.get(`${oid}:${file}`)?.bytes?.toString('utf8').split('\n') ?? [];
  const said = linesAt(commit)[line - 1];
  const count = (oid: Oid) => linesAt(oid).filter((each) => each === said).length;
  const wrote = tasks.filter(([, { base, head }]) => said !== undefined && count(head) > count(base));
  return (wrote.length > 0 ? wrote : tasks).map(([task]) => task);
}
