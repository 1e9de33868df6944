import { once } from '../util/once.ts';
import { type Machine, machineOf } from './machine.ts';
import { type SegmentEnds, segmentEnds } from './segments.ts';
import { charOf, type Token, tokensOf } from './tokens.ts';

/** A compiled pattern. */
export interface Glob {
  pattern: string;
  /** The one path it names, when it has no wildcard; with `below`, what lies below that path matches, too. */
  literal: string | null;
  below: boolean;
  /** Every matching path starts with this. */
  prefix: string;
  /** Every matching path ends with this; nothing when only a closer look tells. */
  suffix: string;
  /** What the first and the last segments of every matching path begin and end with. */
  ends(): SegmentEnds;
  machine(): Machine;
}

/**
 * How a pattern is meant. `write` (CREATE, MODIFY): as written, and what is below it when its last segment looks like a folder
 * (no wildcard, no extension) or ends in `/`. `boundary`: also everything below whatever it matches, so `dir/*` covers sub-folders.
 */
export type Reading = 'write' | 'boundary';

/**
 * Compiles a glob. `*` and `?` stay inside one segment and match dotfiles; `**` crosses segments; `[id]` is a character class
 * and also the folder of that very name (as in routes of web frameworks); `{a,b}` and `{1..3}` are alternatives;
 * parentheses are text; `\` takes the next character as text. Never throws: what is not well formed is text.
 */
export function compileGlob(pattern: string, reading: Reading = 'write'): Glob {
  const known = compiled[reading];
  let glob = known.get(pattern);
  if (!glob) {
    room -= pattern.length;
    if (room < 0) forget();
    glob = compile(pattern, reading);
    known.set(pattern, glob);
  }
  return glob;
}

/** Patterns of a plan are compared with each other, and with what changed, again and again. */
const compiled: Record<Reading, Map<string, Glob>> = { write: new Map(), boundary: new Map() };
/** Characters of all patterns that are kept. */
const MAX_COMPILED = 500_000;
let room = MAX_COMPILED;

function forget(): void {
  compiled.write.clear();
  compiled.boundary.clear();
  room = MAX_COMPILED;
}

function compile(pattern: string, reading: Reading): Glob {
  const { text, folder, root } = normalize(pattern);
  const extended = text !== '' && (folder || reading === 'boundary' || looksLikeFolder(text));
  const tokens = once(() => {
    const list: Token[] = root ? ['globstar'] : tokensOf(text);
    if (extended && list.at(-1) !== 'below') list.push('below');
    return list;
  });
  // Most patterns are plain paths, and most of those meet by name.
  return {
    pattern,
    ...(plainOutline(text, extended) ?? outline(tokens())),
    ends: once(() => segmentEnds(tokens())),
    machine: once(() => machineOf(tokens())),
  };
}

type Outline = Pick<Glob, 'literal' | 'below' | 'prefix' | 'suffix'>;

/** Of a pattern without braces, classes and escapes, which is nearly every one; null when only its pieces tell. */
function plainOutline(text: string, below: boolean): Outline | null {
  if (text === '' || /[[{\\]/.test(text) || text.endsWith('**')) return null;
  const wildcard = text.search(/[*?]/);
  if (wildcard < 0) return { literal: text, below, prefix: text, suffix: below ? '' : text };
  // `**/a` is also `a`.
  const suffix = below ? '' : /[^*?]*$/.exec(text)![0].replace(/^\//, '');
  return { literal: null, below, prefix: text.slice(0, wildcard), suffix };
}

function outline(tokens: Token[]): Outline {
  const below = tokens.at(-1) === 'below';
  const chars = (below ? tokens.slice(0, -1) : tokens).map(charOf);
  const wildcard = chars.indexOf(null);
  const prefix = chars.slice(0, wildcard < 0 ? undefined : wildcard).join('');
  const literal = wildcard < 0 && prefix !== '' ? prefix : null;
  return { literal, below, prefix, suffix: below || literal === null ? '' : literal };
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
