import { type Difference, wrongType } from './difference.ts';
import { compareMethods } from './methods.ts';
import { type Sides, sameType } from './same-type.ts';
import type { Field, Found, Shape, Type } from './shape.ts';
import { compareValues, valuesOf } from './values.ts';

export interface CompareOptions {
  sides: Sides;
  /** What the code's language makes of a type of the contract: there may be no integers, or no dates, in it. */
  translate?: (type: Type) => Type;
  /** Parameters can be given by name, so that names count; otherwise those that nobody takes do not harm. */
  byName: boolean;
  /** Names of fields that differ in case and underscores are the same: JSON writes `createdAt` for `created_at`. */
  anySpelling?: boolean;
}

/** Compares what a contract says of one type with what code makes of it. Both have the fields of their bases. */
export function compareShapes(contract: Found, code: Found, options: CompareOptions): Difference[] {
  const [wanted, found] = [contract.shape, code.shape];
  if (wanted.kind === 'enum' || valuesOf(wanted)) return compareValues(wanted, found);
  if (wanted.kind === 'alias') return compareAlias(wanted, found, options);
  if (found.kind !== 'record') {
    if (wanted.fields.length === 0) return [];
    if (found.kind === 'alias' && found.alias?.kind !== 'primitive' && found.alias?.kind !== 'many') return [];
    return [wrongType('wrong-kind', wanted, found, `${wanted.name} has fields in the contract, and none here`)];
  }
  const spelled = options.anySpelling ? plainName : (name: string) => name;
  const fields = new Map(found.fields.map((field) => [spelled(field.name), field]));
  const differences = wanted.fields.flatMap((field) => {
    if (field.implied) return [];
    const other = fields.get(spelled(field.name));
    if (!other && field.method && field.presence === 'absent') return [];
    if (other) return compareField(wanted.name, field, other, options);
    return [missing(wanted, field, found)];
  });
  return [...differences, ...extra(wanted, found, spelled)];
}

function missing(wanted: Shape, field: Field, found: Shape): Difference {
  if (found.open !== null) {
    const message = `${wanted.name}.${field.name} is not seen; ${found.open} may have it`;
    return { code: 'unseen-field', level: 'warning', message, wanted: field.line, found: found.line };
  }
  const near = found.fields.find(({ name }) => plainName(name) === plainName(field.name));
  const hint = near ? `; ${near.name} is there` : '';
  return {
    code: field.method ? 'missing-method' : 'missing-field',
    level: 'error',
    message: `${wanted.name}.${field.name} is missing${hint}`,
    wanted: field.line,
    found: near?.line ?? found.line,
  };
}

/** Names that differ in case and underscores only are told as the likely other spelling. */
function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** What the contract does not know of harms nobody but who writes the record as the contract has it. */
function extra(wanted: Shape, found: Shape, spelled: (name: string) => string): Difference[] {
  if (wanted.open !== null || found.isClass) return [];
  const known = new Set(wanted.fields.map(({ name }) => spelled(name)));
  return found.fields
    .filter(
      ({ name, method, implied }) =>
        !known.has(spelled(name)) && !known.has(`${name}_id`) && !method && !implied && !name.startsWith('_'),
    )
    .map((field) => ({
      code: 'extra-field',
      level: field.presence === 'required' ? 'warning' : 'note',
      message: `${wanted.name}.${field.name} is not in the contract`,
      wanted: wanted.line,
      found: field.line,
      file: field.file,
    }));
}

function compareField(type: string, wanted: Field, found: Field, options: CompareOptions): Difference[] {
  const name = `${type}.${wanted.name}`;
  const tell = (code: string, message: string, level: Difference['level'] = 'error'): Difference => ({
    code,
    level,
    message: `${name} ${message}`,
    wanted: wanted.line,
    found: found.line,
    file: found.file,
  });
  if (wanted.method || found.method) {
    const isOther = (one: Type | null, other: Type | null) =>
      one !== null && other !== null && typeSameness(one, other, options) === 'other';
    return compareMethods(wanted, found, { tell, byName: options.byName, isOther });
  }
  const differences: Difference[] = [];
  if (typeSameness(wanted.type, found.type, options) === 'other') {
    differences.push(tell('wrong-type', `is ${found.text}, the contract says ${wanted.text}`));
  }
  if (wanted.nullable === false && found.nullable === true) {
    differences.push(tell('wrong-optional', `may be null (${found.text}), the contract says ${wanted.text}`));
  } else if (wanted.nullable === true && found.nullable === false && !mayLeaveOut(wanted, found)) {
    differences.push(tell('wrong-optional', `is never null (${found.text}), the contract says ${wanted.text}`));
  }
  const isTold = differences.some(({ code }) => code === 'wrong-optional');
  if (isTold) return differences;
  if (wanted.presence !== 'absent' && found.presence === 'absent') {
    differences.push(tell('wrong-optional', 'may be absent, in the contract it is always there'));
  } else if (wanted.presence !== 'required' && found.presence === 'required') {
    differences.push(tell('wrong-optional', 'must be given, in the contract it may be left out'));
  }
  return differences;
}

/** Null to say "left out" is what a language without absent fields has. */
function mayLeaveOut(wanted: Field, found: Field): boolean {
  return wanted.presence === 'absent' && found.presence !== 'required';
}

function compareAlias(wanted: Shape, found: Shape, options: CompareOptions): Difference[] {
  if (!wanted.alias) return [];
  const type: Type | undefined = found.kind === 'alias' ? found.alias : undefined;
  if (type && typeSameness(wanted.alias, type, options) === 'other') {
    return [wrongType('wrong-type', wanted, found, `${wanted.name} is another type than in the contract`)];
  }
  if (found.kind === 'record' && (wanted.alias.kind === 'primitive' || wanted.alias.kind === 'many')) {
    return [wrongType('wrong-kind', wanted, found, `${wanted.name} has fields here, and none in the contract`)];
  }
  if (found.kind === 'enum' && wanted.alias.kind === 'primitive') {
    return [wrongType('wrong-kind', wanted, found, `${wanted.name} is an enum, in the contract it is a plain type`)];
  }
  return [];
}

function typeSameness(wanted: Type, found: Type, { sides, translate }: CompareOptions) {
  return sameType(translate ? translate(wanted) : wanted, found, sides);
}
