import type { Git } from './git.ts';

/**
 * Untracked paths of a checkout, ignored or not, that match gitignore patterns; relative to its top, sorted, a folder that
 * matches as a whole once and without its contents.
 * @param file a file with further patterns
 */
export async function untrackedMatching(
  git: Git,
  { patterns, file }: { patterns: readonly string[]; file?: string },
): Promise<string[]> {
  const given = patterns.filter((pattern) => pattern.trim() !== '');
  if (given.length === 0 && file === undefined) return [];
  const fields = await git.fields([
    'ls-files',
    '-z',
    '--others',
    '--ignored',
    '--directory',
    ...(file === undefined ? [] : [`--exclude-from=${file}`]),
    ...given.map((pattern) => `--exclude=${pattern}`),
  ]);
  return fields.map((path) => path.replace(/\/$/, '')).sort();
}

/** Untracked paths of a checkout that nothing ignores; a wholly untracked folder once, without its contents. */
export async function untrackedPaths(git: Git): Promise<string[]> {
  const fields = await git.fields(['ls-files', '-z', '--others', '--exclude-standard', '--directory']);
  return fields.map((path) => path.replace(/\/$/, '')).sort();
}
