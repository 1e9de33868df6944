import { charOf, type Token } from './tokens.ts';

/** What is known of one segment of every path that a pattern matches. */
export interface Segment {
  prefix: string;
  suffix: string;
  /** `prefix` is the whole segment. */
  whole: boolean;
}

/** Segments from the start and, backwards, from the end of a pattern, as far as no `**` comes between. */
export interface SegmentEnds {
  head: Segment[];
  tail: Segment[];
  /** How many segments every match has; null when that differs. */
  count: number | null;
}

/** Reads the ends off a pattern's pieces. */
export function segmentEnds(tokens: readonly Token[]): SegmentEnds {
  const head = leading(tokens);
  const tail = leading(tokens.toReversed()).map(({ prefix, suffix, whole }) => ({
    prefix: whole ? reversed(prefix) : reversed(suffix),
    suffix: reversed(prefix),
    whole,
  }));
  return { head, tail, count: tokens.some(crosses) ? null : head.length };
}

/** False when no path can match both patterns; true says nothing. Cheap, so that few pairs need a closer look. */
export function endsMayMeet(a: SegmentEnds, b: SegmentEnds): boolean {
  if (a.count !== null && b.count !== null && a.count !== b.count) return false;
  return segmentsMayMeet(a.head, b.head) && segmentsMayMeet(a.tail, b.tail);
}

function segmentsMayMeet(a: readonly Segment[], b: readonly Segment[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (!mayMeet(a[i]!, b[i]!)) return false;
  return true;
}

function mayMeet(a: Segment, b: Segment): boolean {
  if (a.whole) return b.whole ? a.prefix === b.prefix : a.prefix.startsWith(b.prefix) && a.suffix.endsWith(b.suffix);
  if (b.whole) return mayMeet(b, a);
  return (
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
  );
}

/** The segments before the first piece that may cross a `/`. A segment that a `**` goes on from is known at its beginning only. */
function leading(tokens: readonly Token[]): Segment[] {
  const segments: Segment[] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    if (crosses(token)) {
      const complete = token === 'below' || token === 'folders';
      if (complete && current.length > 0) segments.push(segmentOf(current));
      else if (current.length > 0) segments.push({ prefix: run(current), suffix: '', whole: false });
      return segments;
    }
    if (charOf(token) !== '/') {
      current.push(token);
      continue;
    }
    segments.push(segmentOf(current));
    current = [];
  }
  if (tokens.length > 0) segments.push(segmentOf(current));
  return segments;
}

function segmentOf(tokens: Token[]): Segment {
  const prefix = run(tokens);
  const whole = tokens.every((token) => charOf(token) !== null);
  return { prefix, suffix: whole ? prefix : reversed(run(tokens.toReversed())), whole };
}

/** Text up to the first wildcard. */
function run(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) {
    const char = charOf(token);
    if (char === null) break;
    text += char;
  }
  return text;
}

function crosses(token: Token): boolean {
  if (typeof token === 'string') return token !== 'star';
  return (
    'choice' in token && token.choice.some((option) => option.some((each) => crosses(each) || charOf(each) === '/'))
  );
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
