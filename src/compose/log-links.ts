import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptPaths } from '../journal/store.ts';
import type { RunState } from '../run/state.ts';

/** `<plan>/logs/<task>.log`: a link to the readable log of the latest attempt, in a folder that git ignores. */
export function logLinks(commonDir: string, state: RunState) {
  const folder = join(state.planDir, 'logs');
  // A read-only plan folder has no links; `copse logs` finds the log all the same.
  const orNot = (act: () => void) => {
    try {
      act();
    } catch {}
  };
  orNot(() => {
    mkdirSync(folder, { recursive: true });
    const ignore = join(folder, '.gitignore');
    // Empty: its writer was killed in between.
    if (!existsSync(ignore) || readFileSync(ignore, 'utf8') === '') writeFileSync(ignore, '*\n');
  });
  return {
    link: (task: string, attempt: number): void =>
      orNot(() => {
        const path = join(folder, `${task}.log`);
        rmSync(path, { force: true });
        symlinkSync(join(attemptPaths(commonDir, state.id, task, attempt).dir, 'agent.log'), path);
      }),
  };
}
