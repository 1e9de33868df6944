import { findBraces, MAX_ALTERNATIVES } from '../scope/braces.ts';
import type { Scope, ScopeEntry } from '../scope/scope.ts';
import type { Findings } from './findings.ts';
import { isNone } from './front-matter.ts';
import type { Section } from './markdown.ts';
import { unsafePath } from './safety.ts';
import { looksLikePath, type RawEntry, readEntry, splitEntries } from './scope-entry.ts';
import { pathsOf, spelledOut } from './spelled.ts';
import { type Place, show } from './text.ts';

/** `either`: "Files to Create/Modify" of the oldest format; its entries stand in both lists. */
type Directive = 'create' | 'modify' | 'boundary' | 'either';

export interface ScopeReading {
  scope: Scope;
  /** Directives that were written, empty ones included. */
  declared: Set<Directive>;
}

interface Reading {
  file: string;
  /** Lines of the file before `lines[0]`. */
  before: number;
  found: Findings;
}

/** More entries than this in one task are a mistake or an attack; braces count for what they spell out. */
const MAX_ENTRIES = 5000;

/** Reads the scope of a task in any of its documented shapes; `sections` are those of `lines`. */
export function readScope(lines: readonly string[], sections: readonly Section[], reading: Reading): ScopeReading {
  const sheet = newSheet(reading);
  let inside = 0;
  let any = false;
  for (const section of sections) {
    const label = directiveOf(section.heading);
    if (inside > 0 && section.depth <= inside) inside = 0;
    if (/^scope\b/i.test(section.heading) && inside === 0) inside = section.depth;
    else if (inside === 0 && !label) continue;
    any = true;
    sheet.turnTo(label);
    readLines(lines, section, sheet);
  }
  // Without any heading for it, the directives stand somewhere before the first section.
  if (!any) for (const section of sections.filter(({ depth }) => depth < 2)) readLines(lines, section, sheet);
  return { scope: sheet.scope, declared: sheet.declared };
}

const LABELS: [RegExp, Directive][] = [
  [/^(?:files? to )?(?:do )?not (?:be )?(?:touch|modif|chang|edit)\w*(?: files?)?$/i, 'boundary'],
  [/^(?:files? )?boundar(?:y|ies)(?:\s*[-–—:]?\s*do not (?:touch|modify))?$/i, 'boundary'],
  [/^(?:files? to )?create\s*(?:\/|and|or|&)\s*modify$/i, 'either'],
  [/^(?:files? to )?create$/i, 'create'],
  [/^(?:files? to )?modify$/i, 'modify'],
];

/** What a heading or a word before a colon announces: `Files to NOT Touch`, `**BOUNDARY** (Do NOT modify)`. */
function directiveOf(label: string): Directive | null {
  if (label.length > 80) return null;
  const bare = label
    .replace(/\([^)]*\)|\*\*|`|:/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return LABELS.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}

/** `CREATE:`, `**MODIFY**:`, `- **BOUNDARY** (Do NOT modify): …`; the label ends at its colon. */
const OPENING =
  /^\s*(?:[-*+]\s+)?(?:\*\*)?([A-Za-z][A-Za-z /&–—-]{0,40}?)\s*(?:\*\*)?\s*(?:\([^()]{0,60}\))?\s*(?:\*\*)?\s*:(?!:)(?:\*\*)?/;

/** As the documents write it: what nearly every line is. */
const DOCUMENTED: [string, Directive][] = [
  ['CREATE: ', 'create'],
  ['MODIFY: ', 'modify'],
  ['BOUNDARY: ', 'boundary'],
];

/** A line that opens a directive; the rest of it may hold entries. Without a colon it stands alone, in capitals. */
function openingOf(line: string): { directive: Directive; rest: string; offset: number } | null {
  const plain = DOCUMENTED.find(([word]) => line.startsWith(word));
  if (plain) return { directive: plain[1], rest: line.slice(plain[0].length), offset: plain[0].length };
  const match = OPENING.exec(line.slice(0, 160));
  const directive = match && directiveOf(match[1]!);
  if (directive) return { directive, rest: line.slice(match[0].length), offset: match[0].length };
  const alone = line.length <= 80 && line === line.toUpperCase() ? directiveOf(line.replace(/^\s*[-*+]\s+/, '')) : null;
  return alone && { directive: alone, rest: '', offset: line.length };
}

interface Sheet extends ScopeReading {
  turnTo(directive: Directive | null): void;
  /** An entry of the directive in force, written at this place. */
  enter(entry: RawEntry, at: Place): void;
  /** More words on the entry before. */
  remark(text: string): void;
  current(): Directive | null;
  /** More entries than are looked at. */
  full(): boolean;
  ignored(text: string, at: Place): void;
  /** The place of a character of `lines[line]`. */
  at(line: number, offset: number): Place;
}

function readLines(lines: readonly string[], { from, to }: Section, sheet: Sheet): void {
  let open = false; // the line before ended with a comma
  for (let index = from; index < to && !sheet.full(); index++) {
    const line = lines[index]!;
    const text = line.trim();
    if (text === '' || /^(?:`{3,}|~{3,}|<!--.*-->$|-{3,}$|#)/.test(text)) {
      if (text !== '') open = false;
      continue;
    }
    const opening = openingOf(line);
    if (opening) {
      sheet.turnTo(opening.directive);
      sheet.declared.add(opening.directive);
      readInline(opening.rest, (offset) => sheet.at(index, opening.offset + offset), sheet);
    } else if (sheet.current()) readContinuation(line, { index, open }, sheet);
    open = text.endsWith(',');
  }
}

function readInline(rest: string, at: (offset: number) => Place, sheet: Sheet): void {
  const comment = /(?:^|\s)#(?=\s|$)/.exec(rest);
  const text = comment ? rest.slice(0, comment.index) : rest;
  const list = /^\s*\[(?!\s*[xX ]?\])([^[\]]*,[^[\]]*)\]\s*$/.exec(text);
  const shift = list ? text.indexOf('[') + 1 : 0;
  for (const entry of splitEntries(list ? list[1]! : text)) sheet.enter(entry, at(shift + entry.offset));
  if (comment)
    sheet.remark(
      rest
        .slice(comment.index)
        .replace(/^[\s#]+/, '')
        .trim(),
    );
}

function readContinuation(line: string, { index, open }: { index: number; open: boolean }, sheet: Sheet): void {
  const bullet = /^(\s*)(?:[-*+]|\d{1,3}[.)])(?:\s+|$)/.exec(line);
  const at = (offset: number) => sheet.at(index, offset);
  if (!bullet) {
    const entries = splitEntries(line);
    if (open || /^\s*\[.*\]\s*$/.test(line) || entries.every(looksLikePath)) return readInline(line, at, sheet);
    return sheet.current() === 'boundary'
      ? sheet.enter({ text: line.trim(), quoted: false, offset: 0 }, at(indentOf(line)))
      : sheet.ignored(line.trim(), at(indentOf(line)));
  }
  const start = bullet[0].length;
  const rest = line.slice(start);
  if (isNone(rest)) return;
  const entries = splitEntries(rest);
  const nested = bullet[1]!.length >= 2;
  if (nested && entries[0] && !looksLikePath(entries[0])) return sheet.remark(rest.trim());
  // `- a.py, b.py` is a list; `- a.py - models, views` is one entry with a note that has a comma.
  if (entries.length > 1 && entries.every(looksLikePath) && !entries[0]!.tail) {
    for (const entry of entries) sheet.enter(entry, at(start + entry.offset));
    return;
  }
  const entry = readEntry(rest);
  if (entry) sheet.enter(entry, at(start + entry.offset));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function newSheet({ file, before, found }: Reading): Sheet {
  const scope: Scope = { create: [], modify: [], boundary: [], prose: [] };
  const declared = new Set<Directive>();
  let directive: Directive | null = null;
  let last: ScopeEntry[] = [];
  let count = 0;
  const lists = () => (directive === 'either' ? [scope.create, scope.modify] : directive ? [scope[directive]] : []);
  return {
    scope,
    declared,
    current: () => directive,
    full: () => count > MAX_ENTRIES,
    turnTo(next) {
      directive = next;
      last = [];
      if (next) declared.add(next);
    },
    at: (line, offset) => ({ line: before + line + 1, column: offset + 1 }),
    remark(text) {
      for (const entry of last) entry.note = entry.note && entry.note !== text ? `${entry.note}; ${text}` : text;
    },
    ignored(text, at) {
      found.note('scope-text-ignored', { file, ...at }, `${show(text)} in the scope names no file and is not used`);
    },
    enter(raw, at) {
      if (count > MAX_ENTRIES) return;
      count += 1;
      if (!isPath(raw)) return enterWords(raw, at);
      const entries = entriesOf(raw, at, { file, found });
      for (const entry of entries) count += pathsOf(entry).length - 1;
      if (count > MAX_ENTRIES) {
        found.error('scope-too-large', { file, ...at }, `the scope has more than ${MAX_ENTRIES} entries`);
        return;
      }
      last = entries;
      for (const list of lists()) list.push(...entries);
    },
  };

  /** Words about files are known only in a BOUNDARY; elsewhere one word is a file or folder without extension. */
  function isPath(raw: RawEntry): boolean {
    return looksLikePath(raw) || (directive !== 'boundary' && (raw.quoted || !/\s/.test(raw.text)));
  }

  function enterWords(raw: RawEntry, at: Place): void {
    last = [];
    const words = raw.note ? `${raw.text} (${raw.note})` : raw.text;
    if (directive === 'boundary') {
      scope.prose.push(words);
      if (/\s/.test(raw.text) && !/[/*]/.test(raw.text)) return;
      found.note('boundary-prose', { file, ...at }, `${show(words)} is taken as words for the prompt, not as a path`, {
        hint: 'a path stands alone and has a /, a . or a *: apps/orders/*, tests/',
      });
    } else {
      found.warning('scope-not-a-path', { file, ...at }, `${show(words)} is no path, so it allows nothing`, {
        hint: 'name files, folders or globs; a name with spaces stands in backticks',
      });
    }
  }
}

/** The entry as the rest of the program uses it: one for each symbol, `./` removed; unsafe ones are reported and left out. */
function entriesOf(raw: RawEntry, at: Place, { file, found }: Pick<Reading, 'file' | 'found'>): ScopeEntry[] {
  const pattern = /^\.\/|\/\//.test(raw.text) ? withoutDetours(raw.text) : raw.text;
  const doubtful = doubtAbout(pattern);
  if (doubtful) {
    found.error('unsafe-path', { file, ...at }, `the path ${show(raw.text)} ${doubtful}`, {
      hint: 'paths are relative to the root of the repository: apps/users/models.py',
    });
    return [];
  }
  const entry = { pattern, ...(raw.note ? { note: raw.note } : {}), ...at };
  return symbolsOf(raw, at, { file, found }).map((symbol) => (symbol === undefined ? entry : { ...entry, symbol }));
}

/** `./a//b` → `a/b`; a leading `//` stays, to be refused. */
function withoutDetours(path: string): string {
  return path.replace(/^(?:\.\/)+(?=.)/, '').replace(/\/{2,}/g, (run, index: number) => (index === 0 ? run : '/'));
}

/** Braces are spelled out first: `{a,../..}/x` leaves the repository too. */
function doubtAbout(pattern: string): string | null {
  if (pattern.length > 4096) return 'is longer than a path can be';
  const paths = spelledOut(pattern);
  if (paths.length === 1 && pattern.includes('{') && findBraces([...pattern]).size > 0)
    return `spells out more than ${MAX_ALTERNATIVES} paths`;
  return paths.map(unsafePath).find((reason) => reason !== null) ?? null;
}

/** `file::{A,B}` names two symbols; no symbol is the whole file. */
function symbolsOf(
  { symbol }: RawEntry,
  at: Place,
  { file, found }: Pick<Reading, 'file' | 'found'>,
): (string | undefined)[] {
  if (symbol === undefined || /^[A-Za-z_][A-Za-z0-9_.]*$/.test(symbol)) return [symbol];
  const names = symbol
    .replace(/^\{(.*)\}$/, '$1')
    .split(',')
    .map((name) => dotted(name.trim()));
  const wrong = names.find((name) => !/^[\p{L}_$#@~][\p{L}\p{M}\p{N}_$#@.-]*[?!=]?$/u.test(name));
  if (wrong === undefined) return names;
  found.warning('bad-symbol', { file, ...at }, `${show(wrong)} is no symbol; the entry is taken for the whole file`, {
    hint: 'write file::Class, file::function or file::Class.method',
  });
  return [undefined];
}

/** `A::b`, `A#b()` → `A.b`: one way to write a symbol. */
function dotted(name: string): string {
  return name.replace(/\(\)$/, '').replace(/::|(?<=[^.:])#/g, '.');
}
