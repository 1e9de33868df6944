import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes free for us where `path` is, or would be; null when the system does not tell. */
export function freeBytes(path: string): number | null {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
