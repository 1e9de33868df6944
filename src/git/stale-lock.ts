import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atWork } from '../process/at-work.ts';
import type { Repository } from './repository.ts';
import { listWorktrees } from './worktree.ts';

/** A lock file of git that stands in the way. */
export interface FoundLock {
  path: string;
  /** Pids of who may hold it; null where the system does not tell. */
  holders: number[] | null;
}

/** Locks that git holds for moments, never while a person writes a message. */
const BRIEF = ['packed-refs.lock', 'config.lock'];
/** Between two looks at a lock: who holds it and has closed it, is about to put it in its place. */
const LOOK_MS = 1000;

/**
 * Removes what killed gits (an agent's, when its attempt was ended) have left in the shared git directory, where it stops every
 * other git: no process has it open, no git stands in the repository, and for a second nothing of it changed. Costs two
 * system calls as long as there is none.
 */
export async function removeStaleLocks({ git, commonDir }: Repository): Promise<void> {
  for (const lock of BRIEF.map((name) => join(commonDir, name)).filter((path) => existsSync(path))) {
    const folders = [commonDir, ...(await listWorktrees(git)).map(({ path }) => path)];
    const before = stampOf(lock);
    if (atWork(lock, folders)?.length !== 0) continue;
    await sleep(LOOK_MS);
    if (stampOf(lock) === before && atWork(lock, folders)?.length === 0) await rm(lock, { force: true });
  }
}

/** The lock that made git fail, by what it said; null when that was something else, or the lock is gone. */
export function lockBehind(stderr: string): FoundLock | null {
  const path = /Unable to create '([^'\n]+\.lock)': File exists/.exec(stderr)?.[1];
  return path === undefined ? null : lockAt(path);
}

/** A lock as it stands; null when there is none. */
export function lockAt(path: string): FoundLock | null {
  if (!existsSync(path)) return null;
  const inside = path.indexOf('/.git/');
  const place = inside < 0 ? dirname(path) : path.slice(0, inside);
  return { path, holders: atWork(path, [place]) };
}

/** What a person does about it, a sentence. */
export function wayOut({ path, holders }: FoundLock): string {
  if (holders === null) return `when no git runs there: rm '${path}'`;
  if (holders.length > 0) return `wait for process ${holders.join(', ')} to end, or end it`;
  return `no git is at work there, one that was killed has left it: rm '${path}'`;
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : '-';
}
