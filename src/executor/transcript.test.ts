import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptFolder, localWorld } from '../../test/rig/local-executor.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import type { ExecutorEvent } from './executor.ts';
import { followTranscript } from './transcript.ts';

const MB = 1_000_000;

describe('a transcript that gets too long', () => {
  let dir: string;
  let files: { dir: string; transcript: string; stderr: string; log: string };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'copse-transcript-'));
    const file = (name: string) => join(dir, name);
    files = { dir, transcript: file('transcript.jsonl'), stderr: file('stderr.log'), log: file('agent.log') };
    for (const path of [files.transcript, files.stderr, files.log]) writeFileSync(path, '');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** What a reader is given of what is in the transcript now. */
  async function read(maxBytes: number): Promise<{ lines: string[]; leftOut: number }> {
    const lines: string[] = [];
    const options = { files, maxBytes, ended: Promise.resolve(), render: (text: string) => text };
    const { leftOut } = await followTranscript({ ...options, line: (text) => void lines.push(text) });
    return { lines, leftOut };
  }

  it('keeps its beginning and its end, and says how much is missing; read again it says the same', async () => {
    const body = Array.from({ length: 200_000 }, (_, at) => `line ${at}`);
    writeFileSync(files.transcript, `${body.join('\n')}\n`);
    const { lines, leftOut } = await read(MB);
    expect(lines[0]).toBe('line 0');
    expect(lines.at(-1)).toBe('line 199999');
    expect(leftOut).toBeGreaterThan(MB);
    const log = readFileSync(files.log, 'utf8');
    expect(log).toMatch(/^line 0\n/);
    expect(log).toMatch(/\n… 2\.\d MB of output left out …\n/);
    expect(log).toMatch(/\nline 199999\n$/);
    expect(statSync(files.transcript).size).toBe(0);

    writeFileSync(files.transcript, 'after the crash\n');
    const again = await read(MB);
    expect(again.lines[0]).toBe('line 0');
    expect(again.lines.at(-1)).toBe('after the crash');
    expect(again.leftOut).toBe(leftOut);
    expect(readFileSync(files.log, 'utf8')).toMatch(/ of output left out …\n(line \d+\n)*after the crash\n$/);
  });

  it('goes on where it was cut while no copse was there, in the middle of a line too', async () => {
    writeFileSync(join(dir, 'transcript.head'), 'line 0\nline 1\nli');
    writeFileSync(join(dir, 'transcript.tail'), 'ne 7\nline 8\nthe last ');
    writeFileSync(join(dir, 'transcript.left-out'), '1234000\n');
    writeFileSync(files.transcript, 'word\n');
    const { lines, leftOut } = await read(MB);
    expect(lines).toEqual(['line 0', 'line 1', 'line 8', 'the last word']);
    expect(leftOut).toBe(1_234_000);
    expect(readFileSync(files.log, 'utf8')).toBe(
      'line 0\nline 1\n… 1.2 MB of output left out …\nline 8\nthe last word\n',
    );
  });

  it('shortens what an agent complains of', async () => {
    writeFileSync(files.stderr, `${'complaint\n'.repeat(200_000)}the last one\n`);
    await read(MB);
    const stderr = readFileSync(files.stderr, 'utf8');
    expect(stderr.length).toBeLessThan(100_000);
    expect(stderr).toMatch(/^… 1\.9 MB left out …\n/);
    expect(stderr).toMatch(/the last one\n$/);
  });
});

describe('an agent that floods', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = scratchRepository();
  });
  afterEach(() => scratch.remove());

  const RUN = '20261123-120000-test';

  /** Runs a script to its end; gives how it ended and the most memory that this process held meanwhile. */
  async function flood(script: string) {
    const world = localWorld(scratch, { maxTranscript: 20 * MB });
    const executor = world.executor();
    const base = scratch.git('rev-parse', 'HEAD');
    const fixed = {
      run: RUN,
      task: 'flood',
      attempt: 1,
      title: 'Flood',
      agent: 'script',
      base,
      ...world.place('flood'),
    };
    const before = process.memoryUsage().rss;
    let grown = 0;
    const look = setInterval(() => {
      grown = Math.max(grown, process.memoryUsage().rss - before);
    }, 50);
    const stop = new AbortController();
    await executor.submit({ ...fixed, prompt: script, timeoutMs: 50_000, stallMs: 0 });
    const notes: string[] = [];
    try {
      for await (const event of executor.events(stop.signal) as AsyncIterable<ExecutorEvent>) {
        if (event.type === 'task.noted') notes.push(event.note);
        if (event.type === 'attempt.ended') return { ended: event, notes, grown };
      }
      throw new Error('the events ended before the attempt');
    } finally {
      clearInterval(look);
    }
  }

  const onDisk = () =>
    Number(execFileSync('du', ['-sk', attemptFolder(scratch, RUN, 'flood')], { encoding: 'utf8' }).split('\t')[0]) /
    1000;

  it('with a gigabyte of lines succeeds; little of it is on the disk or in memory, and the log says so', async () => {
    const { ended, notes, grown } = await flood(
      'echo begin; yes "a line that nobody needs to read" | head -c 1000000000; echo; echo "the last word"; echo hi >a.txt',
    );
    expect(ended).toMatchObject({ outcome: 'success', message: 'the last word', leftovers: ['a.txt'] });
    expect(onDisk()).toBeLessThan(50);
    expect(grown / MB).toBeLessThan(300);
    expect(notes.join()).toMatch(/(^| )((9\d\d|1000) MB|1\.0 GB) of the agent's output are not kept/);
    const log = readFileSync(join(attemptFolder(scratch, RUN, 'flood'), 'agent.log'), 'utf8');
    expect(log).toMatch(/^begin\n/);
    expect(log).toMatch(/… ((9\d\d|1000) MB|1\.0 GB) of output left out …/);
    expect(log).toMatch(/the last word\n$/);
  });

  it('without ever ending a line neither', async () => {
    const { ended, grown } = await flood(
      "head -c 200000000 /dev/zero | tr '\\0' x; echo; echo the end; echo hi >a.txt",
    );
    expect(ended).toMatchObject({ outcome: 'success', message: 'the end' });
    expect(onDisk()).toBeLessThan(50);
    expect(grown / MB).toBeLessThan(300);
  });
});
