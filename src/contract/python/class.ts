import type { Node } from '../../syntax/parse.ts';
import type { Field, Shape } from '../types/shape.ts';
import { type ClassContext, type Constants, constantOf } from './constants.ts';
import { readEnum } from './enum.ts';
import { readField } from './field.ts';
import { readInitializer, readMethod } from './method.ts';

import { assignmentOf, childrenOf, isTrue, lastPart, lineOf, stringOf } from './syntax.ts';

/** The shape of a class and of those inside of it; none for any other statement. */
export function readClass(statement: Node, constants: Constants): Shape[] {
  const node = statement.type === 'decorated_definition' ? statement.childForFieldName('definition') : statement;
  const name = node?.childForFieldName('name')?.text;
  if (node?.type !== 'class_definition' || name === undefined) return [];
  const body = childrenOf(node.childForFieldName('body'));
  const context: ClassContext = {
    ...headOf(node),
    constants: new Map([...constants, ...body.flatMap(constantOf)]),
  };
  const inner = body
    .flatMap((each) => readClass(each, context.constants))
    .map((each) => ({ ...each, nested: true as const }));
  const shape = { name, line: lineOf(node), bases: context.bases };
  const members = readEnum(body, context.bases);
  if (members) return [{ ...shape, kind: 'enum', fields: [], values: members, open: null }, ...inner];
  const fields = fieldsOf(body, context);
  if (isTable(context.bases) && !/\bprimary_key\s*=\s*True/.test(node.text)) fields.push(idOf(lineOf(node)));
  const open = body.some((each) => /\bdef __getattr__\b/.test(each.text)) ? '__getattr__' : null;
  const table = tableOf(body) ?? (isTable(context.bases) ? true : null);
  return [{ ...shape, kind: 'record', fields, values: [], open, ...(table && { table }) }, ...inner];
}

/** `__tablename__ = "users"` of SQLAlchemy, `db_table = "users"` in Django's Meta. */
function tableOf(body: readonly Node[]): string | null {
  for (const statement of body) {
    const isMeta = statement.type === 'class_definition' && statement.childForFieldName('name')?.text === 'Meta';
    const inMeta = isMeta ? tableOf(childrenOf(statement.childForFieldName('body'))) : null;
    if (inMeta) return inMeta;
    const assignment = assignmentOf(statement);
    const isName = /^(?:__tablename__|db_table)$/.test(assignment?.childForFieldName('left')?.text ?? '');
    const name = isName ? stringOf(assignment?.childForFieldName('right')) : null;
    if (name) return name.replaceAll('"', '');
  }
  return null;
}

function isTable(bases: readonly string[]): boolean {
  return bases.includes('Model');
}

/** Django gives a table without a key of its own one. */
function idOf(line: number): Field {
  return {
    name: 'id',
    line,
    type: { kind: 'primitive', name: 'integer' },
    text: "an integer (Django's own id)",
    nullable: false,
    presence: 'default',
    implied: true,
  };
}

function headOf(node: Node): Pick<ClassContext, 'bases' | 'total'> {
  const bases: string[] = [];
  let total = true;
  for (const each of childrenOf(node.childForFieldName('superclasses'))) {
    if (each.type !== 'keyword_argument') bases.push(lastPart(each.text));
    else if (each.childForFieldName('name')?.text === 'total')
      total = isTrue(each.childForFieldName('value') ?? undefined);
  }
  return { bases, total };
}

/** What is declared wins over what `__init__` sets; the first of a name counts. */
function fieldsOf(body: Node[], context: ClassContext): Field[] {
  const declared = body.flatMap((each) => [...readField(each, context), ...readMethod(each)]);
  const fields = new Map<string, Field>();
  for (const field of [...declared, ...body.flatMap(readInitializer)]) {
    if (!fields.has(field.name)) fields.set(field.name, field);
  }
  return [...fields.values()];
}
