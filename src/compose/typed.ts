import { relative } from 'node:path';
import { printable } from '../plan/text.ts';

/** The shortest path that leads to `path` from where the user stands. */
export function typedPath(cwd: string, path: string): string {
  const near = relative(cwd, path);
  return near === '' ? '.' : near.startsWith('..') ? path : near;
}

/** A word as it can be pasted into a shell. */
export function quoted(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
}
