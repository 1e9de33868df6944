import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../git/lock.ts';
import { noFolder } from './store.ts';

/** Begins runs one at a time in a repository: who comes second sees the run of the first, and who holds it. */
export async function oneAtATime<T>(commonDir: string, begin: () => Promise<T>): Promise<T> {
  const folder = join(commonDir, 'copse');
  const file = join(folder, 'begin.lock');
  try {
    return await withLock(file, begin);
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    const ofLock = path !== undefined && (path === folder || path.startsWith(file));
    throw ofLock ? noFolder(folder, error as NodeJS.ErrnoException) : error;
  } finally {
    removeIfEmpty(folder);
  }
}

/** A run that was refused leaves no folder either. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There are runs in it.
  }
}
