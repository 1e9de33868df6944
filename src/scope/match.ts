import { has } from './charset.ts';
import { compileGlob, type Glob, type Reading } from './glob.ts';
import { closure } from './machine.ts';

/** Whether a pattern covers a path of the repository (relative, `/`, no leading `./`). */
export function covers(pattern: string, path: string, reading: Reading = 'write'): boolean {
  return globCovers(compileGlob(pattern, reading), path);
}

/** {@link covers} for a compiled pattern; time is path length × pattern length at worst. */
export function globCovers(glob: Glob, path: string): boolean {
  if (glob.literal !== null) {
    return path === glob.literal || (glob.below && path.startsWith(`${glob.literal}/`));
  }
  if (path === '' || !path.startsWith(glob.prefix) || !path.endsWith(glob.ends().tail[0]?.suffix ?? '')) return false;
  const machine = glob.machine();
  let current = closure(machine, [machine.start]);
  for (const char of path) {
    const code = char.codePointAt(0)!;
    const reached: number[] = [];
    for (const id of current) {
      const step = machine.steps[id]!;
      if ('set' in step && has(step.set, code)) reached.push(step.next);
    }
    if (reached.length === 0) return false;
    current = closure(machine, reached);
  }
  return current.has(machine.accept);
}
