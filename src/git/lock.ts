import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processStart } from '../process/tree.ts';

/** A holder refreshes its lock file this often … */
const HEARTBEAT_MS = 5_000;
/** … so one this old has no holder any more, wherever that was. */
const STALE_MS = 30_000;
/** Waiting longer than this for a living holder is a bug somewhere. */
const PATIENCE_MS = 10 * 60_000;

const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `act` while nobody else holds the lock `file`: callers in this process take turns in order, other processes are
 * kept out by the file. Meant for work of milliseconds. The lock of a process that was killed is taken over at once; on a
 * shared disk, that of another machine after 30 s without a sign of life.
 */
export function withLock<T>(file: string, act: () => Promise<T>): Promise<T> {
  const turn = (queues.get(file) ?? Promise.resolve()).then(() => holding(file, act));
  const settled = turn.catch(() => {});
  queues.set(file, settled);
  settled.then(() => queues.get(file) === settled && queues.delete(file));
  return turn;
}

async function holding<T>(file: string, act: () => Promise<T>): Promise<T> {
  const token = JSON.stringify({ ...self(), token: randomBytes(8).toString('hex') });
  await acquire(file, token);
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  try {
    return await act();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(file, 'utf8').catch(() => '')) === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, token: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const deadline = Date.now() + PATIENCE_MS;
  for (let wait = 2; ; wait = Math.min(wait * 2, 50)) {
    if (await create(file, token)) return;
    if (await isStale(file)) {
      // Renaming is atomic: of several waiters one takes the stale file away, the others find none.
      const aside = `${file}.${randomBytes(8).toString('hex')}.stale`;
      await rename(file, aside).catch(() => {});
      await rm(aside, { force: true });
      continue;
    }
    if (Date.now() > deadline) throw new Error(`${file} has been held for ${PATIENCE_MS / 60_000} minutes`);
    await sleep(wait);
  }
}

async function create(file: string, token: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await writeFile(draft, token);
  try {
    await link(draft, file); // with its content at once: one that was killed in between would leave a lock of nobody
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    return createEmpty(file, token);
  } finally {
    await rm(draft, { force: true });
  }
}

/** For file systems without hard links: for a moment it has no content. */
async function createEmpty(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function self() {
  return { host: hostname(), pid: process.pid, start: processStart(process.pid) ?? '' };
}

async function isStale(file: string): Promise<boolean> {
  const [found, text] = await Promise.all([stat(file).catch(() => null), readFile(file, 'utf8').catch(() => '')]);
  if (found === null) return false;
  if (Date.now() - found.mtimeMs > STALE_MS) return true;
  try {
    const holder = JSON.parse(text) as ReturnType<typeof self>;
    return holder.host === hostname() && holder.start !== '' && !isAlive(holder.pid, holder.start);
  } catch {
    return false; // just being written
  }
}
