import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Removes a folder and as many above it as are asked for, as far as nothing else is in them. */
export function removeEmptyFolders(folder: string, levels: number): void {
  if (levels === 0) return;
  try {
    rmdirSync(folder);
  } catch {
    return; // not empty, not there, or not ours to remove
  }
  removeEmptyFolders(dirname(folder), levels - 1);
}
