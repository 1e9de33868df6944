import type { Node } from '../../syntax/parse.ts';
import type { Field, Primitive, Type } from '../types/shape.ts';
import { type Call, callOf, isTrue, lastPart, literalOf } from './syntax.ts';

const TYPES: Record<string, Primitive> = {
  Integer: 'integer',
  BigInteger: 'integer',
  SmallInteger: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  String: 'string',
  Text: 'string',
  Unicode: 'string',
  UnicodeText: 'string',
  VARCHAR: 'string',
  TEXT: 'string',
  Boolean: 'boolean',
  BOOLEAN: 'boolean',
  Float: 'number',
  Double: 'number',
  Numeric: 'decimal',
  DECIMAL: 'decimal',
  DateTime: 'datetime',
  TIMESTAMP: 'datetime',
  Date: 'date',
  Time: 'time',
  Interval: 'duration',
  UUID: 'uuid',
  Uuid: 'uuid',
  LargeBinary: 'bytes',
};

/** A column of an SQLAlchemy model: `Column(String(50), nullable=False)`; null for another call. */
export function readColumn(call: Call, place: { name: string; line: number }): Field[] | null {
  const { name, args, named } = call;
  if (name !== 'Column' && name !== 'mapped_column') return null;
  const first = args[0]?.type === 'string' ? args[1] : args[0];
  const type = named.get('type_') ?? first ?? null;
  const isKey = isTrue(named.get('primary_key'));
  const nullable = named.has('nullable') ? isTrue(named.get('nullable')) : !isKey;
  const given = ['default', 'server_default', 'onupdate'].some((each) => named.has(each)) || isKey || nullable;
  return [
    {
      ...place,
      type: typeOf(type),
      text: type ? `${name}(${type.text})` : `${name}()`,
      nullable,
      presence: given ? 'default' : 'required',
    },
  ];
}

function typeOf(node: Node | null): Type {
  const call = callOf(node);
  const name = call?.name ?? (node && ['identifier', 'attribute'].includes(node.type) ? lastPart(node.text) : '');
  if (name === 'Enum') return enumType(call);
  if (name === 'ARRAY') return { kind: 'many', name: 'list', of: [typeOf(call?.args[0] ?? null)] };
  return Object.hasOwn(TYPES, name) ? { kind: 'primitive', name: TYPES[name]! } : { kind: 'unknown' };
}

/** `Enum(Role)` or `Enum("a", "b")`. */
function enumType(call: Call | null): Type {
  const [first] = call?.args ?? [];
  if (first?.type === 'identifier') return { kind: 'named', name: first.text };
  const values = (call?.args ?? []).map((each) => literalOf(each));
  return values.length > 0 && values.every((each) => each !== null)
    ? {
        kind: 'either',
        of: [
          { kind: 'values', values },
          { kind: 'primitive', name: 'string' },
        ],
      }
    : { kind: 'unknown' };
}
