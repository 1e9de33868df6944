import { readFile } from 'node:fs/promises';
import { covers } from '../scope/match.ts';
import { type Git, splitFields } from './git.ts';

/**
 * Untracked paths of a checkout, ignored or not, that match gitignore patterns; relative to its top, sorted, a folder that
 * matches as a whole once and without its contents. What lies inside an ignored folder counts only for a pattern that names
 * that folder: `.env` does not mean every one below node_modules.
 * @param file a file with further patterns
 */
export async function untrackedMatching(
  git: Git,
  { patterns, file }: { patterns: readonly string[]; file?: string },
): Promise<string[]> {
  const written = file === undefined ? '' : await readFile(file, 'utf8');
  const given = [...written.split(/\r?\n/), ...patterns].filter((pattern) => /^[^#\s]/.test(pattern));
  if (given.length === 0) return [];
  const list = ['ls-files', '-z', '--others', '--ignored', '--directory'];
  const [ignored, matching] = await Promise.all([
    ignoredFolders(git, list),
    git.fields([...list, ...given.map((pattern) => `--exclude=${pattern}`)]),
  ]);
  const closed = ignored.filter((folder) => !given.some((pattern) => names(pattern, folder)));
  const found = matching.filter((path) => !closed.some((folder) => path.startsWith(folder)));
  return found.map((path) => path.replace(/\/$/, '')).sort();
}

async function ignoredFolders(git: Git, list: readonly string[]): Promise<string[]> {
  const folders = (await git.fields([...list, '--exclude-standard'])).filter((path) => path.endsWith('/'));
  if (folders.length === 0) return [];
  // The list also has folders of which only the contents are ignored.
  const result = await git.run(['check-ignore', '-z', '--stdin'], {
    input: folders.map((path) => `${path}\0`).join(''),
  });
  return splitFields(result.stdout);
}

/** Whether a pattern means an ignored folder (`a/node_modules/`), or something in it by its path. */
function names(pattern: string, folder: string): boolean {
  const bare = pattern.replace(/^!/, '').replace(/^\//, '');
  if (bare.startsWith(folder)) return true;
  const whole = bare.replace(/\/$/, '');
  const anchored = pattern.replace(/\/$/, '').includes('/');
  return covers(anchored ? whole : `**/${whole}`, folder.slice(0, -1));
}

/** Untracked paths of a checkout that nothing ignores; a wholly untracked folder once, without its contents. */
export async function untrackedPaths(git: Git): Promise<string[]> {
  const fields = await git.fields(['ls-files', '-z', '--others', '--exclude-standard', '--directory']);
  return fields.map((path) => path.replace(/\/$/, '')).sort();
}
