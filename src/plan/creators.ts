import { compileGlob, type Glob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';
import type { Task, TaskId } from './plan.ts';
import { pathsOf } from './spelled.ts';

/** Finds the task that creates a path: plain paths by name, then the few globs. */
export function creators(tasks: readonly Task[]): (path: string) => TaskId | undefined {
  const literals = new Map<string, TaskId>();
  const globs: { glob: Glob; id: TaskId }[] = [];
  for (const { id, scope } of tasks) {
    for (const pattern of scope.create.flatMap(pathsOf)) {
      if (!literals.has(pattern)) literals.set(pattern, id);
      if (/[*?[\]]|\/$/.test(pattern) && globs.length < 1000) globs.push({ glob: compileGlob(pattern), id });
    }
  }
  const known = new Map<string, TaskId | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, literals.get(path) ?? globs.find(({ glob }) => globCovers(glob, path))?.id);
    return known.get(path);
  };
}
