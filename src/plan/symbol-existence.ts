import { entryFrom, isOwnedBy } from '../scope/extend.ts';
import type { ScopeEntry } from '../scope/scope.ts';
import { symbolCovers, type Touched } from '../scope/symbols.ts';
import { collectFindings } from './findings.ts';
import type { Diagnostic, Task } from './plan.ts';
import { isPlainFile, pathsOf } from './spelled.ts';
import { show } from './text.ts';

/** A definition of a file, by its name; how many of its first names are namespaces. */
export type Defined = Pick<Touched, 'symbol' | 'namespaces'>;

/** Files of which a plan names parts to modify. */
export function filesWithNamedSymbols(tasks: readonly Task[]): string[] {
  return [...new Set(tasks.flatMap((task) => namedIn(task).map(({ path }) => path)))];
}

/** Notes MODIFY of symbols that are not in their files, and that no other task may put there. */
export function missingSymbols(
  tasks: readonly Task[],
  definitions: ReadonlyMap<string, readonly Defined[]>,
): Diagnostic[] {
  const found = collectFindings();
  for (const task of tasks) {
    for (const { entry, path, symbol } of namedIn(task)) {
      const defined = definitions.get(path);
      if (!defined || defined.some((each) => symbolCovers(symbol, { ...each, change: 'modified', line: 0 }))) continue;
      const wanted = entryFrom(`${path}::${symbol}`);
      if (tasks.some((other) => other.id !== task.id && isOwnedBy(other.scope, wanted))) continue;
      const at = { file: task.file, line: entry.line, column: entry.column };
      found.note('symbol-missing', at, `${show(path)} has no ${show(symbol)}, which is to be modified`, {
        hint: 'put it under CREATE, or correct its name: Class, function, Class.method',
      });
    }
  }
  return found.list;
}

function namedIn({ scope }: Task): { entry: ScopeEntry; path: string; symbol: string }[] {
  return scope.modify.flatMap((entry) => {
    const { symbol } = entry;
    if (symbol === undefined || scope.create.includes(entry)) return [];
    return pathsOf(entry).flatMap((path) => (isPlainFile(path) ? [{ entry, path, symbol }] : []));
  });
}
