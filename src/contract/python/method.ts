import type { Node } from '../../syntax/parse.ts';
import type { Field, Parameter, Type } from '../types/shape.ts';
import { readAnnotation } from './annotation.ts';
import { childrenOf, lineOf } from './syntax.ts';

/** Nobody calls these by name. */
const HOOKS =
  /(?:^|[._])(?:validator|field_validator|model_validator|root_validator|serializer|field_serializer|model_serializer|validates|overload|setter|deleter)$/;
const GETTERS = /(?:^|[._])(?:property|cached_property|computed_field|hybrid_property)$/;

/** A public method; a property is a field. */
export function readMethod(statement: Node): Field[] {
  const decorators =
    statement.type === 'decorated_definition' ? childrenOf(statement).filter(({ type }) => type === 'decorator') : [];
  const node = decorators.length > 0 ? statement.childForFieldName('definition') : statement;
  const name = node?.childForFieldName('name')?.text;
  if (node?.type !== 'function_definition' || name === undefined || name.startsWith('_')) return [];
  const names = decorators.map(({ text }) =>
    text
      .replace(/^@\s*/, '')
      .replace(/\([\s\S]*$/, '')
      .trim(),
  );
  if (names.some((each) => HOOKS.test(each))) return [];
  if (names.some((each) => GETTERS.test(each))) return [property(name, node)];
  const all = parametersOf(node);
  return [
    {
      name,
      line: lineOf(node),
      type: UNKNOWN,
      text: 'a method',
      nullable: false,
      presence: 'default',
      method: names.includes('staticmethod') ? all : all.slice(1),
    },
  ];
}

const UNKNOWN: Type = { kind: 'unknown' };

function property(name: string, node: Node): Field {
  const text = node.childForFieldName('return_type')?.text;
  const read = text === undefined ? null : readAnnotation(text);
  return {
    name,
    line: lineOf(node),
    type: read?.type ?? UNKNOWN,
    text: text ?? 'a property',
    nullable: read?.nullable ?? 'maybe',
    presence: 'default',
  };
}

/** What `__init__` sets on `self`: with the type of the parameter it comes from, or that it is given there. */
export function readInitializer(node: Node): Field[] {
  if (node.type !== 'function_definition' || node.childForFieldName('name')?.text !== '__init__') return [];
  const parameters = new Map(parametersOf(node).map((each) => [each.name, each]));
  const annotations = new Map(
    childrenOf(node.childForFieldName('parameters')).map((each) => [nameOfParameter(each), each]),
  );
  return assignmentsIn(node.childForFieldName('body')).flatMap((assignment) => {
    const left = assignment.childForFieldName('left');
    const name =
      left?.type === 'attribute' && left.childForFieldName('object')?.text === 'self'
        ? left.childForFieldName('attribute')?.text
        : undefined;
    if (name === undefined || name.startsWith('_')) return [];
    const source = assignment.childForFieldName('right')?.text ?? '';
    const text = assignment.childForFieldName('type')?.text ?? annotations.get(source)?.childForFieldName('type')?.text;
    const read = text === undefined ? null : readAnnotation(text);
    return [
      {
        name,
        line: lineOf(assignment),
        type: read?.type ?? UNKNOWN,
        text: text ?? 'set in __init__',
        nullable: read?.nullable ?? ('maybe' as const),
        presence: parameters.get(source)?.presence ?? 'default',
      },
    ];
  });
}

function assignmentsIn(node: Node | null): Node[] {
  return childrenOf(node).flatMap((each) => {
    if (each.type === 'assignment') return [each];
    return each.type === 'function_definition' || each.type === 'class_definition' ? [] : assignmentsIn(each);
  });
}

function parametersOf(node: Node): Parameter[] {
  return childrenOf(node.childForFieldName('parameters')).flatMap((each) => {
    const name = nameOfParameter(each);
    if (name === null) return [];
    const text = each.childForFieldName('type')?.text;
    const read = text === undefined ? null : readAnnotation(text);
    const isDefault = each.type.includes('default') || name.startsWith('*');
    return [
      { name, type: read && !read.nullable ? read.type : null, presence: isDefault ? 'default' : 'required' } as const,
    ];
  });
}

function nameOfParameter(node: Node): string | null {
  if (node.type === 'comment' || node.type.endsWith('_separator')) return null;
  if (node.type === 'typed_parameter') return node.namedChild(0)?.text ?? null;
  return node.childForFieldName('name')?.text ?? node.text;
}
