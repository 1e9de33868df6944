import type { Node } from '../../syntax/parse.ts';
import type { Field, Primitive, Type } from '../types/shape.ts';
import { type Constants, choicesOf } from './constants.ts';
import { type Call, callOf, isTrue, nameOf } from './syntax.ts';

const FIELDS: Record<string, Primitive> = {
  AutoField: 'integer',
  BigAutoField: 'integer',
  SmallAutoField: 'integer',
  IntegerField: 'integer',
  BigIntegerField: 'integer',
  SmallIntegerField: 'integer',
  PositiveIntegerField: 'integer',
  PositiveBigIntegerField: 'integer',
  PositiveSmallIntegerField: 'integer',
  CharField: 'string',
  TextField: 'string',
  SlugField: 'string',
  EmailField: 'string',
  URLField: 'string',
  FilePathField: 'string',
  FileField: 'string',
  ImageField: 'string',
  GenericIPAddressField: 'string',
  BooleanField: 'boolean',
  NullBooleanField: 'boolean',
  FloatField: 'number',
  DecimalField: 'decimal',
  DateTimeField: 'datetime',
  DateField: 'date',
  TimeField: 'time',
  DurationField: 'duration',
  UUIDField: 'uuid',
  BinaryField: 'bytes',
};

const RELATIONS = new Set(['ForeignKey', 'OneToOneField']);

/** Of Django, but without a type that can be read off it. */
const OTHERS = new Set(['ManyToManyField', 'GenericForeignKey', 'GenericRelation', 'JSONField']);

/** A field of a Django model (or of a form or serializer, which say it alike); null for another call. */
export function readDjangoField(
  call: Call,
  place: { name: string; line: number },
  constants: Constants,
): Field[] | null {
  const { name, named } = call;
  const isAuto = /AutoField$/.test(name);
  if (!Object.hasOwn(FIELDS, name) && name !== 'ArrayField' && !RELATIONS.has(name) && !OTHERS.has(name)) return null;
  const type = typeOf(call, constants);
  const isText = type.kind === 'either' || (type.kind === 'primitive' && type.name === 'string');
  const isNull = isTrue(named.get('null')) || name === 'NullBooleanField';
  const isBlank = isTrue(named.get('blank'));
  const given = ['default', 'db_default', 'auto_now', 'auto_now_add', 'primary_key'].some((each) => named.has(each));
  const field: Field = {
    ...place,
    type,
    text: isNull ? `${name}(null=True)` : name,
    // A text that may be left blank says with "" what others say with null.
    nullable: isNull || (isBlank && isText ? 'maybe' : false),
    presence: given || isNull || isBlank || isAuto || isText || OTHERS.has(name) ? 'default' : 'required',
  };
  if (!RELATIONS.has(name)) return [field];
  return [field, { ...field, name: `${place.name}_id`, type: { kind: 'unknown' }, implied: true }];
}

function typeOf(call: Call, constants: Constants): Type {
  const { name, args, named } = call;
  if (name === 'ArrayField') {
    const of = callOf(args[0] ?? named.get('base_field') ?? null);
    return { kind: 'many', name: 'list', of: [of ? typeOf(of, constants) : { kind: 'unknown' }] };
  }
  if (RELATIONS.has(name)) {
    const target = nameOf(args[0] ?? named.get('to'));
    const known = target !== null && target !== 'self' && target !== 'AUTH_USER_MODEL';
    return known ? { kind: 'named', name: target } : { kind: 'unknown' };
  }
  const primitive = FIELDS[name];
  if (primitive === undefined) return { kind: 'unknown' };
  const plain: Type = { kind: 'primitive', name: primitive };
  const choices = named.get('choices');
  return choices ? { kind: 'either', of: [plain, choiceType(choices, constants)] } : plain;
}

/** `Role.choices`, `Role`, a list, or the name of a list. */
function choiceType(node: Node, constants: Constants): Type {
  const written = choicesOf(node) ?? (node.type === 'identifier' ? constants.get(node.text) : undefined);
  if (written) return { kind: 'values', values: written };
  const of =
    node.type === 'attribute' && node.childForFieldName('attribute')?.text === 'choices'
      ? node.childForFieldName('object')
      : node;
  const name = nameOf(of);
  return name === null ? { kind: 'unknown' } : { kind: 'named', name };
}
