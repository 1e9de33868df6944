import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, onCopiedIndex, updateIndex } from './copied-index.ts';
import type { Repository } from './repository.ts';

const MAX_FILES = 2000;
const MAX_BYTES = 20_000_000;

/**
 * What these files of the checkout (latin1) hold, as a patch against HEAD, untracked ones as new files. Index and files stay
 * as they are. `left`: named in it no more, for there are too many or they are too large.
 */
export async function checkoutPatch(
  { git, gitDir, root }: Repository,
  paths: readonly string[],
): Promise<{ patch: Buffer; left: string[] }> {
  const taken: string[] = [];
  let room = MAX_BYTES;
  for (const path of paths.slice(0, MAX_FILES)) {
    const found = await lstat(join(root, decode(path))).catch(() => null);
    const size = found?.isFile() ? found.size : 0;
    if (found?.isDirectory() || size > room) continue;
    room -= size;
    taken.push(path);
  }
  const patch = await onCopiedIndex(git, { gitDir, junk: [] }, async (scratch) => {
    await updateIndex(scratch, taken);
    const how = [
      '--cached',
      '--binary',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-relative',
      '--no-renames',
    ];
    return git.bytes(['--literal-pathspecs', 'diff', ...how, 'HEAD', '--', ...taken.map(decode)], { env: scratch.env });
  });
  return { patch, left: paths.filter((path) => !taken.includes(path)).map(decode) };
}
