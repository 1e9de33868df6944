import type { Node } from '../../syntax/parse.ts';
import type { Primitive, Type } from '../types/shape.ts';

/** A type of TypeScript, understood as far as it is one that other languages have, too. */
export interface Written {
  /** Without null and undefined. */
  type: Type;
  nullable: boolean | 'maybe';
}

const PRIMITIVES: Record<string, Primitive> = { string: 'string', number: 'number', boolean: 'boolean' };

const MANY: Record<string, 'list' | 'set' | 'map'> = {
  Array: 'list',
  ReadonlyArray: 'list',
  Set: 'set',
  ReadonlySet: 'set',
  Record: 'map',
  Map: 'map',
};

const ANY = new Set(['any', 'unknown']);

/** What a type node says; of an annotation what is behind the colon. */
export function readType(node: Node | null): Written {
  const members = node === null ? [UNKNOWN] : membersOf(node.type === 'type_annotation' ? node.namedChild(0) : node);
  const rest = members
    .filter((each) => each.kind !== 'primitive' || each.name !== 'null')
    .filter((each) => each !== UNDEFINED);
  const nullable = members.some((each) => each.kind === 'primitive' && each.name === 'null');
  const maybe = members.includes(UNDEFINED) ? 'maybe' : false;
  return { type: joined(rest), nullable: nullable || maybe };
}

const UNKNOWN: Type = { kind: 'unknown' };
/** Tells itself from every other one. */
const UNDEFINED: Type = { kind: 'unknown' };

function membersOf(node: Node | null): Type[] {
  if (node?.type === 'parenthesized_type' || node?.type === 'readonly_type') return membersOf(node.namedChild(0));
  if (node?.type === 'union_type') return node.namedChildren.flatMap(membersOf);
  return [single(node)];
}

/** Literals become one set of values. */
function joined(types: Type[]): Type {
  const values = types.flatMap((each) => (each.kind === 'values' ? each.values : []));
  const others = types.filter(({ kind }) => kind !== 'values');
  const whole: Type[] = values.length > 0 ? [{ kind: 'values', values }, ...others] : others;
  if (whole.length === 0) return { kind: 'primitive', name: 'null' };
  return whole.length === 1 ? whole[0]! : { kind: 'union', of: whole };
}

function single(node: Node | null): Type {
  switch (node?.type) {
    case 'predefined_type':
      return ANY.has(node.text) ? { kind: 'any' } : (primitive(node.text) ?? UNKNOWN);
    case 'literal_type':
      return literal(node.namedChild(0) ?? node);
    case 'array_type':
      return { kind: 'many', name: 'list', of: [nested(node.namedChild(0))] };
    case 'tuple_type':
      return { kind: 'many', name: 'tuple', of: node.namedChildren.map(nested) };
    case 'generic_type':
      return generic(node);
    case 'type_identifier':
      return node.text === 'Date' ? { kind: 'primitive', name: 'datetime' } : { kind: 'named', name: node.text };
    case 'nested_type_identifier':
      return { kind: 'named', name: node.childForFieldName('name')?.text ?? node.text };
    default:
      return UNKNOWN;
  }
}

function nested(node: Node | null): Type {
  const { type, nullable } = readType(node);
  return nullable === true ? { kind: 'union', of: [type, { kind: 'primitive', name: 'null' }] } : type;
}

function primitive(name: string): Type | null {
  return Object.hasOwn(PRIMITIVES, name) ? { kind: 'primitive', name: PRIMITIVES[name]! } : null;
}

function literal(node: Node): Type {
  const value = literalOf(node);
  if (node.type === 'undefined') return UNDEFINED;
  if (value === 'null') return { kind: 'primitive', name: 'null' };
  return value === null ? UNKNOWN : { kind: 'values', values: [value] };
}

/** As JSON writes it; null for what must be computed. */
export function literalOf(node: Node | null): string | null {
  switch (node?.type) {
    case 'string':
      return JSON.stringify(node.text.slice(1, -1).replaceAll(/\\(['"\\])/g, '$1'));
    case 'number':
      return String(Number(node.text.replaceAll('_', '')));
    case 'unary_expression':
      return /^-[\d._]+$/.test(node.text) ? node.text.replaceAll('_', '') : null;
    case 'true':
    case 'false':
    case 'null':
      return node.type;
    default:
      return null;
  }
}

function generic(node: Node): Type {
  const name = node.childForFieldName('name')?.text ?? '';
  const args = node.childForFieldName('type_arguments')?.namedChildren ?? [];
  return Object.hasOwn(MANY, name) ? { kind: 'many', name: MANY[name]!, of: args.map(nested) } : UNKNOWN;
}
