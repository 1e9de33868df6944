import { compileGlob } from '../scope/glob.ts';
import type { ScopeEntry } from '../scope/scope.ts';
import { creators } from './creators.ts';
import type { Findings } from './findings.ts';
import type { Task } from './plan.ts';
import { isPlainFile, pathsOf } from './spelled.ts';
import { show } from './text.ts';

/** Notes CREATE of files that are there already, and MODIFY of files that are not and that no task creates. */
export function checkExistence(tasks: readonly Task[], has: (path: string) => boolean, found: Findings): void {
  const creator = creators(tasks);
  for (const { file, scope } of tasks) {
    const either = new Set(scope.create.filter((entry) => scope.modify.includes(entry)));
    for (const { entry, path } of plainFiles(scope.create)) {
      if (either.has(entry) || !has(path)) continue;
      found.note(
        'create-existing',
        { file, line: entry.line, column: entry.column },
        `${show(path)} is to be created, but is there already`,
        {
          hint: 'put it under MODIFY',
        },
      );
    }
    for (const { entry, path } of plainFiles(scope.modify)) {
      if (either.has(entry) || has(path) || creator(path) !== undefined) continue;
      found.note(
        'modify-missing',
        { file, line: entry.line, column: entry.column },
        `${show(path)} is to be modified, but is not there, and no task creates it`,
        {
          hint: 'put it under CREATE, or correct the path',
        },
      );
    }
  }
}

function plainFiles(entries: readonly ScopeEntry[]): { entry: ScopeEntry; path: string }[] {
  return entries.flatMap((entry) =>
    pathsOf(entry).flatMap((pattern) => {
      if (isPlainFile(pattern)) return [{ entry, path: pattern }];
      const { literal, below } = compileGlob(pattern);
      return literal === null || below ? [] : [{ entry, path: literal }];
    }),
  );
}
