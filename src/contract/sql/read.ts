import type { Field, Shape } from '../types/shape.ts';
import { readColumn, valuesIn } from './column.ts';
import { beginsWith, isWord, partsOf, statementsOf, type Word } from './statements.ts';

/** Tables and enums by their names in lower case, as statements make and change them one after the other. */
export type Tables = Map<string, Shape>;

/**
 * Reads DDL: CREATE TABLE, ALTER TABLE with columns, DROP TABLE, CREATE TYPE … AS ENUM. Every other statement is passed over.
 * `file` is where the text is from: columns that it adds to tables of another one stand there.
 */
export function readSql(sql: string, tables: Tables = new Map(), file?: string): Tables {
  for (const words of statementsOf(sql)) {
    if (beginsWith(words, 'CREATE')) create(words, tables);
    else if (beginsWith(words, 'ALTER', 'TABLE')) alter(words, tables);
    else if (beginsWith(words, 'DROP', 'TABLE'))
      for (const part of partsOf(words.slice(2))) tables.delete(nameIn(part).name);
  }
  if (file === undefined) return tables;
  for (const [name, table] of tables) {
    const fields = table.fields.map((field) => (field.file === undefined ? { ...field, file } : field));
    tables.set(name, { ...table, fields });
  }
  return tables;
}

/** Words that stand between what is made and its name. */
const BETWEEN = new Set([
  'TEMP',
  'TEMPORARY',
  'UNLOGGED',
  'GLOBAL',
  'LOCAL',
  'OR',
  'REPLACE',
  'IF',
  'NOT',
  'EXISTS',
  'ONLY',
  'TABLE',
]);

/** `IF NOT EXISTS public."Users"` is users; `rest` is what follows. */
function nameIn(words: readonly Word[]): { name: string; line: number; rest: Word[] } {
  let at = words.findIndex((word) => word.quoted || !BETWEEN.has(word.text.toUpperCase()));
  if (at < 0) return { name: '', line: 1, rest: [] };
  while (words[at + 1]?.text === '.' && words[at + 2]) at += 2;
  return { name: words[at]!.text.toLowerCase(), line: words[at]!.line, rest: words.slice(at + 1) };
}

function create(words: readonly Word[], tables: Tables): void {
  const kind = words.findIndex((word) => isWord(word, 'TABLE') || isWord(word, 'TYPE'));
  const { name, line, rest } = nameIn(words.slice(kind + 1));
  if (kind < 0 || name === '') return;
  if (isWord(words[kind], 'TYPE')) {
    const values = beginsWith(rest, 'AS', 'ENUM') ? valuesIn(rest[2]?.inside) : null;
    if (values?.kind !== 'values') return;
    const members = values.values.map((value) => ({ name: value, value, line }));
    tables.set(name, { name, line, kind: 'enum', bases: [], fields: [], values: members, open: null });
    return;
  }
  const body = rest.find(({ inside }) => inside)?.inside;
  if (!body || isWord(rest[0], 'AS')) return;
  // A table that is there already stays.
  if (tables.has(name) && words.some((word) => isWord(word, 'EXISTS'))) return;
  tables.set(name, {
    name,
    line,
    kind: 'record',
    bases: [],
    fields: columnsOf(body),
    values: [],
    open: null,
    table: name,
  });
}

const RULES = new Set([
  'CONSTRAINT',
  'PRIMARY',
  'UNIQUE',
  'FOREIGN',
  'CHECK',
  'KEY',
  'INDEX',
  'EXCLUDE',
  'LIKE',
  'FULLTEXT',
  'SPATIAL',
  'PERIOD',
]);

function columnsOf(body: readonly Word[]): Field[] {
  const parts = partsOf(body);
  const isRule = ([first]: Word[]) => !first!.quoted && RULES.has(first!.text.toUpperCase());
  const keys = new Set(parts.filter(isRule).flatMap(keysIn));
  return parts.filter((part) => !isRule(part)).flatMap((part) => readColumn(part, keys) ?? []);
}

/** `PRIMARY KEY (a, b)` says of both that they are never null. */
function keysIn(part: readonly Word[]): string[] {
  const at = part.findIndex((word) => isWord(word, 'PRIMARY'));
  if (at < 0) return [];
  const list = part.slice(at).find(({ inside }) => inside)?.inside ?? [];
  return partsOf(list).map(([word]) => word!.text.toLowerCase());
}

function alter(words: readonly Word[], tables: Tables): void {
  const { name, rest } = nameIn(words.slice(2));
  const table = tables.get(name);
  if (!table) return;
  if (beginsWith(rest, 'RENAME', 'TO') && rest[2]) {
    tables.delete(name);
    tables.set(rest[2].text.toLowerCase(), {
      ...table,
      name: rest[2].text.toLowerCase(),
      table: rest[2].text.toLowerCase(),
    });
    return;
  }
  let { fields } = table;
  for (const part of partsOf(rest)) fields = changed(fields, part);
  tables.set(name, { ...table, fields });
}

/** Words that stand between what is done and the column. */
const LEADING = new Set(['COLUMN', 'IF', 'NOT', 'EXISTS']);

function changed(fields: Field[], part: readonly Word[]): Field[] {
  const [action] = part;
  const at = part.findIndex((word, index) => index > 0 && (word.quoted || !LEADING.has(word.text.toUpperCase())));
  const words = at < 0 ? [] : part.slice(at);
  const [first] = words;
  if (!action || !first) return fields;
  const others = fields.filter(({ name }) => name.toLowerCase() !== first.text.toLowerCase());
  const old = fields.find(({ name }) => name.toLowerCase() === first.text.toLowerCase());
  if (isWord(action, 'ADD')) {
    // `ADD (a INT, b INT)` is what Oracle and MySQL write.
    if (first.inside) return [...fields, ...columnsOf(first.inside)];
    return RULES.has(first.text.toUpperCase()) && !first.quoted ? fields : [...others, ...columnsOf(words)];
  }
  if (isWord(action, 'DROP')) return old ? others : fields;
  if (isWord(action, 'RENAME') && old && isWord(words[1], 'TO') && words[2])
    return [...others, { ...old, name: words[2].text }];
  if (isWord(action, 'MODIFY')) return [...others, ...columnsOf(words)];
  if (isWord(action, 'ALTER') && old) return [...others, altered(old, words.slice(1))];
  return fields;
}

/** `ALTER COLUMN x SET NOT NULL`, `… TYPE text`, `… SET DEFAULT 1`: the column stands here from now on. */
function altered({ file: _, ...field }: Field, words: readonly Word[]): Field {
  const line = words[0]?.line ?? field.line;
  if (beginsWith(words, 'SET', 'NOT', 'NULL')) return { ...field, line, nullable: false };
  if (beginsWith(words, 'DROP', 'NOT', 'NULL')) return { ...field, line, nullable: true, presence: 'default' };
  if (beginsWith(words, 'SET', 'DEFAULT')) return { ...field, line, presence: 'default' };
  if (beginsWith(words, 'DROP', 'DEFAULT'))
    return { ...field, line, presence: field.nullable ? 'default' : 'required' };
  const type = words.findIndex((word) => isWord(word, 'TYPE'));
  const read = type < 0 ? null : readColumn([{ text: field.name, line }, ...words.slice(type + 1)]);
  return read ? { ...field, line, type: read.type, text: read.text } : field;
}
