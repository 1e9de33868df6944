import { isRecord } from '../record.ts';
import { type Documents, follow, type Place } from './reference.ts';

/** A schema without references, titles and examples, in one of the ways to say the same thing. */
export type Plain = Record<string, unknown>;

export interface Plainly {
  documents: Documents;
  /** What is sent to the application is also held to lengths and ranges; of what comes from it, nobody writes them. */
  side: 'request' | 'response';
}

const RANGES = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'multipleOf',
] as const;
/** Widths of numbers, and what says nothing about the value. */
const NO_FORMAT = new Set(['int32', 'int64', 'float', 'double', 'password', 'byte', 'binary']);
/** Levels of nesting; deeper is a circle that changes its form. */
const MAX_DEPTH = 24;

/**
 * The schema at a place: `nullable`, `type: [x, 'null']` and `anyOf: [x, { type: 'null' }]` become one, `const` a list of one,
 * `allOf` is merged. A type that holds itself is cut where it repeats.
 */
export function plainSchema(place: Place, how: Plainly, above: readonly string[] = []): Plain {
  const there = follow(place, how.documents);
  if (!there || !isRecord(there.value)) return {};
  const key = keyOf(there.place);
  if (above.includes(key) || above.length > MAX_DEPTH) return {};
  const inside = [...above, key];
  const schema = there.value;
  const at = (...path: (string | number)[]): Place => ({
    document: there.place.document,
    path: [...there.place.path, ...path],
  });
  const inner = (...path: (string | number)[]) => plainSchema(at(...path), how, inside);

  let plain = ownParts(schema, how);
  if (isRecord(schema.properties)) {
    plain.properties = Object.fromEntries(
      Object.keys(schema.properties).map((name) => [name, inner('properties', name)]),
    );
  }
  if (schema.items !== undefined) plain.items = inner('items');
  if (isRecord(schema.additionalProperties)) plain.additionalProperties = inner('additionalProperties');
  for (const part of listAt(schema.allOf).keys()) plain = merged(plain, inner('allOf', part));
  for (const word of ['anyOf', 'oneOf'] as const) {
    const choices = [...listAt(schema[word]).keys()].map((each) => inner(word, each));
    if (choices.length > 0) plain = withChoices(plain, choices);
  }
  return plain;
}

function ownParts(schema: Record<string, unknown>, { side }: Plainly): Plain {
  const types = [schema.type].flat().filter((type) => typeof type === 'string');
  const named = types.filter((type) => type !== 'null');
  const plain: Plain = {};
  if (named.length === 1) plain.type = named[0];
  if (named.length > 1) plain.oneOf = [...named].sort().map((type) => ({ type }));
  if (schema.nullable === true || types.includes('null')) plain.nullable = true;
  if (typeof schema.format === 'string' && !NO_FORMAT.has(schema.format)) plain.format = schema.format;
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const !== undefined ? [schema.const] : null;
  if (values) plain.enum = values.filter((value) => value !== null);
  if (Array.isArray(schema.required) && schema.required.length > 0) plain.required = [...schema.required].sort();
  if (side === 'request') for (const word of RANGES) if (schema[word] !== undefined) plain[word] = schema[word];
  return plain;
}

/** `allOf`: what both say. */
function merged(a: Plain, b: Plain): Plain {
  const both: Plain = { ...a, ...b };
  if (a.properties || b.properties) both.properties = { ...(a.properties ?? {}), ...(b.properties ?? {}) };
  if (a.required || b.required) both.required = [...new Set([...listAt(a.required), ...listAt(b.required)])].sort();
  if (a.nullable !== true || b.nullable !== true) {
    if (a.nullable !== true && Object.keys(a).length > 0) delete both.nullable;
  }
  return both;
}

/** One of several; a choice with nothing is the other one, or null. */
function withChoices(plain: Plain, choices: readonly Plain[]): Plain {
  const isNull = (choice: Plain) => choice.nullable === true && Object.keys(choice).length === 1;
  const others = choices.filter((choice) => !isNull(choice));
  const nullable = others.length < choices.length ? { nullable: true } : {};
  const [only] = others;
  if (others.length === 1 && only)
    return { ...merged(plain, only), ...nullable, ...(only.nullable === true && { nullable: true }) };
  if (others.length === 0) return { ...plain, ...nullable };
  const sorted = [...others].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { ...plain, ...nullable, oneOf: sorted };
}

function listAt(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function keyOf({ document, path }: Place): string {
  return `${document.path}#${path.join('/')}`;
}
