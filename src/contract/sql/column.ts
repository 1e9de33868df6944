import type { Field, Primitive, Type } from '../types/shape.ts';
import { isWord, partsOf, type Word } from './statements.ts';

const TYPES: Record<string, Primitive> = {
  INT: 'integer',
  INTEGER: 'integer',
  INT2: 'integer',
  INT4: 'integer',
  INT8: 'integer',
  BIGINT: 'integer',
  SMALLINT: 'integer',
  MEDIUMINT: 'integer',
  TINYINT: 'integer',
  SERIAL: 'integer',
  BIGSERIAL: 'integer',
  SMALLSERIAL: 'integer',
  VARCHAR: 'string',
  NVARCHAR: 'string',
  CHAR: 'string',
  CHARACTER: 'string',
  TEXT: 'string',
  LONGTEXT: 'string',
  MEDIUMTEXT: 'string',
  CITEXT: 'string',
  BOOLEAN: 'boolean',
  BOOL: 'boolean',
  REAL: 'number',
  FLOAT: 'number',
  FLOAT4: 'number',
  FLOAT8: 'number',
  DOUBLE: 'number',
  NUMERIC: 'decimal',
  DECIMAL: 'decimal',
  TIMESTAMP: 'datetime',
  TIMESTAMPTZ: 'datetime',
  DATETIME: 'datetime',
  DATE: 'date',
  TIME: 'time',
  INTERVAL: 'duration',
  UUID: 'uuid',
  BYTEA: 'bytes',
  BLOB: 'bytes',
  VARBINARY: 'bytes',
};

const ANY = new Set(['JSON', 'JSONB', 'XML']);

/** Where the type of a column ends and what holds for it begins. */
const CONSTRAINTS = new Set([
  'NOT',
  'NULL',
  'DEFAULT',
  'PRIMARY',
  'UNIQUE',
  'REFERENCES',
  'CHECK',
  'CONSTRAINT',
  'GENERATED',
  'COLLATE',
  'AUTO_INCREMENT',
  'AUTOINCREMENT',
  'IDENTITY',
  'COMMENT',
  'ON',
  'UNSIGNED',
  'AFTER',
  'FIRST',
]);

/** `email VARCHAR(200) NOT NULL DEFAULT ''`; `keys`: the columns that the table's primary key names, in lower case. */
export function readColumn(words: readonly Word[], keys: ReadonlySet<string> = new Set()): Field | null {
  const [name, ...rest] = words;
  if (!name || name.inside || rest.length === 0) return null;
  const end = rest.findIndex((word) => !word.quoted && CONSTRAINTS.has(word.text.toUpperCase()));
  const written = end < 0 ? rest : rest.slice(0, end);
  const rules = end < 0 ? [] : rest.slice(end);
  const has = (...expected: string[]) =>
    rules.some((_, index) => expected.every((each, at) => isWord(rules[index + at], each)));
  const isKey = has('PRIMARY', 'KEY');
  const isSerial = written.some(({ text }) => /SERIAL$/i.test(text));
  const isGiven =
    has('DEFAULT') || has('GENERATED') || has('IDENTITY') || has('AUTO_INCREMENT') || has('AUTOINCREMENT');
  const nullable = !isKey && !isSerial && !has('NOT', 'NULL') && !keys.has(name.text.toLowerCase());
  return {
    name: name.quoted ? name.text : name.text.toLowerCase(),
    line: name.line,
    type: typeOf(written, rules),
    text: written.length > 0 ? textOf(written) : 'without a type',
    nullable,
    presence: nullable || isKey || isSerial || isGiven ? 'default' : 'required',
  };
}

function typeOf(written: readonly Word[], rules: readonly Word[]): Type {
  const [first, second] = written;
  if (!first) return { kind: 'unknown' };
  const name = first.text.toUpperCase();
  if (name === 'ENUM') return { kind: 'either', of: [valuesIn(second?.inside), { kind: 'primitive', name: 'string' }] };
  const plain = plainType(first, second);
  const isMany = written.some(
    (word, index) => isWord(word, 'ARRAY') || (word.text === '[' && written[index + 1]?.text === ']'),
  );
  if (isMany) return { kind: 'many', name: 'list', of: [plain] };
  const checked = checkedValues(rules);
  return checked === null ? plain : { kind: 'either', of: [plain, checked] };
}

function plainType(first: Word, second: Word | undefined): Type {
  const name = first.text.toUpperCase();
  if (ANY.has(name)) return { kind: 'any' };
  // How MySQL and SQLite write a boolean.
  if (name === 'TINYINT' && second?.inside?.[0]?.text === '1') return { kind: 'primitive', name: 'boolean' };
  if (Object.hasOwn(TYPES, name)) return { kind: 'primitive', name: TYPES[name]! };
  return { kind: 'named', name: first.text };
}

/** `CHECK (status IN ('open', 'done'))`. */
function checkedValues(rules: readonly Word[]): Type | null {
  const check = rules.findIndex((word) => isWord(word, 'CHECK'));
  const inside = check < 0 ? undefined : rules[check + 1]?.inside;
  const list = inside?.[inside.findIndex((word) => isWord(word, 'IN')) + 1]?.inside;
  if (!inside?.some((word) => isWord(word, 'IN')) || !list) return null;
  const type = valuesIn(list);
  return type.kind === 'values' ? type : null;
}

export function valuesIn(words: readonly Word[] | undefined): Type {
  const texts = partsOf(words ?? []).map(([word]) => word!);
  if (texts.length === 0 || texts.some(({ text }) => !/^'|^\d/.test(text))) return { kind: 'unknown' };
  return { kind: 'values', values: texts.map(({ text }) => (text.startsWith("'") ? stringOf(text) : text)) };
}

/** As JSON writes it. */
function stringOf(literal: string): string {
  return JSON.stringify(literal.slice(1, -1).replaceAll("''", "'"));
}

function textOf(words: readonly Word[]): string {
  return words
    .map((word) => (word.inside ? `(${textOf(word.inside)})` : word.text))
    .join(' ')
    .replaceAll(/ (?=[(),[\]])/g, '');
}
