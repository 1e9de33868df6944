import { relative } from 'node:path';
import { printable } from '../plan/text.ts';
import { shellWord } from '../util/shell-word.ts';

/** The shortest path that leads to `path` from where the user stands. */
export function typedPath(cwd: string, path: string): string {
  const near = relative(cwd, path);
  return near === '' ? '.' : near.startsWith('..') ? path : near;
}

/** A word as it can be shown, and pasted into a shell. */
export function quoted(word: string): string {
  return shellWord(printable(word));
}
