import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileAppears } from './copse.ts';
import type { Scratch } from './repository.ts';

/** A filter of git, named `hold`, that can keep a git in the middle of a checkout. */
export interface HoldingFilter {
  /** From now on it holds who wants a file. */
  close(): void;
  /** Resolves with the process group of the git that is held. */
  held(): Promise<number>;
  open(): void;
}

/** Configures it in the scratch repository; attributes say which files it is for. */
export function holdingFilter(scratch: Scratch): HoldingFilter {
  const file = (name: string) => join(scratch.root, `filter-${name}`);
  const script = `[ ! -e '${file('closed')}' ] || { ps -o pgid= -p $$ >'${file('new')}'; mv '${file('new')}' '${file('held')}'; sleep 600; }; cat`;
  writeFileSync(file('script'), script);
  scratch.git('config', 'filter.hold.clean', 'cat');
  scratch.git('config', 'filter.hold.smudge', `sh '${file('script')}'`);
  scratch.git('config', 'filter.hold.required', 'true');
  return {
    close: () => writeFileSync(file('closed'), ''),
    async held() {
      await fileAppears(file('held'));
      return Number(readFileSync(file('held'), 'utf8'));
    },
    open() {
      for (const name of ['closed', 'held']) if (existsSync(file(name))) rmSync(file(name));
    },
  };
}
