import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';

/**
 * Begins a merge in a clean work tree and leaves it standing: conflict markers in the files, all versions in the index. What git
 * resolves by itself is in both; so is, where the repository has rerere, what was resolved before.
 * @returns the paths that are unmerged; a string says why there is no merge
 */
export async function beginMerge(
  git: Git,
  { head, message, config = [] }: { head: Oid; message: string; config?: readonly string[] },
): Promise<string[] | string> {
  const args = ['merge', '--no-commit', '--no-ff', '--no-verify', '--no-gpg-sign', '-q', '-m', message, head];
  const result = await git.run(args, { env: await identityEnv(git), config });
  if (result.exit === 0 || result.exit === 1) {
    const standing = await git.run(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD']);
    if (standing.exit === 0) return unmergedPaths(git);
  }
  return result.stderr.toString('utf8').trim() || `git merge ended with ${result.exit ?? result.signal}`;
}

/** Paths of which the index has several versions, sorted. */
export async function unmergedPaths(git: Git): Promise<string[]> {
  const entries = await git.fields(['ls-files', '-z', '--unmerged', '--full-name']);
  return [...new Set(entries.map((entry) => entry.slice(entry.indexOf('\t') + 1)))].sort();
}
