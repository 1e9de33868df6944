import { closeSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Changes, watchChanges } from './changes.ts';
import type { Hold } from './hold.ts';

/** One line of a growing file. */
export interface TailLine {
  /** Without its newline; bytes that are no UTF-8 are replaced by U+FFFD. */
  text: string;
  /** Byte offset behind the line: reading goes on here after a restart. */
  end: number;
  /** How many bytes at the end of an overlong line are not in `text`; 0 for all others. */
  cut: number;
  /** False for the last line when it has no newline. */
  complete: boolean;
}

export interface TailOptions {
  /** Byte offset to begin at, of the beginning of a line; default 0. */
  from?: number;
  /** When it settles the writer has ended: what is left is read, the unterminated last line too, and the lines end. */
  ended?: Promise<unknown>;
  /** Ends the lines at once, without an error. */
  signal?: AbortSignal;
  /** Longest line in bytes, default 4 MiB; the rest of a longer one is left out. */
  maxLineBytes?: number;
  /** Bytes the file may have: when it has more, all of it is dropped, read or not. Its writers append. */
  maxBytes?: number;
  /** Holds its writers while a file that is too long is cut, and a while after: nobody can read as fast as some can write. */
  hold?: Hold;
  /** Called before a file that is too long loses all that is in it. */
  beforeCut?(): void;
  /** Called right after that, with how many bytes there were. */
  onCut?(bytes: number): void;
  /** Milliseconds between looks where the system tells of no change; default 250. */
  pollMs?: number;
}

/** Shared by all: each reading is cut into lines before anybody else can read. */
const CHUNK = Buffer.allocUnsafe(256 * 1024);

/** Follows a file that somebody appends to, line by line; waits for a file that is not there yet. */
export async function* tailLines(path: string, options: TailOptions = {}): AsyncGenerator<TailLine, void, undefined> {
  const { signal, pollMs = 250, maxBytes = Number.POSITIVE_INFINITY } = options;
  const lines = lineSplitter(options.from ?? 0, options.maxLineBytes ?? 4 * 1024 * 1024);
  let fd = openOrNull(path);
  let changes: Changes = watchChanges(fd === null ? dirname(path) : path, { pollMs, signal });
  let over = false;
  const end = () => {
    over = true;
    changes.wake();
  };
  options.ended?.then(end, end);
  try {
    while (!signal?.aborted) {
      const last = over; // before the reading, so that all that was written before the end is read
      if (fd === null) {
        fd = openOrNull(path);
        if (fd !== null) {
          changes.close();
          changes = watchChanges(path, { pollMs, signal });
        }
      }
      for (let size = 1; fd !== null && size > 0 && !signal?.aborted; ) {
        size = readSync(fd, CHUNK, 0, CHUNK.length, lines.position());
        yield* lines.push(CHUNK.subarray(0, size));
        if (fstatSync(fd).size > maxBytes) yield* whileHeld(options, () => cutBack(path, fd!, lines, options));
        if (size === CHUNK.length) await setImmediate(); // a long file is no reason to let all others wait
      }
      if (fd !== null && fstatSync(fd).size < lines.position()) lines.restart(fstatSync(fd).size);
      if (last) return yield* lines.rest();
      await changes.next();
    }
  } finally {
    changes.close();
    if (fd !== null) closeSync(fd);
  }
}

const CUT_PAUSE_MS = 50;
/** So much too long means that we are late: the machine has too much to do, and writes the most of it to the disk. */
const LATE_BYTES = 100_000_000;
const LATE_PAUSE_MS = 1000;

/** How long a writer is to be quiet whose file was found too long by `excess` bytes. */
export const pauseAfter = (excess: number) => (excess > LATE_BYTES ? LATE_PAUSE_MS : CUT_PAUSE_MS);

/** Cuts, and keeps the writers quiet for a while: others have their turn, and the disk has its own. */
async function* whileHeld({ hold, maxBytes = 0 }: TailOptions, cut: () => Cut): AsyncGenerator<TailLine> {
  const release = hold?.();
  try {
    const { rest, size } = cut();
    yield* rest;
    await setTimeout(pauseAfter(size - maxBytes));
  } finally {
    release?.();
  }
}

interface Cut {
  rest: TailLine[];
  /** Bytes there were. */
  size: number;
}

/** Looks at an end that does not stand still. */
const END_LOOKS = 5;

/** Who writes faster than we read loses all but the end of it; what is written within the last system call is lost too. */
function cutBack(
  path: string,
  fd: number,
  lines: ReturnType<typeof lineSplitter>,
  { beforeCut, onCut }: TailOptions,
): Cut {
  beforeCut?.();
  let { size } = fstatSync(fd);
  let length = 0;
  for (let looks = 0; looks < END_LOOKS; looks++) {
    length = Math.min(size - lines.position(), CHUNK.length);
    length = readSync(fd, CHUNK, 0, length, size - length);
    const now = fstatSync(fd).size;
    if (now === size) break;
    size = now;
  }
  truncateSync(path, 0);
  onCut?.(size);
  const last = CHUNK.subarray(0, length);
  const skipped = size - lines.position() > length;
  if (skipped) lines.restart(0);
  const rest = lines.push(skipped ? last.subarray(last.indexOf(10) + 1) : last);
  lines.rewind();
  return { rest, size };
}

/** The last `bytes` bytes of a file as text, from the beginning of a character; empty when there is no such file. */
export function lastBytes(path: string, bytes: number): string {
  const fd = openOrNull(path);
  if (fd === null) return '';
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    let start = 0;
    if (size > bytes) while (start < 4 && start < read && (buffer[start]! & 0xc0) === 0x80) start++;
    return buffer.toString('utf8', start, read);
  } finally {
    closeSync(fd);
  }
}

/** Cuts chunks of bytes into lines; characters are decoded only when their line is whole. */
function lineSplitter(from: number, max: number) {
  let offset = from;
  let parts: Buffer[] = [];
  let kept = 0;
  let cut = 0;
  const keep = (bytes: Buffer) => {
    const room = Math.min(bytes.length, max - kept);
    if (room > 0) parts.push(Buffer.from(bytes.subarray(0, room)));
    kept += room;
    cut += bytes.length - room;
  };
  const take = (complete: boolean): TailLine => {
    const line = { text: Buffer.concat(parts).toString('utf8'), end: offset, cut, complete };
    [parts, kept, cut] = [[], 0, 0];
    return line;
  };
  return {
    /** Offset of the next byte to read. */
    position: () => offset,
    /** The lines that end in this chunk; its bytes are copied. */
    push(chunk: Buffer): TailLine[] {
      const lines: TailLine[] = [];
      let start = 0;
      for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, start)) {
        offset += newline + 1 - start;
        if (kept + cut === 0 && newline - start <= max) {
          lines.push({ text: chunk.toString('utf8', start, newline), end: offset, cut: 0, complete: true });
        } else {
          keep(chunk.subarray(start, newline));
          lines.push(take(true));
        }
        start = newline + 1;
      }
      keep(chunk.subarray(start));
      offset += chunk.length - start;
      return lines;
    },
    /** The last line, when it has no newline. */
    rest: (): TailLine[] => (kept + cut > 0 ? [take(false)] : []),
    /** The file was cut back to `size`: what was half read is gone. */
    restart(size: number) {
      [parts, kept, cut, offset] = [[], 0, 0, size];
    },
    /** All that was read is gone from the file; what comes goes on with the line that is half read. */
    rewind() {
      offset = 0;
    },
  };
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
