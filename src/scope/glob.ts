import { alternatives, type Brace, findBraces, isStretch } from './braces.ts';
import { type CharSet, EVERYTHING, just, NOT_SLASH, readClass } from './charset.ts';

/** A step of the machine that reads a path: consume one character of `set`, or go on at several places without consuming. */
export type Step = { set: CharSet; next: number } | { split: number[] };

/** A pattern as a small non-deterministic machine, so that matching and overlap are polynomial and cannot disagree. */
export interface Glob {
  pattern: string;
  steps: Step[];
  start: number;
  /** Index of the accepting step. */
  accept: number;
  /** The one path it names, when it has no wildcard; what lies below it may match too (`below`). */
  literal: string | null;
  /** Every matching path starts and ends with these. */
  prefix: string;
  suffix: string;
  below: boolean;
}

/**
 * How a pattern is meant. `write` (CREATE, MODIFY): as written, and what is below it when its last segment looks like a folder
 * (no wildcard, no extension) or ends in `/`. `boundary`: also everything below whatever it matches, so `dir/*` covers sub-folders.
 */
export type Reading = 'write' | 'boundary';

type Token = { set: CharSet } | 'star' | 'globstar' | 'folders' | 'below' | { choice: Token[][] };

/**
 * Compiles a glob. `*` and `?` stay inside one segment and match dotfiles; `**` crosses segments; `[id]` is a character class
 * and also the folder of that very name (as in routes of web frameworks); `{a,b}` and `{1..3}` are alternatives;
 * parentheses are text; `\` takes the next character as text. Never throws: what is not well formed is text.
 */
export function compileGlob(pattern: string, reading: Reading = 'write'): Glob {
  const clean = normalize(pattern);
  const chars = [...clean.text];
  const tokens = clean.root
    ? (['globstar'] as Token[])
    : parse({ chars, braces: findBraces(chars) }, 0, chars.length, true);
  foldTrailingGlobstar(tokens);
  const below = clean.folder || (clean.text !== '' && (reading === 'boundary' || looksLikeFolder(clean.text)));
  if (below && tokens.at(-1) !== 'below' && !clean.root) tokens.push('below');

  const steps: Step[] = [{ split: [] }];
  const start = clean.text === '' && !clean.root ? add(steps, { split: [] }) : build(steps, tokens, 0);
  const [head, tail] = [literalRun(tokens), literalRun(tokens.toReversed())];
  const fixed = below ? tokens.slice(0, -1) : tokens;
  return {
    pattern,
    steps,
    start,
    accept: 0,
    literal: fixed.length > 0 && literalRun(fixed).length === fixed.length ? literalRun(fixed).join('') : null,
    prefix: head.join(''),
    suffix: tail.toReversed().join(''),
    below,
  };
}

/** `./a//b/` → `a/b`, a folder; `**` after `**` says nothing new. The repository's root (`.`, `./`, `/`) is everything. */
function normalize(pattern: string): { text: string; folder: boolean; root: boolean } {
  const text = pattern
    .replace(/\/{2,}/g, '/')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/(^|\/)(?:\*\*\/)+(?=\*\*(?:\/|$))/g, '$1');
  const bare = text.replace(/\/$/, '');
  return {
    text: bare === '.' ? '' : bare,
    folder: bare !== text && bare !== '',
    root: pattern !== '' && /^\.?$/.test(bare),
  };
}

function looksLikeFolder(text: string): boolean {
  const last = text.slice(text.lastIndexOf('/') + 1);
  return !/[*?]/.test(last) && !last.slice(1).includes('.');
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

/** Builds from the end, so that every step knows where it goes on. */
function build(steps: Step[], tokens: Token[], next: number): number {
  return tokens.reduceRight((after, token) => {
    if (token === 'star') return loop(steps, NOT_SLASH, after);
    if (token === 'globstar') return loop(steps, EVERYTHING, after);
    if (token === 'folders') {
      const slash = add(steps, { set: just('/'), next: after });
      return add(steps, { split: [after, loop(steps, EVERYTHING, slash)] });
    }
    if (token === 'below') {
      const slash = add(steps, { set: just('/'), next: loop(steps, EVERYTHING, after) });
      return add(steps, { split: [after, slash] });
    }
    if ('choice' in token) return add(steps, { split: token.choice.map((option) => build(steps, option, after)) });
    return add(steps, { set: token.set, next: after });
  }, next);
}

function loop(steps: Step[], set: CharSet, after: number): number {
  const split: number[] = [after];
  const id = add(steps, { split });
  split.push(add(steps, { set, next: id }));
  return id;
}

function add(steps: Step[], step: Step): number {
  return steps.push(step) - 1;
}

function literalRun(tokens: Token[]): string[] {
  const end = tokens.findIndex((token) => charOf(token) === null);
  return (end < 0 ? tokens : tokens.slice(0, end)).map((token) => charOf(token)!);
}

function charOf(token: Token): string | null {
  if (typeof token === 'string' || 'choice' in token) return null;
  const [range, more] = token.set;
  return range && !more && range[0] === range[1] ? String.fromCodePoint(range[0]) : null;
}
