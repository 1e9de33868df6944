import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';

/** Where a work tree's HEAD went, and how: `commit: add a file`, `checkout: moving from main to wip`. */
export interface HeadMove {
  to: Oid;
  how: string;
}

/**
 * The log of HEAD with this git directory, a line each: `<old> <new> <who> <seconds> <zone>\t<how>`. None when there is no log.
 * @param since milliseconds since the epoch: what is older is not told
 */
export async function headLog(gitDir: string | null, since = 0): Promise<HeadMove[]> {
  const text = gitDir === null ? '' : await readFile(join(gitDir, 'logs/HEAD'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, to, at, how] = /^[0-9a-f]+ ([0-9a-f]+) .*?(\d+) [-+]\d+\t(.*)$/.exec(line) ?? [];
    return to === undefined || Number(at) < Math.floor(since / 1000) ? [] : [{ to, how: how! }];
  });
}
