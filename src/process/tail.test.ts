import { appendFileSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastBytes, type TailLine, type TailOptions, tailLines } from './tail.ts';

let root: string;
let file: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-tail-')));
  file = join(root, 'transcript');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ended = Promise.resolve();

async function all(options: TailOptions = {}): Promise<TailLine[]> {
  const lines: TailLine[] = [];
  for await (const line of tailLines(file, { ended, ...options })) lines.push(line);
  return lines;
}

/** Polls far apart: what is seen at once was told by the system. */
const pollMs = 60_000;

describe('tailLines', () => {
  it('gives complete lines with the offset behind each, and the unterminated rest at the end', async () => {
    writeFileSync(file, 'a\n\nüx\nrest');
    expect(await all()).toEqual([
      { text: 'a', end: 2, cut: 0, complete: true },
      { text: '', end: 3, cut: 0, complete: true },
      { text: 'üx', end: 7, cut: 0, complete: true },
      { text: 'rest', end: 11, cut: 0, complete: false },
    ]);
    expect((await all({ from: 3 })).map((line) => line.text)).toEqual(['üx', 'rest']);
    expect(await all({ from: 11 })).toEqual([]);
  });

  it('follows what is appended, never giving half a line', async () => {
    writeFileSync(file, 'one\ntw');
    const lines = tailLines(file, { pollMs });
    const next = async () => (await lines.next()).value?.text;
    expect(await next()).toBe('one');
    const two = next();
    appendFileSync(file, 'o\n');
    expect(await two).toBe('two');
    const three = next();
    appendFileSync(file, Buffer.from('dr\u00fcei\n').subarray(0, 3)); // in the middle of ü
    appendFileSync(file, Buffer.from('dr\u00fcei\n').subarray(3));
    expect(await three).toBe('dr\u00fcei');
    await lines.return();
  });

  it('reads what was written before the end was told, however late it looks', async () => {
    writeFileSync(file, '');
    let end = () => {};
    const lines = tailLines(file, { pollMs, ended: new Promise<void>((resolve) => (end = resolve)) });
    const first = lines.next();
    appendFileSync(file, 'last words, no newline');
    end();
    expect((await first).value).toMatchObject({ text: 'last words, no newline', complete: false });
    expect((await lines.next()).done).toBe(true);
  });

  it('waits for a file that is not there yet', async () => {
    const lines = tailLines(file, { pollMs });
    const first = lines.next();
    writeFileSync(file, 'here\n');
    expect((await first).value).toMatchObject({ text: 'here' });
    await lines.return();
    rmSync(file);
    expect(await all()).toEqual([]);
  });

  it('ends when the signal aborts', async () => {
    writeFileSync(file, 'a\nhalf');
    const stop = new AbortController();
    const lines = tailLines(file, { pollMs, signal: stop.signal });
    expect((await lines.next()).value).toMatchObject({ text: 'a' });
    const next = lines.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('replaces bytes that are no UTF-8', async () => {
    writeFileSync(file, Buffer.from([0x61, 0xff, 0x0a, 0x62, 0xe2, 0x82]));
    expect((await all()).map((line) => line.text)).toEqual(['a\ufffd', 'b\ufffd']);
  });

  it('cuts overlong lines, and goes on behind them', async () => {
    const long = 'x'.repeat(1_000_000);
    writeFileSync(file, `${long}\nshort\n12345678\n${long}`);
    expect(await all({ maxLineBytes: 8 })).toEqual([
      { text: 'xxxxxxxx', end: 1_000_001, cut: 999_992, complete: true },
      { text: 'short', end: 1_000_007, cut: 0, complete: true },
      { text: '12345678', end: 1_000_016, cut: 0, complete: true },
      { text: 'xxxxxxxx', end: 2_000_016, cut: 999_992, complete: false },
    ]);
  });

  it('forgets a half line that was cut off again', async () => {
    writeFileSync(file, 'one\ntorn');
    let end = () => {};
    const lines = tailLines(file, { pollMs, ended: new Promise<void>((resolve) => (end = resolve)) });
    expect((await lines.next()).value).toMatchObject({ text: 'one' });
    truncateSync(file, 4);
    end();
    expect((await lines.next()).done).toBe(true);
  });

  it('many readers at once do not mix their bytes', async () => {
    const files = Array.from({ length: 20 }, (_, index) => join(root, `f${index}`));
    for (const [index, path] of files.entries()) writeFileSync(path, `${`line of ${index}\n`.repeat(500)}`);
    const read = async (path: string) => {
      const texts = new Set<string>();
      for await (const line of tailLines(path, { ended })) {
        texts.add(line.text);
        await null;
      }
      return [...texts];
    };
    expect(await Promise.all(files.map(read))).toEqual(files.map((_, index) => [`line of ${index}`]));
  });

  it('gives the lines of the file, wherever it is cut into writes and restarted', async () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '💥', '\n', ' ') }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (parts, restart) => {
        const bytes = Buffer.from(parts.join(''));
        writeFileSync(file, '');
        let end = () => {};
        const reading = all({ pollMs, ended: new Promise<void>((resolve) => (end = resolve)) });
        for (let at = 0; at < bytes.length; at += 3) {
          appendFileSync(file, bytes.subarray(at, at + 3));
          await null;
        }
        end();
        const lines = await reading;
        const expected = parts.join('').split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines.map((line) => line.text)).toEqual(expected);
        const from = lines.length === 0 ? 0 : restart % lines.length;
        const offset = from === 0 ? 0 : lines[from - 1]!.end;
        expect(await all({ from: offset })).toEqual(lines.slice(from));
      }),
      { numRuns: 30 },
    );
  });
});

describe('lastBytes', () => {
  it('gives the end of a file, from a whole character on', () => {
    writeFileSync(file, 'abcüü');
    expect(lastBytes(file, 100)).toBe('abcüü');
    expect(lastBytes(file, 4)).toBe('üü');
    expect(lastBytes(file, 3)).toBe('ü');
    expect(lastBytes(file, 0)).toBe('');
    expect(lastBytes(join(root, 'none'), 10)).toBe('');
  });
});
