import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watchChanges } from '../process/changes.ts';
import type { Hold } from '../process/hold.ts';
import { lastBytes, pauseAfter, tailLines } from '../process/tail.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { formatBytes } from '../util/size.ts';

export interface TranscriptOptions {
  files: { dir: string; transcript: string; stderr: string; log: string };
  /** Bytes of output that are kept on the disk, and of the readable log. */
  maxBytes: number;
  /** Stops the agent for a moment, so that one that floods is not faster than the disk and us. */
  hold?: Hold;
  /** Settles when the agent has ended. */
  ended: Promise<unknown>;
  line(text: string): void;
  /** A line as readable text; null leaves it out. */
  render(text: string): string | null;
}

/** Bytes of one attempt's output that are kept; hours of an agent at work are a tenth of it. */
const MAX_TRANSCRIPT = 64_000_000;
const LEAST_TRANSCRIPT = 1_000_000;

/** The bytes an attempt's output may have, as the config has it or by default. */
export const transcriptLimit = (configured: number | undefined) =>
  Math.max(configured ?? MAX_TRANSCRIPT, LEAST_TRANSCRIPT);

/** Of an output that is too long the beginning is kept, for who takes the attempt over: it says which session it is. */
export const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 64 * 1024;

/**
 * Reads an agent's output as it grows and writes the readable log with it; gives how many bytes were left out. An agent may
 * write as much as it likes: what is beyond `maxBytes` goes, and the log says so.
 */
export async function followTranscript(options: TranscriptOptions): Promise<{ leftOut: number }> {
  const { files, maxBytes, hold, ended, line, render } = options;
  const kept = keptHead(files);
  const log = openLog(files.log);
  const take = (text: string, cut = 0) => {
    line(text);
    const rendered = render(text);
    if (rendered !== null) log.write(`${rendered}${cut > 0 ? ` … ${formatBytes(cut)} of this line left out …` : ''}\n`);
  };
  const onCut = (bytes: number) => {
    kept.cut(bytes);
    log.cut(kept.leftOut());
  };
  const errors = keepShort(files.stderr, maxBytes, hold);
  try {
    // An adopted transcript is read from its beginning again.
    for (const text of kept.lines()) take(text);
    if (kept.leftOut() > 0) log.cut(kept.leftOut());
    const tail = keptTail(files.dir);
    for (const text of tail.lines) take(text);
    let { begun } = tail;
    const tailing = { ended, maxBytes, ...(hold && { hold }), beforeCut: kept.keep, onCut };
    for await (const { text, cut } of tailLines(files.transcript, tailing)) {
      take(begun + text, cut);
      begun = '';
    }
    if (begun !== '') take(begun);
  } finally {
    await errors.end();
    log.close();
  }
  return { leftOut: kept.leftOut() };
}

/** The beginning of a transcript that was cut, and how much is missing behind it; both outlive us. */
function keptHead({ dir, transcript }: TranscriptOptions['files']) {
  const head = join(dir, 'transcript.head');
  const count = join(dir, 'transcript.left-out');
  let text = readOr(head, null);
  let leftOut = Number(readOr(count, '0'));
  return {
    leftOut: () => leftOut,
    lines: () => (text === null ? [] : text.split('\n').slice(0, -1)),
    keep(): void {
      if (text !== null) return;
      text = wholeLines(firstBytes(transcript, HEAD_BYTES));
      leftOut -= Buffer.byteLength(text);
      try {
        writeFileAtomic(head, text, 0o600);
      } catch {
        // A full disk: the bytes go all the same, for they are what fills it.
      }
    },
    cut(bytes: number): void {
      leftOut += bytes;
      try {
        writeFileSync(count, `${leftOut}\n`, { mode: 0o600 });
      } catch {
        // The same.
      }
    },
  };
}

/** What stood at the end when a transcript was cut while no copse was there (see unwatched.ts); its last line may go on in the transcript. */
function keptTail(dir: string): { lines: string[]; begun: string } {
  const [, ...lines] = readOr(join(dir, 'transcript.tail'), '').split('\n');
  return { begun: lines.pop() ?? '', lines };
}

/**
 * The readable log. Written in large pieces: an agent that floods says a million lines a second. A disk that is full costs
 * lines of the log, never the attempt.
 */
function openLog(path: string) {
  const fd = openSync(path, 'w+', 0o600);
  let size = 0;
  let head: number | null = null;
  let pending: string[] = [];
  let length = 0;
  let scheduled: NodeJS.Immediate | null = null;
  const put = (text: string) => {
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, size + done);
      size += bytes.length;
    } catch {
      // Written over by the next piece.
    }
  };
  const flush = () => {
    if (scheduled) clearImmediate(scheduled);
    scheduled = null;
    if (pending.length > 0) put(pending.join(''));
    pending = [];
    length = 0;
  };
  return {
    write(text: string): void {
      pending.push(text);
      length += text.length;
      if (length > TAIL_BYTES) flush();
      else scheduled ??= setImmediate(flush);
    },
    /** Keeps the beginning and the end, and says between them how much the agent's output lacks. */
    cut(leftOut: number): void {
      flush();
      head ??= Buffer.byteLength(wholeLines(firstBytes(path, HEAD_BYTES)));
      const beyond = size - head;
      const end = lastBytes(path, Math.min(beyond, TAIL_BYTES));
      ftruncateSync(fd, head);
      size = head;
      put(
        `… ${formatBytes(leftOut)} of output left out …\n${beyond > TAIL_BYTES ? end.slice(end.indexOf('\n') + 1) : end}`,
      );
    },
    close(): void {
      flush();
      closeSync(fd);
    },
  };
}

/** Nobody reads what an agent complains of but its end: the rest of too much is dropped, as soon as it is too much. */
function keepShort(path: string, maxBytes: number, hold?: Hold): { end(): Promise<void> } {
  const over = new AbortController();
  const changes = watchChanges(path, { pollMs: 1000, signal: over.signal });
  const keeping = (async () => {
    while (!over.signal.aborted) {
      await changes.next();
      if (sizeOf(path) <= maxBytes) continue;
      const release = hold?.();
      await setTimeout(pauseAfter(shorten(path, maxBytes) - maxBytes)).finally(release);
    }
    changes.close();
    shorten(path, maxBytes);
  })();
  return {
    end: () => {
      over.abort();
      return keeping;
    },
  };
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Gives how long it was. */
function shorten(path: string, maxBytes: number): number {
  const size = sizeOf(path);
  if (size <= maxBytes) return size;
  const end = lastBytes(path, TAIL_BYTES);
  const fd = openSync(path, 'a');
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `… ${formatBytes(size - Buffer.byteLength(end))} left out …\n${end}`);
  } catch {
    // A full disk; what matters is that it is shorter.
  } finally {
    closeSync(fd);
  }
  return size;
}

function firstBytes(path: string, bytes: number): string {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, bytes, 0));
  } finally {
    closeSync(fd);
  }
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function readOr<T>(path: string, otherwise: T): string | T {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
