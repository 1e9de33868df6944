import { isNone } from './front-matter.ts';

/** One path of a scope line, taken apart. `text` is what to match, or prose. */
export interface RawEntry {
  text: string;
  symbol?: string;
  note?: string;
  /** The note is set off by a dash, hash or colon: it may hold commas, and goes on to the end of the line. */
  tail?: boolean;
  /** Stands in backticks: a path whatever it looks like. */
  quoted: boolean;
  /** 0-based, in the text that was read. */
  offset: number;
}

/** What may enclose a comma. */
const ENCLOSING = /[()[\]{}`]/;

/** No path is as long; what is longer is refused as it stands. */
const MAX_ENTRY = 4096;

/** A path with nothing around it: nearly every entry, and what the rules for the others leave as it is. */
const PLAIN_ENTRY = /^(\s*)([A-Za-z0-9_.][A-Za-z0-9_./@{},+*-]*)\s*$/;

/** Names without `/`, `.` or `*` that are files all the same. */
const FILE_NAMES =
  /^(?:Makefile|GNUmakefile|Dockerfile|Containerfile|Procfile|Gemfile|Rakefile|Brewfile|Podfile|Fastfile|Appfile|Guardfile|Capfile|Vagrantfile|Jenkinsfile|Tiltfile|Earthfile|Pipfile|Snakefile|Caddyfile|Justfile|justfile|makefile|dockerfile|BUILD|WORKSPACE|LICENSE|LICENCE|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CODEOWNERS|OWNERS|MAINTAINERS|CHANGELOG|README|VERSION|TODO|SConstruct|SConscript|Kconfig|Kbuild|go|gradlew|mvnw|artisan|configure)$/;

/**
 * Splits an inline list (`a.py (x, y), b/{c,d}.py`) at its commas. Commas in braces, brackets, parentheses and backticks
 * belong to the entry; what does not close is text.
 */
export function splitEntries(text: string): RawEntry[] {
  const inside = ENCLOSING.test(text) ? enclosed(text) : null;
  const entries: RawEntry[] = [];
  const read = (from: number, to: number) => {
    const entry = readEntry(text.slice(from, to), from);
    if (entry) entries.push(entry);
  };
  let from = 0;
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) {
    if (inside?.[at]) continue;
    read(from, at);
    from = at + 1;
  }
  read(from, text.length);
  return entries;
}

/** Reads one entry with its trailing note; null for nothing (`[]`, `(none)`, `-`). */
export function readEntry(raw: string, offset = 0): RawEntry | null {
  if (raw.length > MAX_ENTRY) return { text: raw.trim(), quoted: true, offset };
  const plain = PLAIN_ENTRY.exec(raw);
  if (plain) return isNone(plain[2]!) ? null : { text: plain[2]!, quoted: false, offset: offset + plain[1]!.length };
  const { text: unwrapped, shift } = unwrap(raw);
  if (isNone(unwrapped)) return null;
  const start = offset + shift;
  const ticks = /^(`+)([\s\S]*?[^`])\1(?!`)(?:::([\w$.]+))?/.exec(unwrapped);
  if (ticks && isNone(ticks[2]!)) return null;
  if (ticks) {
    const note = noteText(unwrapped.slice(ticks[0].length));
    const entry = withSymbol(ticks[2]!.trim(), { quoted: true, offset: start + ticks[1]!.length });
    const tail = /^[\s)]*[:#–—→-]/.test(unwrapped.slice(ticks[0].length));
    return { ...entry, ...(ticks[3] ? { symbol: ticks[3] } : {}), ...(note ? { note, tail } : {}) };
  }
  const { body, notes, tail } = stripNotes(unwrapped);
  if (isNone(body)) return null;
  const note = notes.filter(Boolean).join('; ');
  return { ...withSymbol(body, { quoted: false, offset: start }), ...(note ? { note, tail } : {}) };
}

/** A file, folder or glob rather than words about files. */
export function looksLikePath({ text, quoted, symbol }: RawEntry): boolean {
  // What could be an option or move a cursor is no prose either: it is refused as a path.
  if (FILE_NAMES.test(text) || /^-|[\u0000-\u001f\u007f-\u009f]/.test(text)) return true;
  if (!quoted && /\s/.test(text)) return false;
  return symbol !== undefined || /[/.*\\{]/.test(text);
}

function withSymbol(text: string, rest: { quoted: boolean; offset: number }): RawEntry {
  const at = text.indexOf('::');
  const clean = (path: string) => (rest.quoted ? path : path.replace(/\\([*_[\](){}#+.!`-])/g, '$1'));
  if (at <= 0) return { text: clean(text), ...rest };
  return { text: clean(text.slice(0, at)).trim(), symbol: clean(text.slice(at + 2)).trim(), ...rest };
}

/** Without space, emphasis around the whole, and a task list's box. */
function unwrap(raw: string): { text: string; shift: number } {
  let text = raw.trimEnd();
  let shift = text.length - text.trimStart().length;
  text = text.trimStart();
  const box = /^\[[ xX]\]\s+/.exec(text);
  if (box) {
    shift += box[0].length;
    text = text.slice(box[0].length);
  }
  const strong = /^\*\*(?=[^\s*/])/.exec(text)?.[0];
  const end = strong ? text.indexOf(strong, 2) : -1;
  if (strong && end > 2 && text[end - 1] !== '/' && (end + 2 === text.length || /[\s:(]/.test(text[end + 2]!))) {
    return { text: `${text.slice(2, end)}${text.slice(end + 2)}`, shift: shift + 2 };
  }
  return { text, shift };
}

/** Strips ` # comment`, ` - text`, ` — text`, `: text` and one balanced group at the end. */
function stripNotes(text: string): { body: string; notes: string[]; tail: boolean } {
  const notes: string[] = [];
  let body = text;
  const inside = enclosed(body);
  for (const match of body.matchAll(/\s#|\s(?:-{1,2}|–|—|->|→|=>)(?=\s)|:(?=\s)/g)) {
    if (inside[match.index]) continue;
    const sign = match[0];
    // `note: text` is a sentence, `config/urls.py: text` is a path with a note.
    if (sign === ':' && !/^\S*[/.*]\S*$/.test(body.slice(0, match.index))) continue;
    notes.push(noteText(body.slice(match.index + sign.length)));
    body = body.slice(0, match.index).trimEnd();
    break;
  }
  const tail = notes.length > 0;
  const open = groupAtEnd(body);
  if (open > 0) {
    notes.unshift(body.slice(open + 1, -1).trim());
    body = body.slice(0, open).trimEnd();
  }
  return { body, notes, tail };
}

/** Where the parenthesis that closes at the end of `text` opens, when it is a note and not part of a path; else -1. */
function groupAtEnd(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) {
      const spaced = /\s/.test(text[at - 1] ?? '');
      // `app/(auth)` is a folder of a web framework.
      return spaced || (text[at - 1] !== '/' && /\s/.test(text.slice(at))) ? at : -1;
    }
  }
  return -1;
}

/** The words of a note, without the signs that set it off. */
function noteText(text: string): string {
  const bare = text.replace(/^[\s:#–—>→-]+/, '').trim();
  const wrapped =
    bare.startsWith('(') &&
    bare.endsWith(')') &&
    enclosed(bare)
      .slice(1, bare.length - 1)
      .every(Boolean);
  return wrapped ? bare.slice(1, -1).trim() : bare;
}

/** Marks the characters that stand inside a pair of parentheses, brackets, braces or backticks (not 0); one pass. */
function enclosed(text: string): Uint8Array {
  const inside = new Uint8Array(text.length);
  if (!/[()[\]{}`]/.test(text)) return inside;
  const depth = pairDepths(text);
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    level += depth[at]!;
    inside[at] = level > 0 ? 1 : 0;
  }
  return inside;
}

/** How the number of open pairs changes at each character; what closes without opening, or opens only, is text. */
function pairDepths(text: string): Int32Array {
  const depth = new Int32Array(text.length + 1);
  const open = { '(': [] as number[], '[': [] as number[], '{': [] as number[] };
  const pair = (start: number | undefined, end: number) => {
    if (start === undefined) return;
    depth[start + 1]! += 1;
    depth[end]! -= 1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '(' || char === '[' || char === '{') open[char].push(at);
    else if (char === ')') pair(open['('].pop(), at);
    else if (char === ']') pair(open['['].pop(), at);
    else if (char === '}') pair(open['{'].pop(), at);
    else if (char === '`') {
      const end = text.indexOf('`', at + 1);
      if (end < 0) continue;
      pair(at, end);
      at = end;
    }
  }
  return depth;
}
