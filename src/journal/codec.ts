import { crc32 } from 'node:zlib';
import type { RunEvent } from '../run/event.ts';

/** A journal line as read: the event, and the epoch of the writer that wrote it. */
export interface Entry {
  event: RunEvent;
  epoch: number;
}

/** `,"crc":"89abcdef"}`, behind everything that it is the checksum of. */
const CRC_LENGTH = 18;

/** One line with its newline: the event's own fields, then `epoch`, then `crc` (CRC-32 of all bytes before `,"crc"`). */
export function encodeLine(event: RunEvent, epoch: number): string {
  const body = `${JSON.stringify(event).slice(0, -1)},"epoch":${epoch}`;
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
}

/** The entry of a line (without its newline), or null when it is not as it was written. */
export function decodeLine(line: Buffer): Entry | null {
  const end = line.length - CRC_LENGTH;
  if (end < 2) return null;
  const trailer = line.toString('latin1', end);
  if (!trailer.startsWith(',"crc":"') || !trailer.endsWith('"}')) return null;
  if (Number.parseInt(trailer.slice(8, 16), 16) !== crc32(line.subarray(0, end))) return null;
  const body = line.toString('utf8', 0, end);
  // `run.opened` has an `epoch` of its own; the writer's is the last.
  const epoch = body.lastIndexOf(',"epoch":');
  // The checksum was right: from here on the line is what encodeLine made, and anything else is a bug.
  return { event: JSON.parse(`${body.slice(0, epoch)}}`), epoch: Number(body.slice(epoch + 9)) };
}
