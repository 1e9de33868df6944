import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noted } from '../../test/rig/events.ts';
import type { RunEvent } from '../run/event.ts';
import { encodeLine } from './codec.ts';
import { followJournal, replay } from './replay.ts';

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'copse-replay-'));
  path = join(root, 'journal.jsonl');
});
afterEach(() => rmSync(root, { recursive: true }));

/** `number` tells events with one `seq` apart. */
const event = (seq: number, number = seq): RunEvent => ({ v: 1, seq, at: 5, run: 'r', ...noted(number) });
const line = (seq: number, epoch = 1, number = seq) => encodeLine(event(seq, number), epoch);
const lines = (from: number, to: number, epoch = 1) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index, epoch)).join('');
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));

describe('replay', () => {
  it('gives what was written, and where', () => {
    const text = lines(1, 3) + lines(4, 5, 2);
    writeFileSync(path, text);
    expect(replay(path)).toEqual({
      events: events(1, 5),
      end: Buffer.byteLength(text),
      lines: 5,
      seq: 5,
      epoch: 2,
      dropped: { torn: 0, fenced: 0, repeated: 0 },
      damage: null,
    });
  });

  it('takes a missing file for an empty one', () => {
    expect(replay(path)).toMatchObject({ events: [], end: 0, seq: 0, epoch: 0, damage: null });
  });

  it('drops the last line, wherever it was torn', () => {
    const text = Buffer.from(lines(1, 3));
    const start = Buffer.byteLength(lines(1, 2));
    for (let length = start; length < text.length; length++) {
      writeFileSync(path, text.subarray(0, length));
      const torn = length === start ? 0 : 1;
      expect(replay(path), `${length}`).toMatchObject({ events: events(1, 2), end: start, seq: 2, dropped: { torn } });
    }
  });

  it('goes on behind a torn line when the next writer wrote on a line of its own', () => {
    for (const torn of ['{"v":1,"se', '\0\0\0\0', line(4).slice(0, -3)]) {
      writeFileSync(path, `${lines(1, 3)}${torn}\n${lines(4, 5, 2)}`);
      expect(replay(path)).toMatchObject({ events: events(1, 5), dropped: { torn: 1 }, damage: null });
    }
  });

  it('names the line where events are missing, and says what is left', () => {
    const rotten = line(3).replace('note 3', 'note 8');
    writeFileSync(path, lines(1, 2) + rotten + lines(4, 9));
    expect(replay(path)).toMatchObject({
      events: events(1, 2),
      damage: { path, line: 3, intact: 2, beyond: 6 },
    });
    writeFileSync(path, lines(1, 2) + lines(4, 9));
    expect(replay(path).damage).toEqual({ path, line: 3, intact: 2, beyond: 6 });
    writeFileSync(path, lines(2, 3));
    expect(replay(path).damage).toEqual({ path, line: 1, intact: 0, beyond: 2 });
  });

  it('does not blame an earlier line that was only torn', () => {
    writeFileSync(path, `${lines(1, 1)}torn\n${lines(2, 3)}${lines(5, 5)}`);
    expect(replay(path).damage).toMatchObject({ line: 5, intact: 3 });
  });

  it('ignores a coordinator that wakes up after another took over', () => {
    writeFileSync(path, lines(1, 3) + lines(4, 5, 2) + line(4, 1, 99) + line(5, 1, 98) + line(6, 2) + line(7, 1, 97));
    expect(replay(path)).toMatchObject({ events: events(1, 6), epoch: 2, dropped: { fenced: 3 }, damage: null });
  });

  it('prefers the newer writer, who had not seen what the older wrote last', () => {
    writeFileSync(path, lines(1, 3) + line(4, 1, 99) + line(5, 1, 98) + line(4, 2) + line(5, 2));
    expect(replay(path)).toMatchObject({ events: events(1, 5), damage: null });
    writeFileSync(path, lines(1, 3) + line(4, 1, 99) + line(5, 1, 98) + line(4, 2));
    expect(replay(path)).toMatchObject({ events: events(1, 4), seq: 4, damage: null });
  });

  it('counts lines that were written again once', () => {
    writeFileSync(path, `${lines(1, 4)}${lines(3, 4).slice(0, -7)}\n\n${lines(3, 6)}`);
    expect(replay(path)).toMatchObject({ events: events(1, 6), dropped: { torn: 1, repeated: 3 }, damage: null });
  });

  it('reads lines that reach over its chunks', () => {
    const text = `${Array.from({ length: 9 }, (_, index) => encodeLine({ v: 1, seq: index + 1, at: 5, run: 'r', ...noted(index, 1_500_000) }, 1)).join('')}`;
    writeFileSync(path, text);
    expect(replay(path)).toMatchObject({ seq: 9, end: Buffer.byteLength(text), dropped: { torn: 0 } });
  });

  it('refuses a newer format', () => {
    writeFileSync(path, lines(1, 1) + encodeLine({ ...event(2), v: 2 as 1 }, 1));
    expect(() => replay(path)).toThrow(expect.objectContaining({ code: 'journal-version', where: `${path}:2` }));
  });
});

describe('followJournal', () => {
  const pollMs = 60_000;

  it('gives what is there, then what is appended, until it is aborted', async () => {
    writeFileSync(path, lines(1, 2));
    const stop = new AbortController();
    const reading = followJournal(path, { signal: stop.signal, pollMs });
    const next = async () => (await reading.next()).value;
    expect([await next(), await next()]).toEqual(events(1, 2));
    const third = next();
    const text = Buffer.from(line(3));
    appendFileSync(path, text.subarray(0, 90));
    appendFileSync(path, text.subarray(90));
    expect(await third).toEqual(event(3));
    const never = reading.next();
    stop.abort();
    expect((await never).done).toBe(true);
  });

  it('goes on where a replay ended, over torn, repeated and fenced lines', async () => {
    writeFileSync(path, `${lines(1, 2, 2)}{"torn`);
    const after = replay(path);
    const stop = new AbortController();
    const reading = followJournal(path, { signal: stop.signal, after, pollMs });
    const next = reading.next();
    appendFileSync(path, `\n${line(3, 1, 99)}${line(2, 2)}${line(3, 2)}`);
    expect((await next).value).toEqual(event(3));
    await reading.return();
    expect(after.events).toEqual(events(1, 2));
  });

  it('lets the events of a newer writer replace those it had not seen', async () => {
    writeFileSync(path, lines(1, 2) + line(2, 2, 99));
    const reading = followJournal(path, { signal: new AbortController().signal, pollMs });
    const seen = [await reading.next(), await reading.next(), await reading.next()].map((item) => item.value);
    expect(seen).toEqual([event(1), event(2), event(2, 99)]);
    await reading.return();
  });

  it('stops where events are missing', async () => {
    writeFileSync(path, lines(1, 2) + lines(4, 4));
    const reading = followJournal(path, { signal: new AbortController().signal, pollMs });
    await reading.next();
    await reading.next();
    await expect(reading.next()).rejects.toThrow(
      expect.objectContaining({ code: 'journal-corrupt', where: `${path}:3`, exit: 7 }),
    );
  });
});
