import { compileGlob, type Glob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';
import type { Task, TaskId } from './plan.ts';
import { isPlainFile, pathsOf, plainStart } from './spelled.ts';

/** What begins alike is looked at one by one. */
const MAX_GLOBS = 1000;

interface Creating {
  pattern: string;
  id: TaskId;
  /** In the order of the plan: the first one creates it. */
  rank: number;
  glob?: Glob;
}

/** Finds the task that creates a path: plain paths by name, then the first glob that begins like it and covers it. */
export function creators(tasks: readonly Task[]): (path: string) => TaskId | undefined {
  const literals = new Map<string, TaskId>();
  const globs = new Map<string, Creating[]>();
  let count = 0;
  for (const { id, scope } of tasks) {
    for (const pattern of scope.create.flatMap(pathsOf)) {
      if (!literals.has(pattern)) literals.set(pattern, id);
      if (isPlainFile(pattern) || count === MAX_GLOBS) continue;
      const start = plainStart(pattern);
      globs.set(start, [...(globs.get(start) ?? []), { pattern, id, rank: count++ }]);
    }
  }
  const covers = (each: Creating, path: string) => {
    each.glob ??= compileGlob(each.pattern);
    return globCovers(each.glob, path);
  };
  const byGlob = (path: string) => {
    let first: Creating | undefined;
    for (let length = 0; length <= path.length && globs.size > 0; length++) {
      const found = globs.get(path.slice(0, length))?.find((each) => covers(each, path));
      if (found && (!first || found.rank < first.rank)) first = found;
    }
    return first?.id;
  };
  const known = new Map<string, TaskId | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, literals.get(path) ?? byGlob(path));
    return known.get(path);
  };
}
