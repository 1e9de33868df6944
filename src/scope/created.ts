import type { Scope } from './scope.ts';

/** The files that CREATE names one by one; a glob or a folder promises none. */
export function filesToCreate({ create }: Scope): string[] {
  return create
    .filter(({ pattern, symbol }) => symbol === undefined && !/[*?[\]{}\\]|\/$/.test(pattern))
    .map(({ pattern }) => pattern.replace(/^(?:\.\/)+/, ''));
}
