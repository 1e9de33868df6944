import { posix } from 'node:path';
import type { ApiDocument } from '../openapi/document.ts';
import { isRecord } from '../record.ts';
import type { Field, Shape } from '../types/shape.ts';
import { pascal, type Schema, stemOf, typeOf } from './type.ts';

type Path = (string | number)[];

/** A type that a schema describes, with the names that code may give it. */
export interface Described {
  shape: Shape;
  names: string[];
}

/** The types of a document: itself, and those under `$defs` and `definitions`. */
export function readSchema(document: ApiDocument): Described[] {
  const { value } = document;
  const stem = pascal(stemOf(posix.basename(document.path)));
  const title = typeof value.title === 'string' ? pascal(value.title) : '';
  const names = [...new Set([title, stem].filter((name) => name !== ''))];
  const root = shapeOf(document, value, { name: names[0] ?? 'Schema', path: [] });
  const defined = ['$defs', 'definitions'].flatMap((key) => {
    const definitions = value[key];
    if (!isRecord(definitions)) return [];
    return Object.entries(definitions).flatMap(([name, schema]) => {
      const shape = isRecord(schema) ? shapeOf(document, schema, { name: pascal(name), path: [key, name] }) : null;
      return shape ? [{ shape, names: [shape.name] }] : [];
    });
  });
  return [...(root ? [{ shape: root, names }] : []), ...defined];
}

/** Null: it describes no type of its own, as a document that only holds definitions. */
function shapeOf(document: ApiDocument, schema: Schema, { name, path }: { name: string; path: Path }): Shape | null {
  const line = document.lineOf(path);
  const head = { name, line, bases: [], fields: [], values: [], open: null };
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.map((each, index) => ({
      name: String(each),
      value: JSON.stringify(each),
      line: document.lineOf([...path, 'enum', index]),
    }));
    return { ...head, kind: 'enum', values };
  }
  const parts = partsOf(schema, path);
  if (parts.length > 0) {
    const fields = parts.flatMap((part) => fieldsOf(document, part.schema, part.path));
    const isClosed = parts.some(
      (part) => part.schema.additionalProperties === false || part.schema.unevaluatedProperties === false,
    );
    const open = isClosed ? null : 'what the schema leaves open';
    return { ...head, kind: 'record', fields, open };
  }
  const { type } = typeOf(schema);
  return type.kind === 'any' || type.kind === 'unknown' ? null : { ...head, kind: 'alias', alias: type };
}

/** A schema with properties, and those that it is put together from with `allOf`. */
function partsOf(schema: Schema, path: Path): { schema: Schema; path: Path }[] {
  const own = isRecord(schema.properties) ? [{ schema, path }] : [];
  const all = Array.isArray(schema.allOf) ? schema.allOf : [];
  return [...own, ...all.flatMap((each, index) => (isRecord(each) ? partsOf(each, [...path, 'allOf', index]) : []))];
}

function fieldsOf(document: ApiDocument, schema: Schema, path: Path): Field[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(schema.properties as Schema).map(([name, property]) => {
    const { type, nullable } = typeOf(property);
    const isRequired = required.has(name);
    return {
      name,
      line: document.lineOf([...path, 'properties', name]),
      type,
      text: textOf(property),
      // Languages without absent fields say with null that one is not there.
      nullable: nullable || (isRequired ? false : 'maybe'),
      presence: isRequired ? 'required' : 'absent',
    };
  });
}

function textOf(property: unknown): string {
  if (!isRecord(property)) return 'anything';
  const { type, format, $ref } = property;
  if (typeof $ref === 'string') return $ref;
  if (Array.isArray(property.enum)) return property.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (type === 'array' && isRecord(property.items)) return `array of ${textOf(property.items)}`;
  const name = Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'a schema';
  return typeof format === 'string' ? `${name} (${format})` : name;
}
