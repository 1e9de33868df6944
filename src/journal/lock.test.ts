import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiled } from '../../test/rig/package.ts';
import { systemClock } from '../util/clock.ts';
import { acquireLock, type Lock, lockHolder } from './lock.ts';

let dir: string;
const clock = { ...systemClock, now: () => 1_795_443_753_000 };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'copse-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function take(above = 0): Lock {
  const lock = acquireLock(dir, { clock, above });
  if ('held' in lock) throw new Error(`held by ${lock.held.pid}`);
  return lock;
}

function held() {
  const lock = acquireLock(dir, { clock });
  return 'held' in lock ? lock.held : null;
}

/** Puts a lock file there as another coordinator would. */
function plant(epoch: number, content: object) {
  const own = acquireOwn();
  writeFileSync(join(dir, `lock.${epoch}`), JSON.stringify({ ...own, at: 5, released: false, ...content }));
}

/** What this process writes into a lock file. */
function acquireOwn() {
  const scratch = mkdtempSync(join(tmpdir(), 'copse-own-'));
  acquireLock(scratch, { clock });
  const content = JSON.parse(readFileSync(join(scratch, 'lock.1'), 'utf8'));
  rmSync(scratch, { recursive: true });
  return content;
}

describe('acquireLock', () => {
  it('is given once, and again when it is released, each time with a higher epoch', () => {
    expect(lockHolder(dir)).toBeNull();
    const first = take();
    expect(first.epoch).toBe(1);
    expect(held()).toEqual(lockHolder(dir));
    expect(held()).toEqual({
      pid: process.pid,
      host: hostname(),
      since: clock.now(),
      path: join(dir, 'lock.1'),
      here: true,
    });
    first.release();
    expect(first.holds()).toBe(false);
    expect(lockHolder(dir)).toBeNull();
    const second = take();
    expect([second.epoch, second.holds()]).toEqual([2, true]);
    first.release(); // too late: it is another's now
    expect(second.holds()).toBe(true);
    expect(readdirSync(dir)).toEqual(['lock.2']);
    expect(statSync(join(dir, 'lock.2')).mode & 0o777).toBe(0o600);
  });

  it('begins above an epoch that is used', () => {
    expect(take(41).epoch).toBe(42);
  });

  it('succeeds a holder whose process is gone, or whose pid is another process now', () => {
    plant(3, { pid: 2 ** 22 + 1 });
    expect(take().epoch).toBe(4);
    rmSync(join(dir, 'lock.4'));
    plant(7, { start: '1' });
    expect(take().epoch).toBe(8);
  });

  it.each([
    ['another machine', { host: 'far-away', pid: 2 ** 22 + 1 }],
    ['another container of this machine', { space: 'pid:[1]', pid: 2 ** 22 + 1 }],
    ['a process whose start it did not know', { start: '' }],
  ])('never takes the holder for dead on %s', (_, content) => {
    plant(3, content);
    expect(held()).toMatchObject({ here: false, since: 5, path: join(dir, 'lock.3') });
  });

  it('takes a file without content for one that is being written, for a while', () => {
    writeFileSync(join(dir, 'lock.1'), '');
    expect(held()).toMatchObject({ pid: 0, here: true });
    utimesSync(join(dir, 'lock.1'), 1, 1);
    expect(take().epoch).toBe(2);
  });

  it('is lost when another takes over, even when that one has come and gone', () => {
    const old = take();
    expect(old.holds()).toBe(true);
    plant(2, {});
    expect(old.holds()).toBe(false);
    // The third tidies: neither the file of the first nor of the second is there any more.
    plant(2, { released: true });
    const third = take();
    expect(readdirSync(dir)).toEqual(['lock.3']);
    expect([old.holds(), third.holds()]).toEqual([false, true]);
    // And somebody who read the folder long ago makes the first number again.
    plant(1, {});
    expect(old.holds()).toBe(false);
    expect(third.holds()).toBe(true);
  });

  it('removes drafts of those that were killed, not those of racers', () => {
    const names = ['lock.1.00ff.tmp', 'lock.1.11ff.tmp'] as const;
    for (const name of names) writeFileSync(join(dir, name), '');
    utimesSync(join(dir, names[0]), 1, 1);
    take();
    expect(readdirSync(dir).sort()).toEqual([names[1], 'lock.1'].sort());
  });
});

describe('processes that race', () => {
  const RACER = `
    import { acquireLock } from './journal/lock.js';
    process.on('message', ({ dir, release }) => {
      if (release) { globalThis.lock?.release?.(); process.send({ released: true }); return; }
      globalThis.lock = acquireLock(dir, { clock: { now: Date.now } });
      process.send({ epoch: globalThis.lock.epoch ?? null, held: globalThis.lock.held?.pid ?? null });
    });
    process.send({ up: true });
  `;
  const ROUNDS = 12;
  const RACERS = 5;

  it('have exactly one winner, over stale locks too, and the losers know who it is', async () => {
    const folder = compiled();
    const racers: ChildProcess[] = [];
    try {
      writeFileSync(join(folder, 'racer.js'), RACER);
      for (let index = 0; index < RACERS; index++)
        racers.push(spawn(process.execPath, [join(folder, 'racer.js')], ipc));
      await Promise.all(racers.map(answer));
      for (let round = 0; round < ROUNDS; round++) {
        const place = join(dir, `round-${round % 4}`);
        mkdirSync(place, { recursive: true });
        if (round < 4) writeFileSync(join(place, 'lock.6'), JSON.stringify({ ...acquireOwn(), pid: 2 ** 22 + 1 }));
        const results = await ask(racers, { dir: place });
        const winners = racers.filter((_, index) => results[index]!.epoch !== null);
        expect(winners, JSON.stringify(results)).toHaveLength(1);
        expect(new Set(results.map((result) => result.held))).toEqual(new Set([null, winners[0]!.pid]));
        expect(results.find((result) => result.epoch)!.epoch).toBe(7 + Math.floor(round / 4));
        await ask(winners, { release: true });
      }
    } finally {
      for (const racer of racers) racer.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

  const ipc = { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] as ('ignore' | 'inherit' | 'ipc')[] };
  type Answer = { epoch: number | null; held: number | null };
  const answer = (racer: ChildProcess) =>
    new Promise<Answer>((resolve, reject) => {
      const ended = (exit: number | null) => reject(new Error(`a racer ended with ${exit}`));
      racer.once('exit', ended);
      racer.once('message', (message) => {
        racer.off('exit', ended);
        resolve(message as Answer);
      });
    });
  const ask = (all: ChildProcess[], message: object) =>
    Promise.all(
      all.map((racer) => {
        const answered = answer(racer);
        racer.send(message);
        return answered;
      }),
    );
});
