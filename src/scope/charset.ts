/** Code points as sorted, separate, inclusive ranges. */
export type CharSet = readonly (readonly [number, number])[];

const SLASH = 0x2f;
const LAST = 0x10ffff;

export const EVERYTHING: CharSet = [[0, LAST]];
export const NOT_SLASH: CharSet = [
  [0, SLASH - 1],
  [SLASH + 1, LAST],
];

const singles = new Map<string, CharSet>();

/** The set of one character; shared, since patterns repeat the same ones. */
export function just(char: string): CharSet {
  let set = singles.get(char);
  if (!set) {
    const code = char.codePointAt(0)!;
    set = [[code, code]];
    if (code < 128) singles.set(char, set);
  }
  return set;
}

/** Whether a set holds a code point. */
export function has(set: CharSet, code: number): boolean {
  return set.some(([low, high]) => low <= code && code <= high);
}

/** What two sets share. */
export function intersect(a: CharSet, b: CharSet): CharSet {
  if (a === b) return a;
  const shared: [number, number][] = [];
  for (const [lowA, highA] of a) {
    for (const [lowB, highB] of b) {
      const [low, high] = [Math.max(lowA, lowB), Math.min(highA, highB)];
      if (low <= high) shared.push([low, high]);
    }
  }
  return shared;
}

/** A readable member of a set other than `/`; null when there is none. */
export function sample(set: CharSet): string | null {
  if (has(set, 0x78)) return 'x';
  const members = intersect(set, NOT_SLASH);
  const visible = members.find(([, high]) => high > 0x20) ?? members[0];
  return visible ? String.fromCodePoint(Math.max(visible[0], Math.min(visible[1], 0x21))) : null;
}

/** A class longer than this is text, so that `[[[[…` is read in linear time. */
const MAX_CLASS = 256;

/** Reads `[abc]`, `[a-z]`, `[!x]` or `[^x]` at `start`; null when it is no class. A class never holds `/`. */
export function readClass(chars: string[], start: number, limit: number): { set: CharSet; end: number } | null {
  const to = Math.min(limit, start + MAX_CLASS);
  let i = start + 1;
  const negated = chars[i] === '!' || chars[i] === '^';
  if (negated) i++;
  const ranges: [number, number][] = [];
  for (const first = i; i < to; i++) {
    let char = chars[i]!;
    if (char === '/') return null;
    if (char === ']' && i > first) {
      const union = merge(ranges);
      return { set: intersect(negated ? complement(union) : union, NOT_SLASH), end: i + 1 };
    }
    if (char === '\\' && i + 1 < to) char = chars[++i]!;
    let last = char;
    if (chars[i + 1] === '-' && i + 2 < to && chars[i + 2] !== ']') {
      i += 2;
      last = chars[i] === '\\' && i + 1 < to ? chars[++i]! : chars[i]!;
    }
    const [low, high] = [char.codePointAt(0)!, last.codePointAt(0)!];
    if (low <= high) ranges.push([low, high]);
  }
  return null;
}

function merge(ranges: [number, number][]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous && low <= previous[1] + 1) previous[1] = Math.max(previous[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

function complement(set: CharSet): CharSet {
  const outside: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) outside.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= LAST) outside.push([from, LAST]);
  return outside;
}
