import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Findings } from './findings.ts';
import { type Located, type Place, placesOf, show } from './text.ts';

/** A field as written: every scalar is a string (`[001]` stays `001`). */
export interface Field {
  name: Located<string>;
  /** One element for a scalar, none for an empty value. */
  values: Located<string>[];
  list: boolean;
}

/** Where the front matter of a task file ends; `yaml` is null when there is none. */
export interface FrontMatter {
  /** Text between the `---` lines; null when the file has no front matter. */
  yaml: string | null;
  /** Lines before `yaml`. */
  yamlLine: number;
  body: string;
  /** Lines before `body`. */
  bodyLine: number;
  /** The closing `---` is missing. */
  open: boolean;
}

/** Far more than any front matter; the YAML parser's time grows faster than its input. */
const MAX_YAML = 16 * 1024;
const MAX_ALIASES = 100;

interface Reading {
  file: string;
  /** Lines of the file before the text. */
  line: number;
  found: Findings;
}

/** Splits normalised text (`normalise`) into front matter and body; blank lines before the first `---` are allowed. */
export function splitFrontMatter(text: string): FrontMatter {
  const none = { yaml: null, yamlLine: 0, body: text, bodyLine: 0, open: false };
  const opening = /^(?:[ \t]*\n)*---[ \t]*(?:\n|$)/.exec(text);
  if (!opening) return none;
  const start = opening[0].length;
  const closing = /^(?:---|\.\.\.)[ \t]*$/gm;
  closing.lastIndex = start;
  const end = closing.exec(text);
  const yamlLine = lineCount(opening[0]);
  if (!end) return { ...none, yaml: text.slice(start), yamlLine, body: '', open: true };
  const bodyStart = Math.min(text.length, end.index + end[0].length + 1);
  return {
    yaml: text.slice(start, end.index),
    yamlLine,
    body: text.slice(bodyStart),
    bodyLine: lineCount(text.slice(0, bodyStart)),
    open: false,
  };
}

/** Reads front matter as fields, in the order written. */
export function readFrontMatter(yaml: string, { file, line, found }: Reading): Field[] {
  const simple = readSimple(yaml, line);
  if (simple) return simple;
  if (yaml.length > MAX_YAML) {
    found.error(
      'front-matter-too-long',
      { file, line: line + 1 },
      `the front matter is longer than ${MAX_YAML} characters`,
    );
    return [];
  }
  try {
    return readYaml(yaml, { file, line, found });
  } catch (error) {
    // The parser recurses: nesting it cannot follow overflows its stack.
    const message = error instanceof RangeError ? 'nested too deeply' : String(error);
    found.error('front-matter-invalid', { file, line: line + 1 }, `the front matter cannot be read: ${message}`);
    return [];
  }
}

/** The same lists from front matter, bullets and tables: `a, b`, `[a, b]`, `None` and `-` included. */
export function listOf(field: Field | undefined): Located<string>[] {
  if (!field) return [];
  if (field.list) return field.values.filter(({ value }) => value !== '');
  return field.values.flatMap((whole) => {
    const text = whole.value.replace(/^\s*\[(.*)\]\s*$/s, '$1').replace(/`|\([^()]*\)/g, blank);
    if (isNone(text)) return [];
    const parts = [...text.matchAll(/[^,;\s]+/g)];
    const shift = /^\s*\[/.exec(whole.value)?.[0].length ?? 0;
    return parts.map((part) => ({ value: part[0], line: whole.line, column: whole.column + shift + part.index }));
  });
}

function blank(text: string): string {
  return ' '.repeat(text.length);
}

/** The scalar of a field; undefined when it is absent, empty, or a list of several. */
export function scalarOf(field: Field | undefined): Located<string> | undefined {
  const first = field?.values.length === 1 ? field.values[0] : undefined;
  return first && first.value.trim() !== '' ? { ...first, value: first.value.trim() } : undefined;
}

/** The documented ways to write nothing. */
export function isNone(text: string): boolean {
  const bare = text.trim();
  return bare.length < 20 && /^(?:|-|–|—|~|\[\s*\]|\(?_?(?:none|null|nil|n\/a|nothing|empty)\.?_?\)?\.?)$/i.test(bare);
}

/** A plain word that means the same to YAML and to us. */
const WORD = '[A-Za-z0-9_./][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*';
const KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const ITEM = new RegExp(`^${WORD}$`);
const WORDS = new RegExp(`^${WORD}(?: ${WORD})*$`);

/** The documented form (`key: word` and `key: [word, word]`), a tenth of the parser's price; null for anything else. */
function readSimple(yaml: string, before: number): Field[] | null {
  const fields: Field[] = [];
  for (const [index, text] of yaml.split('\n').entries()) {
    if (text === '') continue;
    const colon = text.indexOf(':');
    const key = text.slice(0, Math.max(0, colon));
    if (text.length > 2000 || !KEY.test(key) || fields.some(({ name }) => name.value === key)) return null;
    const line = before + index + 1;
    const values = readValue(text, colon + 1, line);
    if (!values) return null;
    fields.push({ name: { value: key, line, column: 1 }, ...values });
  }
  return fields;
}

/** What stands behind the colon; null when it is more than words. */
function readValue(text: string, from: number, line: number): Pick<Field, 'values' | 'list'> | null {
  const value = withoutSpaces(text.slice(from));
  if (value === '') return { values: [], list: false };
  if (text[from] !== ' ') return null;
  const start = text.indexOf(value, from);
  if (!value.startsWith('['))
    return WORDS.test(value) ? { values: [{ value, line, column: start + 1 }], list: false } : null;
  if (!value.endsWith(']')) return null;
  const inner = value.slice(1, -1);
  const values: Located<string>[] = [];
  if (withoutSpaces(inner) === '') return { values, list: true };
  let at = start + 1;
  for (const part of inner.split(',')) {
    const item = withoutSpaces(part);
    if (!ITEM.test(item)) return null;
    values.push({ value: item, line, column: at + part.indexOf(item) + 1 });
    at += part.length + 1;
  }
  return { values, list: true };
}

/** Without spaces around it; tabs and the spaces of other scripts are text to YAML. */
function withoutSpaces(text: string): string {
  return text.replace(/^ +| +$/g, '');
}

function readYaml(yaml: string, { file, line, found }: Reading): Field[] {
  const document = parseDocument(yaml, { schema: 'failsafe', prettyErrors: false });
  const places = placesOf(yaml);
  const at = (offset: number) => {
    const place = places(Math.min(offset, yaml.length));
    return { line: line + place.line, column: place.column };
  };
  const invalid = (where: Place, message: string) => found.error('front-matter-invalid', { file, ...where }, message);
  for (const problem of document.errors.slice(0, 5)) {
    invalid(at(problem.pos[0]), `the front matter is not valid YAML: ${firstLine(problem.message)}`);
  }
  const root = document.contents as Node | null;
  if (isMap(root)) return fieldsOf(root, { at, invalid, follow: aliasFollower(document) });
  const empty = root === null || (isScalar(root) && root.value === '');
  if (!empty && document.errors.length === 0) {
    invalid(at(root.range?.[0] ?? 0), 'the front matter has no `key: value` lines');
  }
  return [];
}

interface Walk {
  at(offset: number): Place;
  invalid(where: Place, message: string): void;
  follow(node: unknown): unknown;
}

function fieldsOf(root: YAMLMap, { at, invalid, follow }: Walk): Field[] {
  const located = (node: Scalar): Located<string> => ({
    value: node.value === null ? '' : String(node.value),
    ...at(node.range?.[0] ?? 0),
  });
  const fields: Field[] = [];
  for (const pair of root.items) {
    if (!isScalar(pair.key)) continue;
    const name = located(pair.key);
    const value = follow(pair.value);
    const nodes = isSeq(value) ? value.items.map(follow) : [value ?? []].flat();
    const scalars = nodes.filter((node) => isScalar(node));
    if (scalars.length < nodes.length) {
      const { line, column } = name;
      invalid({ line, column }, `${show(name.value)} is to be a string or a list of strings`);
    }
    const list = isSeq(value);
    fields.push({ name, values: scalars.map(located).filter((each) => list || each.value !== ''), list });
  }
  return fields;
}

/** Aliases are followed one step and a hundred times: no document can grow by them. */
function aliasFollower(document: Document): (node: unknown) => unknown {
  let left = MAX_ALIASES;
  return (node) => (isAlias(node) ? (left-- > 0 ? node.resolve(document) : null) : node);
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.slice(0, 200);
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
