import type { Node } from '../../syntax/parse.ts';
import type { Field, Presence } from '../types/shape.ts';
import { type Annotation, readAnnotation } from './annotation.ts';
import type { ClassContext } from './constants.ts';
import { readDjangoField } from './django.ts';
import { readColumn } from './sqlalchemy.ts';
import { assignmentOf, type Call, callOf, isTrue, lineOf } from './syntax.ts';

/** What a framework calls to describe a field whose type is annotated: pydantic, dataclasses, attrs, SQLAlchemy. */
const DESCRIBERS = new Set(['field', 'Field', 'ib', 'attrib', 'mapped_column', 'Column']);

/** Of the configuration of a class, not of its records. */
const ASIDE = /^(?:model_config|objects|__\w+__)$/;

/** One statement of a class: an annotated name, or a name that a framework's call makes a field. */
export function readField(statement: Node, context: ClassContext): Field[] {
  const assignment = assignmentOf(statement);
  const left = assignment?.childForFieldName('left');
  if (!assignment || left?.type !== 'identifier' || ASIDE.test(left.text)) return [];
  const place = { name: left.text, line: lineOf(statement) };
  const right = assignment.childForFieldName('right');
  const call = callOf(right);
  const made = call && (readDjangoField(call, place, context.constants) ?? readColumn(call, place));
  const text = assignment.childForFieldName('type')?.text;
  if (text === undefined) return made ?? untyped(call, place);
  const annotation = readAnnotation(text);
  if (annotation.isClass) return [];
  // `name: str = models.CharField()`: the annotation is for editors, the call is what makes it.
  if (made && call?.name !== 'mapped_column') return made;
  const presence = presenceOf(annotation, right, {
    call,
    total: context.total,
    isColumn: made !== null,
    isMapped: /^(?:\w+\.)*Mapped\b/.test(text),
  });
  if (presence === null) return [];
  return [{ ...place, type: annotation.type, text, nullable: annotation.nullable, presence }];
}

/** `x = attr.ib(type=int)`; of any other name only that it is there. */
function untyped(call: Call | null, place: { name: string; line: number }): Field[] {
  const type = call?.named.get('type');
  if (!call || !type || !DESCRIBERS.has(call.name)) {
    const text = call ? `${call.name}()` : 'a value';
    return [{ ...place, type: { kind: 'unknown' }, text, nullable: 'maybe', presence: 'default', implied: true }];
  }
  const { type: of, nullable } = readAnnotation(type.text);
  return [{ ...place, type: of, text: type.text, nullable, presence: hasDefault(call) ? 'default' : 'required' }];
}

interface ValueContext {
  call: Call | null;
  total: boolean;
  isColumn: boolean;
  isMapped: boolean;
}

/** Null: no field of what is constructed. */
function presenceOf(
  { required, nullable }: Annotation,
  right: Node | null,
  { call, total, isColumn, isMapped }: ValueContext,
): Presence | null {
  if (required !== null) return required ? 'required' : 'absent';
  if (!total) return 'absent';
  if (!right) return isMapped && nullable ? 'default' : 'required';
  if (right.type === 'ellipsis') return 'required'; // of a stub, or pydantic's "must be given"
  if (!call || !DESCRIBERS.has(call.name)) return 'default';
  if (call.named.get('init')?.type === 'false') return 'default';
  if (isColumn) return hasDefault(call) || nullable || isTrue(call.named.get('primary_key')) ? 'default' : 'required';
  return hasDefault(call) ? 'default' : 'required';
}

function hasDefault({ args, named }: Call): boolean {
  const names = ['default', 'default_factory', 'factory', 'server_default', 'insert_default', 'autoincrement'];
  if (names.some((name) => named.has(name) && named.get(name)!.type !== 'ellipsis')) return true;
  const [first] = args;
  return first !== undefined && first.type !== 'ellipsis' && isValue(first);
}

/** The first argument of pydantic's `Field(3)` is the default; that of a column is its type or name. */
function isValue(node: Node): boolean {
  return ['integer', 'float', 'string', 'none', 'true', 'false', 'list', 'dictionary', 'unary_operator'].includes(
    node.type,
  );
}
