import { oneLine } from '../run/describe.ts';

/** A position in a text, 1-based; columns count UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** A value as written, with the place it was written at. */
export interface Located<T> extends Place {
  value: T;
}

/** Without a byte order mark and with `\n` line ends; lines and columns stay where an editor shows them. */
export function normalise(text: string): string {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return bare.includes('\r') ? bare.replace(/\r\n?/g, '\n') : bare;
}

/** Gives the place of an offset in `text`; O(log lines) a call. */
export function placesOf(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/** A value of the plan for a message: quoted, at most 80 characters. */
export function show(value: string): string {
  return `'${value.length > 80 ? `${value.slice(0, 60)}…${value.slice(-16)}` : value}'`;
}

/** Longer names of plans, waves and tasks are cut: they go into commits, tables and the monitor. */
const MAX_LABEL = 300;

/** The first of these that says something, on one line without control characters; else `fallback`. */
export function label(texts: readonly (string | undefined)[], fallback: string): string {
  for (const text of texts) {
    const line = oneLine(text ?? '', MAX_LABEL);
    if (line !== '') return line;
  }
  return fallback;
}

/** The text with everything spelled out that could move a terminal's cursor or turn its direction of writing. */
export function printable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu, (char) =>
    /\p{Surrogate}/u.test(char) ? '\ufffd' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
