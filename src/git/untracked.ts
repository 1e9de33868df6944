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
