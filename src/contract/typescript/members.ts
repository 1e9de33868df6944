import type { Node } from '../../syntax/parse.ts';
import type { Field, Parameter } from '../types/shape.ts';
import { readType } from './type.ts';

/** The public members of an interface, an object type or a class; those of one name are one, with more than one signature. */
export function readMembers(body: Node | null): Field[] {
  const fields = new Map<string, Field>();
  for (const field of (body?.namedChildren ?? []).flatMap((each) => memberOf(each!))) {
    const known = fields.get(field.name);
    fields.set(field.name, known ? { ...known, isGeneric: true } : field);
  }
  return [...fields.values()];
}

function memberOf(node: Node): Field[] {
  switch (node.type) {
    case 'property_signature':
    case 'public_field_definition':
      return property(node);
    case 'method_signature':
    case 'abstract_method_signature':
    case 'method_definition':
      return method(node);
    default:
      return [];
  }
}

function property(node: Node): Field[] {
  const name = nameOf(node);
  if (name === null || isHidden(node)) return [];
  const annotation = node.childForFieldName('type');
  const written = annotation?.namedChild(0) ?? null;
  const place = { name, line: lineOf(node), presence: has(node, '?') ? 'absent' : 'required' } as const;
  if (written?.type === 'function_type') {
    return [
      { ...place, type: { kind: 'unknown' }, nullable: false, text: oneLine(written.text), ...signature(written) },
    ];
  }
  return [{ ...place, ...readType(annotation), text: oneLine(written?.text ?? 'not annotated') }];
}

function method(node: Node): Field[] {
  const name = nameOf(node);
  if (name === 'constructor') return parameterProperties(node);
  if (name === null || isHidden(node) || has(node, 'set')) return [];
  const place = { name, line: lineOf(node), presence: has(node, '?') ? 'absent' : 'required' } as const;
  if (has(node, 'get')) {
    const result = node.childForFieldName('return_type');
    return [{ ...place, ...readType(result), text: oneLine(result?.namedChild(0)?.text ?? 'not annotated') }];
  }
  return [{ ...place, type: { kind: 'unknown' }, nullable: false, text: 'a method', ...signature(node) }];
}

/** `constructor(public name: string)` declares a member. */
function parameterProperties(node: Node): Field[] {
  return parametersIn(node).flatMap((each) => {
    const access = each.namedChildren.find((child) => child?.type === 'accessibility_modifier')?.text;
    const isProperty = access === 'public' || (access === undefined && has(each, 'readonly'));
    const name = each.childForFieldName('pattern')?.text;
    if (!isProperty || name === undefined) return [];
    const annotation = each.childForFieldName('type');
    const text = oneLine(annotation?.namedChild(0)?.text ?? 'not annotated');
    const presence = each.type === 'optional_parameter' ? ('absent' as const) : ('required' as const);
    return [{ name, line: lineOf(each), ...readType(annotation), text, presence }];
  });
}

function signature(node: Node): Pick<Field, 'method' | 'isGeneric'> {
  const method = parametersIn(node).flatMap((each): Parameter[] => {
    const pattern = each.childForFieldName('pattern');
    if (pattern === null || pattern.type === 'this') return [];
    const isRest = pattern.type === 'rest_pattern';
    const { type, nullable } = readType(each.childForFieldName('type'));
    const isOptional = each.type === 'optional_parameter' || isRest || each.childForFieldName('value') !== null;
    const name = isRest ? `*${pattern.text.slice(3)}` : pattern.text;
    return [{ name, type: nullable === false ? type : null, presence: isOptional ? 'default' : 'required' }];
  });
  return node.childForFieldName('type_parameters') ? { method, isGeneric: true } : { method };
}

function parametersIn(node: Node): Node[] {
  return (node.childForFieldName('parameters')?.namedChildren ?? []).filter((each) =>
    each?.type.endsWith('_parameter'),
  ) as Node[];
}

/** Null: computed, or private by its name. */
function nameOf(node: Node): string | null {
  const name = node.childForFieldName('name');
  if (name?.type === 'string') return name.text.slice(1, -1);
  return name?.type === 'property_identifier' || name?.type === 'number' ? name.text : null;
}

function isHidden(node: Node): boolean {
  const access = node.namedChildren.find((child) => child?.type === 'accessibility_modifier')?.text;
  return access === 'private' || access === 'protected' || has(node, 'static');
}

/** A word or sign of its own: `?`, `readonly`, `static`, `get`. */
export function has(node: Node, token: string): boolean {
  return node.children.some((child) => child !== null && !child.isNamed && child.type === token);
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

/** What is told of a type; longer ones are cut. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
