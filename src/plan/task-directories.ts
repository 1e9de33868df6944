import { sharedDirectories } from '../scope/directories.ts';
import type { Findings } from './findings.ts';
import { MANIFEST } from './manifest.ts';
import type { Plan, Task, TaskDirectories, TaskId } from './plan.ts';
import type { Follow } from './references.ts';
import type { StatedDirectories } from './stated-directories.ts';
import { show } from './text.ts';

/** Whose directories these are; a task has one entry. */
export function assignDirectories(
  stated: readonly StatedDirectories[],
  { follow, found }: { follow: Follow; found: Findings },
): Map<TaskId, TaskDirectories> {
  const directories = new Map<TaskId, TaskDirectories>();
  for (const { task, paths } of stated) {
    const { value, line, column } = task;
    for (const { id } of follow([task], MANIFEST, 'directories')) {
      if (directories.has(id)) {
        const text = `directories: ${show(value)} is ${id}, which has an entry above`;
        found.error('repeated-directories', { file: MANIFEST, line, column }, text);
      } else directories.set(id, { paths, line, column });
    }
  }
  return directories;
}

/**
 * Directories of the manifest in which two tasks may be at work at the same time. It is an error only where the plan is for
 * the pattern that needs them apart: a run with another one may have what it likes.
 */
export function checkShared(tasks: readonly Task[], pattern: Plan['pattern'], found: Findings): void {
  const named = tasks.flatMap(({ id, directories }) => (directories ? [{ id, at: directories }] : []));
  if (named.length < 2) return;
  const places = new Map(named.map(({ id, at }) => [id, at]));
  // All tasks: one that names no directories may be what another one waits through.
  const confined = tasks.map(({ id, deps }) => ({ id, deps, directories: places.get(id)?.paths ?? [] }));
  for (const { tasks: pair, directories } of sharedDirectories(confined)) {
    const [a, b] = pair;
    const { line, column } = places.get(b)!;
    const [one, other] = directories;
    const where = one === other ? `both work in ${one}` : `work in ${one} and in ${other}, which lie in each other`;
    const text = `${a} and ${b} ${where}, and neither waits for the other`;
    const at = { file: MANIFEST, line, column };
    const hint = 'the pattern directory needs them apart, or one of the tasks in the deps of the other';
    if (pattern === 'directory') found.error('shared-directories', at, text, { hint });
    else found.warning('shared-directories', at, text, { hint });
  }
}
