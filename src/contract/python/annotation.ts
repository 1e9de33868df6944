import type { Primitive, Type } from '../types/shape.ts';

/** An annotation of Python, understood. */
export interface Annotation {
  /** Without None. */
  type: Type;
  nullable: boolean;
  /** `ClassVar`: no field. */
  isClass: boolean;
  /** `NotRequired`, `Required`: in a TypedDict. */
  required: boolean | null;
}

const PRIMITIVES: Record<string, Primitive> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  bytes: 'bytes',
  None: 'null',
  datetime: 'datetime',
  date: 'date',
  time: 'time',
  timedelta: 'duration',
  Decimal: 'decimal',
  UUID: 'uuid',
  UUID1: 'uuid',
  UUID3: 'uuid',
  UUID4: 'uuid',
  UUID5: 'uuid',
  // pydantic's: the same value, checked more.
  EmailStr: 'string',
  NameEmail: 'string',
  StrictStr: 'string',
  SecretStr: 'string',
  AnyUrl: 'string',
  AnyHttpUrl: 'string',
  HttpUrl: 'string',
  StrictInt: 'integer',
  PositiveInt: 'integer',
  NonNegativeInt: 'integer',
  NegativeInt: 'integer',
  NonPositiveInt: 'integer',
  StrictFloat: 'number',
  PositiveFloat: 'number',
  NonNegativeFloat: 'number',
  StrictBool: 'boolean',
  AwareDatetime: 'datetime',
  NaiveDatetime: 'datetime',
  FutureDatetime: 'datetime',
  PastDatetime: 'datetime',
  constr: 'string',
  conint: 'integer',
  confloat: 'number',
  condecimal: 'decimal',
};

const MANY: Record<string, 'list' | 'set' | 'tuple' | 'map'> = {
  list: 'list',
  List: 'list',
  set: 'set',
  Set: 'set',
  frozenset: 'set',
  FrozenSet: 'set',
  tuple: 'tuple',
  Tuple: 'tuple',
  dict: 'map',
  Dict: 'map',
};

/** Any of several types fits these; what they hold says more than what they are. */
const ABSTRACT = new Set(['Sequence', 'MutableSequence', 'Iterable', 'Collection', 'Mapping', 'MutableMapping']);

const ANY = new Set(['Any', 'object']);

/** Around a type, without a meaning for what it is. */
const WRAPPERS = new Set([
  'Annotated',
  'Final',
  'Required',
  'NotRequired',
  'ReadOnly',
  'ClassVar',
  'Mapped',
  'InitVar',
]);

/** What an annotation says. Spellings are one: `Optional[X]`, `X | None`, `Union[None, X]`; `List`, `list`; quoted or not. */
export function readAnnotation(text: string): Annotation {
  const flags = { isClass: false, required: null as boolean | null };
  const whole = toType(parse(text.replaceAll(/#[^\n"']*$/gm, '')), flags);
  const members = whole.kind === 'union' ? whole.of : [whole];
  const rest = members.filter((each) => !(each.kind === 'primitive' && each.name === 'null'));
  const nullable = rest.length < members.length;
  if (rest.length === 0) return { type: whole, nullable: false, ...flags };
  return { type: rest.length === 1 ? rest[0]! : { kind: 'union', of: rest }, nullable, ...flags };
}

/** A type of Python as it is written, before names mean anything. */
type Term = { name: string; args: Term[] } | { either: Term[] } | { literal: string } | null;

/** A parser by descent: terms with `|` between them, names with `[...]` behind them, quotes around any of it. */
function parse(text: string): Term {
  const tokens = text.match(/[A-Za-z_][\w.]*|\.\.\.|(?:[rbRB]?)(?:"[^"]*"|'[^']*')|-?\d[\w.]*|[[\](),|]/g) ?? [];
  let at = 0;
  const take = (token: string) => tokens[at] === token && ++at > 0;

  function either(): Term {
    const terms = [term()];
    while (take('|')) terms.push(term());
    return terms.length === 1 ? terms[0]! : { either: terms };
  }

  function term(): Term {
    const token = tokens[at];
    if (token === undefined) return null;
    at++;
    if (token === '[' || token === '(') {
      const args = list(token === '[' ? ']' : ')');
      return token === '(' && args.length === 1 ? args[0]! : { name: '', args };
    }
    if (/^[rbRB]?["']/.test(token)) return { literal: token };
    if (/^-?\d/.test(token)) return { literal: token };
    const name = token.slice(token.lastIndexOf('.') + 1);
    if (take('[')) return { name, args: list(']') };
    // A call, as in `constr(min_length=1)`: what it is called with narrows what is allowed, not the type.
    if (take('(')) list(')');
    return { name, args: [] };
  }

  function list(end: string): Term[] {
    const terms: Term[] = [];
    while (at < tokens.length && !take(end)) {
      if (take(',')) continue;
      const before = at;
      terms.push(either());
      if (at === before) at++;
    }
    return terms;
  }

  return either();
}

function toType(term: Term, flags: { isClass: boolean; required: boolean | null }): Type {
  if (term === null) return { kind: 'any' };
  if ('either' in term) return union(term.either.map((each) => toType(each, flags)));
  if ('literal' in term) return quoted(term.literal, flags);
  const { name, args } = term;
  if (name === 'ClassVar') flags.isClass = true;
  if (name === 'Required' || name === 'NotRequired') flags.required = name === 'Required';
  if (WRAPPERS.has(name)) return args.length > 0 ? toType(args[0]!, flags) : { kind: 'any' };
  if (name === 'Optional') return union([toType(args[0] ?? null, flags), { kind: 'primitive', name: 'null' }]);
  if (name === 'Union') return union(args.map((each) => toType(each, flags)));
  if (name === 'Literal') return { kind: 'values', values: args.map(literalOf).filter((each) => each !== null) };
  if (ANY.has(name)) return { kind: 'any' };
  if (ABSTRACT.has(name) || name === 'Callable' || name === 'Type' || name === 'type') return { kind: 'unknown' };
  if (Object.hasOwn(MANY, name))
    return manyOf(
      MANY[name]!,
      args.map((each) => toType(each, flags)),
    );
  if (Object.hasOwn(PRIMITIVES, name)) return { kind: 'primitive', name: PRIMITIVES[name]! };
  return args.length > 0 || name === '' ? { kind: 'unknown' } : { kind: 'named', name };
}

/** `tuple[X, ...]` is as long as it is. */
function manyOf(name: 'list' | 'set' | 'tuple' | 'map', of: Type[]): Type {
  const bare = { list: 1, set: 1, tuple: 0, map: 2 }[name];
  if (of.length > 0) return { kind: 'many', name, of };
  return bare === 0 ? { kind: 'unknown' } : { kind: 'many', name, of: Array.from({ length: bare }, () => ANY_TYPE) };
}

const ANY_TYPE: Type = { kind: 'any' };

/** Quotes around a type let it name what comes later; a number is no type. */
function quoted(literal: string, flags: { isClass: boolean; required: boolean | null }): Type {
  return /^["']/.test(literal) ? toType(parse(literal.slice(1, -1)), flags) : { kind: 'unknown' };
}

function literalOf(term: Term): string | null {
  if (term === null) return null;
  if ('literal' in term) return /^["']/.test(term.literal) ? JSON.stringify(term.literal.slice(1, -1)) : term.literal;
  if (!('name' in term)) return null;
  return { True: 'true', False: 'false', None: 'null' }[term.name] ?? `${term.name}`;
}

function union(of: Type[]): Type {
  const flat = of.flatMap((each) => (each.kind === 'union' ? each.of : [each]));
  return flat.length === 1 ? flat[0]! : { kind: 'union', of: flat };
}
