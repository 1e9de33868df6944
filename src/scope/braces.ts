/** A balanced `{…}` that holds a comma or a range; indices into the pattern's characters. */
export interface Brace {
  end: number;
  commas: number[];
}

/** More alternatives than this are not spelled out. */
export const MAX_ALTERNATIVES = 1000;

/** Braces nested deeper than this are text. */
const MAX_DEPTH = 50;

/**
 * Spells out `{a,b}` and `{1..3}`, nested ones too, as bash does: `{a}` and unbalanced braces are text.
 * A pattern with more than 1,000 alternatives comes back as it is; matching and overlap read braces themselves, without expanding.
 */
export function expandBraces(pattern: string): string[] {
  if (!pattern.includes('{')) return [pattern];
  const chars = [...pattern];
  return expand(chars, 0, chars.length, findBraces(chars)) ?? [pattern];
}

/** All braces that mean alternatives, by the index of their `{`; one pass, so that `{{{{…` costs nothing. */
export function findBraces(chars: string[]): Map<number, Brace> {
  const braces = new Map<number, Brace>();
  const open: { start: number; commas: number[] }[] = [];
  for (let i = 0; i < chars.length; i++) {
    if (chars[i] === '\\') i++;
    else if (chars[i] === '{') open.push({ start: i, commas: [] });
    else if (chars[i] === ',') open.at(-1)?.commas.push(i);
    else if (chars[i] === '}') {
      const last = open.pop();
      if (!last || open.length >= MAX_DEPTH) continue;
      const { start, commas } = last;
      if (commas.length > 0 || rangeOf(chars, start + 1, i)) braces.set(start, { end: i, commas });
    }
  }
  return braces;
}

/** The alternatives of a brace: stretches of the pattern, or the members of a range. */
export function alternatives(chars: string[], start: number, { end, commas }: Brace): (string[] | [number, number])[] {
  if (commas.length === 0) return rangeOf(chars, start + 1, end)!.map((text) => [...text]);
  const cuts = [start, ...commas, end];
  return cuts.slice(1).map((cut, index) => [cuts[index]! + 1, cut] as [number, number]);
}

function expand(chars: string[], from: number, to: number, braces: Map<number, Brace>): string[] | null {
  let done = [''];
  for (let i = from; i < to; i++) {
    const brace = braces.get(i);
    if (!brace || brace.end >= to) {
      const text = chars[i] === '\\' && i + 1 < to ? chars[i]! + chars[++i]! : chars[i]!;
      done = done.map((head) => head + text);
      continue;
    }
    const tails: string[] = [];
    for (const option of alternatives(chars, i, brace)) {
      const spelled = isStretch(option) ? expand(chars, option[0], option[1], braces) : [option.join('')];
      if (!spelled || tails.length + spelled.length > MAX_ALTERNATIVES) return null;
      tails.push(...spelled);
    }
    if (done.length * tails.length > MAX_ALTERNATIVES) return null;
    done = done.flatMap((head) => tails.map((tail) => head + tail));
    i = brace.end;
  }
  return done;
}

/** Tells an alternative that is a stretch of the pattern from one that is text of its own. */
export function isStretch(option: string[] | [number, number]): option is [number, number] {
  return typeof option[0] === 'number';
}

/** `1..3`, `01..10` (keeps its width), `a..f`; null when it is none, or too long. */
function rangeOf(chars: string[], from: number, to: number): string[] | null {
  if (to - from > 20) return null;
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-z])\.\.([a-z])|([A-Z])\.\.([A-Z]))$/.exec(chars.slice(from, to).join(''));
  if (!match) return null;
  if (match[1] !== undefined && match[2] !== undefined) {
    const width = [match[1], match[2]].some((text) => /^-?0\d/.test(text))
      ? Math.max(match[1].length, match[2].length)
      : 0;
    return sequence(Number(match[1]), Number(match[2]))?.map((value) => padded(value, width)) ?? null;
  }
  const [first, last] = [match[3] ?? match[5]!, match[4] ?? match[6]!];
  return sequence(first.charCodeAt(0), last.charCodeAt(0))!.map((code) => String.fromCharCode(code));
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
}

function sequence(first: number, last: number): number[] | null {
  const length = Math.abs(last - first) + 1;
  if (!(length <= MAX_ALTERNATIVES)) return null;
  return Array.from({ length }, (_, index) => first + (last >= first ? index : -index));
}
