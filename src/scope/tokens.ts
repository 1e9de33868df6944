import { alternatives, type Brace, findBraces, isStretch } from './braces.ts';
import { type CharSet, just, NOT_SLASH, readClass } from './charset.ts';

/**
 * A piece of a pattern. `star`: any characters of one segment. `globstar`: any characters. `folders`: nothing, or folders and
 * their `/`. `below`: nothing, or a `/` and any characters.
 */
export type Token = { set: CharSet } | 'star' | 'globstar' | 'folders' | 'below' | { choice: Token[][] };

/** Reads a pattern without `./`, doubled or trailing `/` as pieces; what is not well formed is text. */
export function tokensOf(text: string): Token[] {
  const chars = [...text];
  const tokens = parse({ chars, braces: findBraces(chars) }, 0, chars.length, true);
  foldTrailingGlobstar(tokens);
  return tokens;
}

/** The one character a piece stands for; null when it is a wildcard. */
export function charOf(token: Token): string | null {
  if (typeof token === 'string' || 'choice' in token) return null;
  const [range, more] = token.set;
  return range && !more && range[0] === range[1] ? String.fromCodePoint(range[0]) : null;
}

interface Source {
  chars: string[];
  braces: Map<number, Brace>;
}

function parse(source: Source, from: number, to: number, atSegmentStart: boolean): Token[] {
  const tokens: Token[] = [];
  let fresh = atSegmentStart;
  for (let i = from; i < to; ) {
    const { token, end, slash } = readToken(source, i, to, fresh);
    // `***` and `*` after `*` say nothing new, and would only multiply states.
    if (!(token === 'star' && (tokens.at(-1) === 'star' || tokens.at(-1) === 'globstar'))) tokens.push(token);
    fresh = slash;
    i = end;
  }
  return tokens;
}

function readToken(
  source: Source,
  i: number,
  to: number,
  fresh: boolean,
): { token: Token; end: number; slash: boolean } {
  const { chars, braces } = source;
  const char = chars[i]!;
  const plain = (text: string, end: number) => ({ token: { set: just(text) }, end, slash: text === '/' });
  if (char === '\\' && i + 1 < to) return plain(chars[i + 1]!, i + 2);
  if (char === '?') return { token: { set: NOT_SLASH }, end: i + 1, slash: false };
  if (char === '*') return readStars(chars, i, to, fresh);
  const brace = braces.get(i);
  if (brace && brace.end < to) {
    const choice = alternatives(chars, i, brace).map((option) =>
      isStretch(option) ? parse(source, option[0], option[1], fresh) : option.map((text) => ({ set: just(text) })),
    );
    return { token: { choice }, end: brace.end + 1, slash: false };
  }
  const bracket = char === '[' ? readClass(chars, i, to) : null;
  if (!bracket) return plain(char, i + 1);
  const asText = chars.slice(i, bracket.end).map((text) => ({ set: just(text) }));
  return { token: { choice: [[{ set: bracket.set }], asText] }, end: bracket.end, slash: false };
}

/** `**` crosses segments only where a segment begins; `a**` is `a*`. */
function readStars(
  chars: string[],
  i: number,
  to: number,
  fresh: boolean,
): { token: Token; end: number; slash: boolean } {
  let end = i;
  while (end < to && chars[end] === '*') end++;
  if (end - i === 1 || !fresh) return { token: 'star', end, slash: false };
  if (end < to && chars[end] === '/') return { token: 'folders', end: end + 1, slash: true };
  return { token: 'globstar', end, slash: false };
}

/** `a/**` also means `a` itself: a folder may be replaced by a file or a link. `a/*` with `/**` behind it means folders only. */
function foldTrailingGlobstar(tokens: Token[]): void {
  const slash = tokens.at(-2);
  if (tokens.at(-1) !== 'globstar' || slash === undefined || charOf(slash) !== '/' || tokens.at(-3) === 'star') return;
  tokens.splice(-2, 2, 'below');
}
