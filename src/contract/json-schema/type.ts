import { isRecord } from '../record.ts';
import type { Primitive, Type } from '../types/shape.ts';

export type Schema = Record<string, unknown>;

const FORMATS: Record<string, Primitive> = {
  'date-time': 'datetime',
  date: 'date',
  time: 'time',
  duration: 'duration',
  uuid: 'uuid',
  binary: 'bytes',
  byte: 'bytes',
  decimal: 'decimal',
};

const NULL: Type = { kind: 'primitive', name: 'null' };

/** The type that a schema describes, and whether null fits it. */
export function typeOf(schema: unknown): { type: Type; nullable: boolean } {
  if (!isRecord(schema)) return { type: { kind: 'any' }, nullable: false };
  const members = alternatives(schema).flatMap((each) => (each.kind === 'union' ? each.of : [each]));
  const rest = members.filter((each) => !(each.kind === 'primitive' && each.name === 'null'));
  const nullable = rest.length < members.length || schema.nullable === true;
  if (rest.length === 0) return { type: NULL, nullable: false };
  return { type: rest.length === 1 ? rest[0]! : { kind: 'union', of: rest }, nullable };
}

function alternatives(schema: Schema): Type[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return choices.map(nested);
  if (typeof schema.$ref === 'string') return [{ kind: 'named', name: nameOfReference(schema.$ref) }];
  const { allOf } = schema;
  if (Array.isArray(allOf)) return [allOf.length === 1 ? nested(allOf[0]) : { kind: 'unknown' }];
  if (Array.isArray(schema.enum)) return valuesOf(schema.enum);
  if ('const' in schema) return valuesOf([schema.const]);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => single(type, schema));
}

function nested(schema: unknown): Type {
  const { type, nullable } = typeOf(schema);
  return nullable ? { kind: 'union', of: [type, NULL] } : type;
}

/** Null among values is null, not a value. */
function valuesOf(values: unknown[]): Type[] {
  const rest = values.filter((each) => each !== null).map((each) => JSON.stringify(each));
  const known: Type[] = rest.length > 0 ? [{ kind: 'values', values: rest }] : [];
  return rest.length < values.length ? [...known, NULL] : known;
}

function single(type: unknown, schema: Schema): Type {
  switch (type) {
    case 'string':
      return text(schema.format);
    case 'number':
      return either('number', 'decimal');
    case 'integer':
    case 'boolean':
    case 'null':
      return { kind: 'primitive', name: type };
    case 'array':
      return list(schema);
    case 'object':
      return { kind: 'unknown' };
    default:
      return type === undefined && schema.properties === undefined && schema.items === undefined
        ? { kind: 'any' }
        : { kind: 'unknown' };
  }
}

/** What JSON writes as a string is a date to code that reads it as one. */
function text(format: unknown): Type {
  const name = typeof format === 'string' ? FORMATS[format] : undefined;
  return name === undefined ? { kind: 'primitive', name: 'string' } : either('string', name);
}

function either(...names: Primitive[]): Type {
  return { kind: 'either', of: names.map((name) => ({ kind: 'primitive', name })) };
}

function list({ items, uniqueItems }: Schema): Type {
  const of = [items === undefined ? ({ kind: 'any' } as const) : nested(items)];
  const many = (name: 'list' | 'set'): Type => ({ kind: 'many', name, of });
  return uniqueItems === true ? { kind: 'either', of: [many('list'), many('set')] } : many('list');
}

/** `#/$defs/order-line` and `order-line.schema.json` are OrderLine. */
function nameOfReference(reference: string): string {
  const path = reference.replace(/#$/, '');
  return pascal(stemOf(path.slice(path.lastIndexOf('/') + 1)));
}

export function stemOf(file: string): string {
  return file.replace(/\.(?:json|ya?ml)$/, '').replace(/\.schema$/, '');
}

/** `order-line`, `order_line` and `order line` are OrderLine. */
export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
