import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '../process/tree.ts';
import { withLock } from './lock.ts';
import { createPool } from './pool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copse-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('withLock', () => {
  it('lets one in at a time, in order, and goes on after a failure', async () => {
    const file = join(folder, 'deep/lock');
    const trace: string[] = [];
    const enter = (name: string) =>
      withLock(file, async () => {
        trace.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        trace.push(`${name} out`);
        if (name === 'b') throw new Error('b failed');
        return name;
      });
    const results = await Promise.allSettled([enter('a'), enter('b'), enter('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(trace).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    expect(existsSync(file)).toBe(false);
  });

  it('waits for another process to let go, and takes the lock of a dead one', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, 'another process');
    let entered = false;
    const waiting = withLock(file, async () => {
      entered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
    utimesSync(file, new Date(0), new Date(0));
    await waiting;
    expect(entered).toBe(true);
    expect(existsSync(file)).toBe(false);
  });
});

describe('withLock, after a crash', () => {
  it('takes over at once from a process that is gone, not from one that lives', async () => {
    const file = join(folder, 'lock');
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const holder = (pid: number, start: string) => JSON.stringify({ host: hostname(), pid, start, token: 'x' });
    writeFileSync(file, holder(ended, 'long ago'));
    expect(await withLock(file, async () => 'entered')).toBe('entered');
    writeFileSync(file, holder(process.pid, processStart(process.pid)!));
    let entered = false;
    const waiting = withLock(file, async () => {
      entered = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
    rmSync(file);
    await waiting;
    expect(entered).toBe(true);
  });
});

describe('createPool', () => {
  it('never runs more than its size, and runs all', async () => {
    const pool = createPool(3);
    let [running, most] = [0, 0];
    const done = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        pool(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if (n % 5 === 0) throw new Error(String(n));
          return n;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
  });
});
