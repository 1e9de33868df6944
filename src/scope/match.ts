import { has } from './charset.ts';
import { compileGlob, type Glob, type Reading } from './glob.ts';

/** Whether a pattern covers a path of the repository (relative, `/`, no leading `./`). */
export function covers(pattern: string, path: string, reading: Reading = 'write'): boolean {
  return globCovers(compileGlob(pattern, reading), path);
}

/** {@link covers} for a compiled pattern; time is path length × pattern length at worst. */
export function globCovers(glob: Glob, path: string): boolean {
  if (glob.literal !== null) {
    return path === glob.literal || (glob.below && path.startsWith(`${glob.literal}/`));
  }
  if (path === '' || !path.startsWith(glob.prefix) || !path.endsWith(glob.suffix)) return false;
  let current = closure(glob, [glob.start]);
  for (const char of path) {
    const code = char.codePointAt(0)!;
    const reached: number[] = [];
    for (const id of current) {
      const step = glob.steps[id]!;
      if ('set' in step && has(step.set, code)) reached.push(step.next);
    }
    if (reached.length === 0) return false;
    current = closure(glob, reached);
  }
  return current.has(glob.accept);
}

/** All steps that can be reached without consuming a character. */
export function closure(glob: Glob, from: readonly number[]): Set<number> {
  const seen = new Set<number>(from);
  // A set is walked in order of insertion, including what is added on the way.
  for (const id of seen) {
    const step = glob.steps[id]!;
    if ('split' in step) for (const next of step.split) seen.add(next);
  }
  return seen;
}
