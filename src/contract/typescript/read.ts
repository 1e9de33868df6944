import type { Node } from '../../syntax/parse.ts';
import type { Module, Shape } from '../types/shape.ts';
import { has, lineOf, readMembers } from './members.ts';
import { literalOf, readType } from './type.ts';

/** The types that a file of TypeScript declares at its top, with the names under which others get at them. */
export function readTypescript(root: Node, withReferences: boolean): Module {
  const statements = childrenOf(root);
  const shapes = statements.flatMap((statement) => {
    const declaration = statement.type === 'export_statement' ? statement.childForFieldName('declaration') : statement;
    const shape = declaration && shapeOf(declaration);
    if (!shape) return [];
    if (declaration === statement) return [shape];
    return [{ ...shape, exported: has(statement, 'default') ? ('default' as const) : ('named' as const) }];
  });
  const clauses = statements.flatMap(clausesOf);
  return {
    shapes: underOtherNames(
      shapes,
      clauses.filter(({ from }) => from === null),
    ),
    imports: statements.flatMap(importsOf),
    passedOn: clauses.flatMap(({ as, from }) => (from === null ? [] : [{ name: as, from }])),
    hasErrors: root.hasError,
    ...(withReferences && { references: referencesIn(root) }),
  };
}

/** `export { User, Local as Order }`: what is declared elsewhere in the file, under the names that others use. */
function underOtherNames(shapes: Shape[], clauses: readonly { name: string; as: string }[]): Shape[] {
  const all = shapes.map((shape) =>
    clauses.some(({ name, as }) => name === shape.name && as === name)
      ? { ...shape, exported: 'named' as const }
      : shape,
  );
  const renamed = clauses.flatMap(({ name, as }) => {
    const shape = shapes.find((each) => each.name === name);
    return shape && as !== name ? [{ ...shape, name: as, exported: 'named' as const }] : [];
  });
  return [...all, ...renamed];
}

function clausesOf(statement: Node): { name: string; as: string; from: string | null }[] {
  if (statement.type !== 'export_statement') return [];
  const source = statement.childForFieldName('source');
  const clause = childrenOf(statement).find(({ type }) => type === 'export_clause');
  return childrenOf(clause ?? null).flatMap((each) => {
    const name = each.childForFieldName('name')?.text;
    const as = each.childForFieldName('alias')?.text ?? name;
    return name && as ? [{ name, as, from: source ? source.text.slice(1, -1) : null }] : [];
  });
}

function importsOf(statement: Node): Module['imports'] {
  const from =
    statement.type === 'import_statement' ? statement.childForFieldName('source')?.text.slice(1, -1) : undefined;
  if (from === undefined) return [];
  return statement.descendantsOfType('import_specifier').flatMap((each) => {
    const name = each?.childForFieldName('name')?.text;
    const as = each?.childForFieldName('alias')?.text ?? name;
    return name && as ? [{ name, as, from }] : [];
  });
}

function shapeOf(node: Node): Shape | null {
  if (node.type === 'ambient_declaration') return node.namedChild(0) ? shapeOf(node.namedChild(0)!) : null;
  const name = node.childForFieldName('name')?.text;
  if (name === undefined) return null;
  const parameters = node.childForFieldName('type_parameters')?.text;
  const head = {
    name,
    line: lineOf(node),
    bases: [],
    fields: [],
    values: [],
    open: null,
    ...(parameters && { parameters }),
  };
  const body = node.childForFieldName('body');
  switch (node.type) {
    case 'interface_declaration':
      return { ...head, kind: 'record', bases: basesOf(node, 'extends_type_clause'), fields: readMembers(body) };
    case 'class_declaration':
    case 'abstract_class_declaration': {
      const heritage = childrenOf(node).find(({ type }) => type === 'class_heritage') ?? null;
      const bases = heritage ? basesOf(heritage, 'extends_clause') : [];
      return { ...head, kind: 'record', isClass: true, bases, fields: readMembers(body) };
    }
    case 'enum_declaration':
      return { ...head, kind: 'enum', values: enumValues(body) };
    case 'type_alias_declaration':
      return { ...head, ...aliasOf(node.childForFieldName('value'), head.line) };
    default:
      return null;
  }
}

function basesOf(node: Node, clause: string): string[] {
  const bases = childrenOf(node).find(({ type }) => type === clause) ?? null;
  return childrenOf(bases)
    .filter(({ type }) => type !== 'type_arguments')
    .map(({ text }) => text);
}

/** An object type is a record, literals are values, `A & { … }` is what inherits from A. */
function aliasOf(value: Node | null, line: number): Pick<Shape, 'kind'> & Partial<Shape> {
  if (value?.type === 'object_type') return { kind: 'record', fields: readMembers(value) };
  if (value?.type === 'intersection_type') return intersection(value);
  const { type, nullable } = readType(value);
  const whole = nullable === true ? { kind: 'union' as const, of: [type, NULL] } : type;
  const values =
    nullable === false && type.kind === 'values' ? type.values.map((each) => ({ name: each, value: each, line })) : [];
  return { kind: 'alias', alias: whole, values };
}

const NULL = { kind: 'primitive', name: 'null' } as const;

function intersection(value: Node): Pick<Shape, 'kind'> & Partial<Shape> {
  const parts = flattened(value);
  return {
    kind: 'record',
    fields: parts.filter(({ type }) => type === 'object_type').flatMap(readMembers),
    bases: parts.filter(({ type }) => type !== 'object_type').map(({ text }) => text),
  };
}

function flattened(node: Node): Node[] {
  return node.type === 'intersection_type' ? childrenOf(node).flatMap(flattened) : [node];
}

/** Members without a value count on from the one before. */
function enumValues(body: Node | null): Shape['values'] {
  let next: number | null = 0;
  return childrenOf(body).flatMap((each) => {
    const isAssignment = each.type === 'enum_assignment';
    const name = isAssignment ? each.childForFieldName('name') : each;
    if (!name || name.type === 'comment') return [];
    const value: string | null = isAssignment
      ? literalOf(each.childForFieldName('value'))
      : next === null
        ? null
        : String(next);
    next = value !== null && /^-?\d+$/.test(value) ? Number(value) + 1 : null;
    return [{ name: name.text.replaceAll(/^['"]|['"]$/g, ''), value, line: lineOf(each) }];
  });
}

/** Where types are named; a class that is extended is a value, and stays what it is. */
function referencesIn(root: Node): NonNullable<Module['references']> {
  return root.descendantsOfType('type_identifier').flatMap((each) => {
    const parent = each?.parent;
    if (!each || !parent || (parent.childForFieldName('name')?.id === each.id && DECLARING.has(parent.type))) return [];
    if (parent.type === 'nested_type_identifier') return [];
    return [{ name: each.text, start: each.startIndex, end: each.endIndex }];
  });
}

const DECLARING = new Set([
  'interface_declaration',
  'type_alias_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'type_parameter',
]);

function childrenOf(node: Node | null): Node[] {
  return (node?.namedChildren ?? []).filter((each) => each !== null);
}
