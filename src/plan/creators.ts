import { compileGlob, type Glob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';
import type { Task, TaskId } from './plan.ts';
import { isPlainFile, pathsOf, plainStart } from './spelled.ts';

/** A lookup looks at all of them. */
const MAX_GLOBS = 1000;

/** Finds the task that creates a path: plain paths by name, then the globs that begin like it. */
export function creators(tasks: readonly Task[]): (path: string) => TaskId | undefined {
  const literals = new Map<string, TaskId>();
  const globs: { pattern: string; start: string; id: TaskId; glob?: Glob }[] = [];
  for (const { id, scope } of tasks) {
    for (const pattern of scope.create.flatMap(pathsOf)) {
      if (!literals.has(pattern)) literals.set(pattern, id);
      if (!isPlainFile(pattern) && globs.length < MAX_GLOBS) globs.push({ pattern, start: plainStart(pattern), id });
    }
  }
  const byGlob = (path: string) =>
    globs.find((each) => {
      if (!path.startsWith(each.start)) return false;
      each.glob ??= compileGlob(each.pattern);
      return globCovers(each.glob, path);
    })?.id;
  const known = new Map<string, TaskId | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, literals.get(path) ?? byGlob(path));
    return known.get(path);
  };
}
