import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noted } from '../../test/rig/events.ts';
import { compiled } from '../../test/rig/package.ts';
import { systemClock } from '../util/clock.ts';
import { encodeLine } from './codec.ts';
import { replay } from './replay.ts';
import { openJournal } from './write.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'copse-write-'));
  path = join(dir, 'journal.jsonl');
});
afterEach(() => {
  for (const each of [dir, `${dir}.moved`]) rmSync(each, { recursive: true, force: true });
});

let time = 1000;
const clock = { ...systemClock, now: () => time++ };
const open = () => openJournal({ dir, run: 'r', clock });
const numbers = () => replay(path).events.map((event) => (event.type === 'task.noted' ? event.task : event.type));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => `task-${index + 1}`);

describe('openJournal', () => {
  it('stamps at once, and has everything on the disk after a flush', async () => {
    const journal = await open();
    expect(journal).toMatchObject({ run: 'r', epoch: 1, past: { events: [] } });
    const first = journal.append(noted(1));
    const second = journal.append(noted(2));
    expect(first).toEqual({ v: 1, seq: 1, at: second.at - 1, run: 'r', ...noted(1) });
    await journal.flush();
    expect(replay(path).events).toEqual([first, second]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  it('goes on where the one before ended', async () => {
    const first = await open();
    first.append(noted(1));
    await first.close();
    const second = await open();
    expect(second).toMatchObject({ epoch: 2, past: { events: [{ seq: 1 }] } });
    expect(second.append(noted(2)).seq).toBe(2);
    await second.close();
    expect(numbers()).toEqual(upTo(2));
  });

  it('writes in the order of appending, however flushes and turns fall', async () => {
    const journal = await open();
    const flushes: Promise<void>[] = [];
    for (let number = 1; number <= 10_000; number++) {
      journal.append(noted(number));
      if (number % 7 === 0) flushes.push(journal.flush());
      if (number % 501 === 0) await null;
      if (number % 1009 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(flushes);
    await journal.close();
    expect(numbers()).toEqual(upTo(10_000));
    expect(replay(path).dropped).toEqual({ torn: 0, fenced: 0, repeated: 0 });
  });

  it('acknowledges an event that is appended while another flush is ending', async () => {
    const journal = await open();
    for (let number = 1; number <= 50; number++) {
      journal.append(noted(number));
      // Each continues in the very turn in which the flush before it resolved.
      await journal.flush();
      expect(numbers()).toHaveLength(number);
    }
    await journal.close();
  });

  it('writes without anybody flushing', async () => {
    const journal = await open();
    journal.append(noted(1));
    while (numbers().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await journal.close();
  });

  it('takes nothing after it was closed', async () => {
    const journal = await open();
    await journal.close();
    await journal.close();
    expect(() => journal.append(noted(1))).toThrow(expect.objectContaining({ code: 'closed' }));
    await expect(journal.flush()).rejects.toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('goes on after a line that was torn at any byte', async () => {
    const journal = await open();
    for (let number = 1; number <= 3; number++) journal.append(noted(number));
    await journal.close();
    const whole = readFileSync(path);
    const start = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = start; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      const next = await open();
      expect(next.append(noted(3)).seq).toBe(3);
      await next.close();
      expect(numbers(), `${length}`).toEqual(upTo(3));
    }
  });

  it('refuses a journal with events missing, and lets go of it', async () => {
    const journal = await open();
    for (let number = 1; number <= 9; number++) journal.append(noted(number));
    await journal.close();
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.toSpliced(4, 1).join('\n'));
    const refused = expect.objectContaining({
      code: 'journal-corrupt',
      where: `${path}:5`,
      exit: 7,
      hint: expect.stringContaining('4 events before it are intact, 4 behind it can be read'),
    });
    await expect(open()).rejects.toThrow(refused);
    await expect(open()).rejects.toThrow(refused);
    // As the hint says:
    const [, command] = /from the intact part: (.*)$/.exec((await open().catch((error) => error)).hint)!;
    expect(spawnSync('sh', ['-c', command!]).status).toBe(0);
    const mended = await open();
    expect(mended.append(noted(5)).seq).toBe(5);
    await mended.close();
    expect(numbers()).toEqual(upTo(5));
  });

  it('is refused while another writes, with a way out', async () => {
    const journal = await open();
    await expect(open()).rejects.toThrow(
      expect.objectContaining({ code: 'run-locked', exit: 7, hint: expect.stringContaining(`kill ${process.pid}`) }),
    );
    await journal.close();
  });

  it('uses no epoch twice when the lock files were removed', async () => {
    for (let round = 0; round < 3; round++) {
      const journal = await open();
      journal.append(noted(round + 1));
      await journal.close();
    }
    for (const name of readdirSync(dir)) if (name.startsWith('lock.')) rmSync(join(dir, name));
    const journal = await open();
    expect(journal.epoch).toBe(4);
    await journal.close();
  });
});

describe('a coordinator that was overtaken', () => {
  const overtake = () => writeFileSync(join(dir, 'lock.2'), '{}');

  it('writes nothing more, and says so', async () => {
    const journal = await open();
    journal.append(noted(1));
    await journal.flush();
    overtake();
    journal.append(noted(2));
    const fenced = expect.objectContaining({ code: 'fenced' });
    await expect(journal.flush()).rejects.toThrow(fenced);
    journal.append(noted(3));
    await expect(journal.flush()).rejects.toThrow(fenced);
    await expect(journal.close()).rejects.toThrow(fenced);
    expect(numbers()).toEqual(upTo(1));
    expect(readdirSync(dir).sort()).toEqual(['journal.jsonl', 'lock.1', 'lock.2']);
  });

  it('learns it from a flush, also with nothing to write', async () => {
    const journal = await open();
    overtake();
    await expect(journal.flush()).rejects.toThrow(expect.objectContaining({ code: 'fenced' }));
    await journal.close().catch(() => {});
  });

  it('is told when the folder is removed or moved away, without a flush', async () => {
    for (const [remove, reason] of [
      [() => rmSync(dir, { recursive: true }), { code: 'gone', message: expect.stringContaining(`removed: ${dir}`) }],
      [() => renameSync(dir, `${dir}.moved`), { code: 'fenced', message: expect.stringContaining(`away: ${dir}`) }],
    ] as const) {
      mkdirSync(dir, { recursive: true });
      const journal = await open();
      expect(journal.lost.aborted).toBe(false);
      remove();
      await once(journal.lost, 'abort');
      expect(journal.lost.reason).toMatchObject(reason);
      await expect(journal.close()).rejects.toThrow(expect.objectContaining({ code: reason.code }));
    }
  });

  it('acknowledges nothing that its successor may not have read', async () => {
    const journal = await open();
    journal.append(noted(1));
    // The lock was looked at when flush() was called; the write is on its way now.
    const flushed = journal.flush();
    overtake();
    await expect(flushed).rejects.toThrow(expect.objectContaining({ code: 'fenced' }));
    expect(numbers()).toEqual(upTo(1));
    await journal.close().catch(() => {});
  });

  it('does not harm its successor with half a line', async () => {
    const journal = await open();
    journal.append(noted(1));
    await journal.flush();
    appendFileSync(path, '{"v":1,"seq":2,"at":1,"run":"r","ty');
    journal.append(noted(2));
    await journal.close();
    expect(numbers()).toEqual(upTo(2));
  });
});

describe('in a process of its own', () => {
  let folder: string;
  beforeAll(() => {
    folder = compiled();
    const noting = `(number, size = 0) => ({ type: 'task.noted', task: 'task-' + number, note: 'ü'.repeat(size) })`;
    const head = `
      import { writeSync } from 'node:fs';
      import { openJournal } from './journal/write.js';
      const noted = ${noting};
      const journal = await openJournal({ dir: process.argv[2], run: 'r', clock: { now: Date.now } });
      let number = journal.past.seq;
    `;
    // Appends bursts of odd sizes for ever, and says after each flush how far it is.
    writeFileSync(
      join(folder, 'endless.js'),
      `${head}
      for (;;) {
        for (let count = 0; count <= number % 11; ) { journal.append(noted(++number, (number * 7919) % 3000)); count++; }
        await journal.flush();
        writeSync(1, number + '\\n');
      }`,
    );
    // Writes more than it may, is told, and flushes again when it is allowed more.
    writeFileSync(
      join(folder, 'full.js'),
      `${head}
      for (let count = 0; count < 300; count++) journal.append(noted(++number, 100));
      const error = await journal.flush().catch((error) => error);
      process.send({ code: error?.code, errno: error?.errno });
      process.once('message', async () => {
        journal.append(noted(++number));
        await journal.close();
        process.send({ closed: true });
        process.disconnect();
      });`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has every acknowledged event after kill -9, again and again', async () => {
    let acknowledged = 0;
    for (let round = 0; round < 25; round++) {
      const child = spawn(process.execPath, [join(folder, 'endless.js'), dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      let said = '';
      let lines = 0;
      child.stdout.on('data', (data: Buffer) => {
        said += data;
        lines += `${data}`.split('\n').length - 1;
        if (lines > (round * 5) % 7) child.kill('SIGKILL');
      });
      await ended;
      acknowledged = Number(said.trimEnd().split('\n').at(-1));
      const { events, seq, damage } = replay(path);
      expect(damage).toBeNull();
      expect(seq).toBeGreaterThanOrEqual(acknowledged);
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
      expect(numbers()).toEqual(upTo(seq));
      // What a power cut may add: half of a line.
      if (round % 3 === 0) truncateSync(path, statSync(path).size - 1 - (round % 20));
    }
    expect(acknowledged).toBeGreaterThan(25);
    const journal = await open();
    expect(journal.epoch).toBe(26);
    await journal.close();
  });

  // A limit on the size of files ends a write in the middle, as a full disk does; only Linux can lift it for another process.
  it.skipIf(process.platform !== 'linux')('loses nothing when the disk was full for a while', async () => {
    const script = 'ulimit -S -f 20; exec "$@"';
    const child = spawn('sh', ['-c', script, 'sh', process.execPath, join(folder, 'full.js'), dir], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const message = () => new Promise((resolve) => child.once('message', resolve));
    expect(await message()).toEqual({ code: 'io', errno: 'EFBIG' });
    const half = replay(path);
    expect(half.seq).toBeLessThan(300);
    expect(half.dropped.torn).toBe(1);
    expect(spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']).status).toBe(0);
    child.send('again');
    expect(await message()).toEqual({ closed: true });
    await ended;
    expect(replay(path)).toMatchObject({ seq: 301, damage: null, dropped: { torn: 1, repeated: half.seq } });
    expect(numbers()).toEqual(upTo(301));
  });

  it('reads back lines of another coordinator as its own', async () => {
    const journal = await open();
    journal.append(noted(1));
    await journal.close();
    // An older epoch behind a newer one: whatever wakes up late.
    appendFileSync(path, encodeLine({ v: 1, seq: 2, at: 1, run: 'r', ...noted(77) }, 0));
    const next = await open();
    next.append(noted(2));
    await next.close();
    expect(numbers()).toEqual(upTo(2));
  });
});
