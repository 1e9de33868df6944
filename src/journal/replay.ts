import { closeSync, openSync, readSync } from 'node:fs';
import { tailLines } from '../process/tail.ts';
import type { RunEvent } from '../run/event.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { decodeLine, type Entry } from './codec.ts';

/** How far a journal was read: where reading goes on, and what the next line must fit. */
export interface Position {
  /** Byte offset behind the last whole line. */
  end: number;
  /** Lines before `end`. */
  lines: number;
  /** Of the last event; 0 when there is none. */
  seq: number;
  /** The highest of any line. */
  epoch: number;
}

export interface Replay extends Position {
  /** In order, `seq` from 1 without gaps. */
  events: RunEvent[];
  /** Lines that say nothing, as they must not: */
  dropped: {
    /** half written when their writer was killed or the disk was full (also the bytes behind `end`); none was acknowledged; */
    torn: number;
    /** written by a coordinator after another had taken over; */
    fenced: number;
    /** written again, because it was not known whether the first time had reached the disk. */
    repeated: number;
  };
  /** The first place where events are missing; `events` ends before it. */
  damage: Damage | null;
}

/** Events are missing from the journal: bytes changed or were cut out after they had been written. */
export interface Damage {
  path: string;
  /** From 1. */
  line: number;
  /** Events before it. */
  intact: number;
  /** Events behind it that can still be read. */
  beyond: number;
}

/** Reads a whole journal; a missing file is an empty one. Damage is in the result, never thrown; only a newer format is. */
export function replay(path: string): Replay {
  const events: RunEvent[] = [];
  const order = reader(path, { end: 0, lines: 0, seq: 0, epoch: 0 });
  const rest = eachLine(path, (line) => {
    const event = order.accept(line);
    if (event === null) return;
    // A newer writer had not seen what its predecessor wrote last: nobody acted on that.
    while (events.length >= event.seq) events.pop();
    events.push(event);
  });
  if (rest > 0) order.dropped.torn++;
  return { events, ...order.position, dropped: order.dropped, damage: order.damage() };
}

/**
 * The events of a journal from `after` on (a `Replay` of it; default the beginning), and those that are appended, until the
 * signal aborts or, when `ended` settles, all that was written by then is given. Takes no lock. Throws the refusal of `journalCorrupt` when events are missing. After a change of the
 * writer an event may come with the `seq` of one that came before: it replaces that one and all later ones.
 */
export async function* followJournal(
  path: string,
  options: { signal?: AbortSignal; ended?: Promise<unknown>; after?: Position; pollMs?: number },
): AsyncGenerator<RunEvent, void, undefined> {
  const { end, lines, seq, epoch } = options.after ?? { end: 0, lines: 0, seq: 0, epoch: 0 };
  const order = reader(path, { end, lines, seq, epoch });
  const { signal, ended, pollMs = 250 } = options;
  const until = { ...(signal && { signal }), ...(ended && { ended }) };
  for await (const line of tailLines(path, { ...until, from: end, pollMs, maxLineBytes: 1 << 28 })) {
    if (!line.complete) return;
    const event = order.accept(Buffer.from(line.text));
    const damage = order.damage();
    if (damage) throw journalCorrupt(damage);
    if (event) yield event;
  }
}

/** The refusal of whoever needs the whole journal. */
export function journalCorrupt(damage: Damage): Refusal {
  const { path, line, intact, beyond } = damage;
  return new Refusal('journal-corrupt', `${path}:${line}: the journal is damaged here, events are missing`, {
    exit: EXIT.environment,
    where: `${path}:${line}`,
    hint:
      `${intact} events before it are intact, ${beyond} behind it can be read; put back a copy of the file, or go on ` +
      `from the intact part: cp '${path}' '${path}.damaged' && head -n ${line - 1} '${path}.damaged' > '${path}'`,
    details: damage,
  });
}

/** Puts lines in order: which one is the next event, which count for nothing, and whether one is missing. */
function reader(path: string, position: Position) {
  const dropped = { torn: 0, fenced: 0, repeated: 0 };
  let damage: Damage | null = null;
  let firstTorn: number | null = null;

  /** The event of a line when it is the next one; null when it counts for nothing. */
  function accept(line: Buffer): RunEvent | null {
    position.lines++;
    position.end += line.length + 1;
    if (line.length === 0) return null;
    const entry = decodeLine(line);
    if (entry === null) {
      dropped.torn++;
      firstTorn ??= position.lines;
      return null;
    }
    return place(entry);
  }

  function place({ event, epoch }: Entry): RunEvent | null {
    if (event.v !== 1) throw newerFormat(path, position.lines, event.v);
    if (damage) {
      damage.beyond++;
      return null;
    }
    if (epoch < position.epoch) {
      dropped.fenced++;
      return null;
    }
    if (event.seq <= position.seq && epoch === position.epoch) {
      dropped.repeated++;
      return null;
    }
    if (event.seq > position.seq + 1) {
      damage = { path, line: firstTorn ?? position.lines, intact: position.seq, beyond: 1 };
      return null;
    }
    firstTorn = null;
    position.seq = event.seq;
    position.epoch = epoch;
    return event;
  }

  return { accept, position, dropped, damage: () => damage };
}

function newerFormat(path: string, line: number, version: unknown): Refusal {
  return new Refusal('journal-version', `${path}:${line} was written in format ${version}, this copse knows format 1`, {
    exit: EXIT.environment,
    where: `${path}:${line}`,
    hint: 'use the version of copse that began the run, or a newer one',
  });
}

/** Calls with each line, without its newline; gives the number of bytes behind the last one. */
function eachLine(path: string, call: (line: Buffer) => void): number {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(4 * 1024 * 1024);
      const size = readSync(fd, chunk, 0, chunk.length, null);
      if (size === 0) return rest.length;
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, size)]) : chunk.subarray(0, size);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        call(bytes.subarray(start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(fd);
  }
}
