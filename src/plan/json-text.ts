/** A JSON value with the range of its text: `text.slice(start, end)`. */
export type JsonNode = { start: number; end: number } & (
  | { kind: 'object'; entries: JsonEntry[] }
  | { kind: 'array'; items: JsonNode[] }
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
);

export type JsonObject = Extract<JsonNode, { kind: 'object' }>;

export interface JsonEntry {
  key: string;
  keyStart: number;
  value: JsonNode;
}

/** `repeated`: entries whose key was in the same object before. */
export type JsonResult =
  | { ok: true; root: JsonNode; repeated: JsonEntry[] }
  | { ok: false; message: string; offset: number };

/** Deeper than any manifest, shallower than the call stack. */
const MAX_DEPTH = 200;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]+/y;

class Broken extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Strict JSON (RFC 8259) with positions; `JSON.parse` says neither line nor column in the words a person needs. */
export function parseJson(text: string): JsonResult {
  try {
    const repeated: JsonEntry[] = [];
    return { ok: true, root: document(text, repeated), repeated };
  } catch (error) {
    if (error instanceof Broken) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

/** The value of a key; the last one counts, as in `JSON.parse`. */
export function jsonGet(node: JsonNode, key: string): JsonNode | undefined {
  return node.kind === 'object' ? node.entries.findLast((entry) => entry.key === key)?.value : undefined;
}

function document(text: string, repeated: JsonEntry[]): JsonNode {
  let at = 0;
  skip();
  if (at === text.length) throw new Broken('the file is empty', 0);
  const root = value(0);
  skip();
  if (at < text.length) throw new Broken('text after the end of the JSON value', at);
  return root;

  function skip(): void {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)![0].length;
  }

  function value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw new Broken(`nested more than ${MAX_DEPTH} levels deep`, at);
    const char = text[at];
    if (char === '{') return object(depth);
    if (char === '[') return array(depth);
    if (char === '"') return string();
    return literal();
  }

  function object(depth: number): JsonNode {
    const start = at++;
    const entries: JsonEntry[] = [];
    const keys = new Set<string>();
    skip();
    while (text[at] !== '}') {
      if (text[at] !== '"') throw unexpected('a key in double quotes or }', entries.length > 0 && text[at] === ',');
      const key = string();
      skip();
      expect(':');
      skip();
      const entry = { key: key.value, keyStart: key.start, value: value(depth + 1) };
      entries.push(entry);
      if (keys.size === keys.add(key.value).size) repeated.push(entry);
      separator('}');
    }
    at++;
    return { kind: 'object', entries, start, end: at };
  }

  function array(depth: number): JsonNode {
    const start = at++;
    const items: JsonNode[] = [];
    skip();
    while (text[at] !== ']') {
      items.push(value(depth + 1));
      separator(']');
    }
    at++;
    return { kind: 'array', items, start, end: at };
  }

  function separator(close: string): void {
    skip();
    if (text[at] === close) return;
    if (text[at] !== ',') throw unexpected(`, or ${close}`);
    const comma = at++;
    skip();
    if (text[at] === close) throw new Broken(`a comma before ${close}: remove it`, comma);
  }

  function string(): Extract<JsonNode, { kind: 'string' }> {
    const start = at++;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) break;
      if (code === 92) at++;
      else if (code === 10 || code === 13) throw new Broken('a string is not closed on its line', start);
      else if (code < 32) throw new Broken('a control character in a string: write it as \\u00XX', at);
    }
    if (at >= text.length) throw new Broken('a string is not closed', start);
    at++;
    return { kind: 'string', value: textOf(text.slice(start, at), start), start, end: at };
  }

  function literal(): JsonNode {
    const start = at;
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(text)?.[0];
    if (digits) {
      at += digits.length;
      return { kind: 'number', value: Number(digits), start, end: at };
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word !== 'true' && word !== 'false' && word !== 'null') throw unexpected('a value');
    at += word.length;
    if (word === 'null') return { kind: 'null', start, end: at };
    return { kind: 'boolean', value: word === 'true', start, end: at };
  }

  function expect(char: string): void {
    if (text[at] !== char) throw unexpected(char);
    at++;
  }

  function unexpected(wanted: string, doubled = false): Broken {
    if (at >= text.length) return new Broken(`the file ends where ${wanted} is expected`, at);
    if (doubled) return new Broken('two commas in a row', at);
    if (text[at] === "'") return new Broken(`expected ${wanted}; JSON strings stand in double quotes`, at);
    if (text.startsWith('//', at) || text.startsWith('/*', at)) return new Broken('JSON has no comments', at);
    return new Broken(`expected ${wanted}, found '${printable(text, at)}'`, at);
  }
}

function printable(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at)!);
  return /[\p{C}\p{Z}]/u.test(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char;
}

function textOf(quoted: string, start: number): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new Broken('a string has an escape that JSON does not know', start);
  }
}
