import { isNoSpace } from '../machine/no-space.ts';
import { type CopiedIndex, isFolder, updateIndex } from './copied-index.ts';
import { GitError, splitFields } from './git.ts';
import type { Scan } from './scan.ts';

/** Stages all that a scan found; gives the paths (latin1) that could not be added. */
export async function addEverything(scratch: CopiedIndex, scan: Scan): Promise<string[]> {
  const { git, env, patterns } = scratch;
  const paths = new Set([...scan.changed, ...scan.untracked.filter((path) => !isFolder(path))]);
  if (paths.size === 0) return [];
  const result = await updateIndex(scratch, [...paths]);
  const { exit, stderr } = result;
  if (exit === 0 && stderr.length === 0) return [];
  // No fault of a file: with half of them missing it would look as if that were all the work.
  const failure = new GitError(['update-index', '--stdin'], result);
  if (exit !== 0 && isNoSpace(failure, [git.cwd])) throw failure;
  // It fails as a whole for one file that cannot be read, and passes over a name it refuses with no more than a remark.
  if (exit !== 0) await addOneByOne(scratch, [...paths], { failures: 0 });
  const [changed, untracked] = await Promise.all([
    git.bytes(['diff-files', '--name-only', '-z', '--ignore-submodules=dirty', '--no-relative'], { env }),
    git.bytes(['ls-files', '-z', '--others', '--exclude-standard', `--exclude-from=${patterns}`], { env }),
  ]);
  return [...splitFields(changed, 'latin1'), ...splitFields(untracked, 'latin1')].filter((path) => paths.has(path));
}

const MAX_UNREADABLE = 50;

/** Adds what can be added, by halves. Throws when so much fails that it is not the files' fault. */
async function addOneByOne(scratch: CopiedIndex, paths: string[], count: { failures: number }): Promise<void> {
  const result = await updateIndex(scratch, paths);
  if (result.exit === 0) return;
  if (paths.length === 1) {
    count.failures += 1;
    if (count.failures > MAX_UNREADABLE) throw new GitError(['update-index', '--stdin'], result);
    return;
  }
  const half = Math.ceil(paths.length / 2);
  await addOneByOne(scratch, paths.slice(0, half), count);
  await addOneByOne(scratch, paths.slice(half), count);
}
