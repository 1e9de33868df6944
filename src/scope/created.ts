import type { Scope } from './scope.ts';

/** The files that CREATE names one by one; a glob or a folder promises none, nor does what may be modified as well. */
export function filesToCreate({ create, modify }: Scope): string[] {
  return create
    .filter((entry) => !modify.includes(entry))
    .filter(({ pattern, symbol }) => symbol === undefined && !/[*?[\]{}\\]|\/$/.test(pattern))
    .map(({ pattern }) => pattern.replace(/^(?:\.\/)+/, ''));
}
