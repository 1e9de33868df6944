import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname } from 'node:path';
import type { Reading } from '../schedule/admission.ts';
import { machineMemory } from './memory.ts';

/** What the machine has left at this moment. `places`: folders that agents and copse write to; they need not exist yet. */
export function probe(places: readonly string[]): Reading {
  return { memory: machineMemory(), load: loadPerCore(), disks: disksOf(places), files: freeFiles() };
}

/** Processes that want to run, per core, over the last minute; null on Windows, which does not tell. */
export function loadPerCore(): number | null {
  return process.platform === 'win32' ? null : loadavg()[0]! / cores();
}

/** Cores that this process may use. */
export function cores(): number {
  return availableParallelism();
}

/** Space for us where `path` is, or would be; null when the system does not tell. */
export function diskAt(path: string): { path: string; free: number; total: number } | null {
  const folder = nearestFolder(path);
  try {
    const { bavail, blocks, bsize, files, ffree } = statfsSync(folder);
    // No inode left is as good as no byte left; some file systems count none.
    const free = files > 0 && ffree === 0 ? 0 : bavail * bsize;
    return { path: folder, free, total: blocks * bsize };
  } catch {
    return null;
  }
}

/** One for each disk, however many places are on it. */
function disksOf(places: readonly string[]): Reading['disks'] {
  const seen = new Set<number>();
  return places.flatMap((place) => {
    const device = statSync(nearestFolder(place), { throwIfNoEntry: false })?.dev;
    if (device === undefined || seen.has(device)) return [];
    seen.add(device);
    return diskAt(place) ?? [];
  });
}

function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** File descriptors that this process may still open; null where the system does not tell. */
export function freeFiles(): number | null {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(read('/proc/self/limits'))?.[1];
  if (limit === undefined) return null;
  try {
    return limit === 'unlimited' ? null : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch {
    return 0; // not even one to look with
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
