import type { ContractFinding } from '../finding.ts';
import { type Sides, sameType } from './same-type.ts';
import type { Field, Found, Parameter, Shape, Type } from './shape.ts';

/** What code says otherwise than a contract, in one sentence; where is up to who asks. */
export interface Difference {
  code: string;
  level: ContractFinding['level'];
  message: string;
  /** Line of the contract. */
  wanted: number;
  /** Line of the code. */
  found: number;
}

export interface CompareOptions {
  sides: Sides;
  /** What the code's language makes of a type of the contract: there may be no integers, or no dates, in it. */
  translate?: (type: Type) => Type;
  /** Parameters can be given by name, so that names count; otherwise those that nobody takes do not harm. */
  byName: boolean;
}

/** Compares what a contract says of one type with what code makes of it. Both have the fields of their bases. */
export function compareShapes(contract: Found, code: Found, options: CompareOptions): Difference[] {
  const [wanted, found] = [contract.shape, code.shape];
  if (wanted.kind === 'enum' || valuesOf(wanted)) return compareValues(wanted, found);
  if (wanted.kind === 'alias') return compareAlias(wanted, found, options);
  if (found.kind !== 'record') {
    if (found.kind === 'alias' && found.alias?.kind !== 'primitive' && found.alias?.kind !== 'many') return [];
    return [difference('wrong-kind', wanted, found, `${wanted.name} has fields in the contract, and none here`)];
  }
  const fields = new Map(found.fields.map((field) => [field.name, field]));
  const differences = wanted.fields.flatMap((field) => {
    if (field.implied) return [];
    const other = fields.get(field.name);
    if (other) return compareField(wanted.name, field, other, options);
    return [missing(wanted, field, found)];
  });
  return [...differences, ...extra(wanted, found)];
}

function missing(wanted: Shape, field: Field, found: Shape): Difference {
  if (found.open !== null) {
    const message = `${wanted.name}.${field.name} is not seen; ${found.open} may have it`;
    return { code: 'unseen-field', level: 'note', message, wanted: field.line, found: found.line };
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
function extra(wanted: Shape, found: Shape): Difference[] {
  if (wanted.open !== null || found.isClass) return [];
  const known = new Set(wanted.fields.map(({ name }) => name));
  return found.fields
    .filter(
      ({ name, method, implied }) =>
        !known.has(name) && !known.has(`${name}_id`) && !method && !implied && !name.startsWith('_'),
    )
    .map((field) => ({
      code: 'extra-field',
      level: field.presence === 'required' ? 'warning' : 'note',
      message: `${wanted.name}.${field.name} is not in the contract`,
      wanted: wanted.line,
      found: field.line,
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
  });
  if (wanted.method || found.method) return compareMethods(wanted, found, { tell, options });
  const differences: Difference[] = [];
  if (typeSameness(wanted.type, found.type, options) === 'other') {
    differences.push(tell('wrong-type', `is ${found.text}, the contract says ${wanted.text}`));
  }
  if (wanted.nullable === false && found.nullable === true) {
    differences.push(tell('wrong-optional', `may be null (${found.text}), the contract says ${wanted.text}`));
  } else if (wanted.nullable === true && found.nullable === false && !mayLeaveOut(wanted, found)) {
    differences.push(tell('wrong-optional', `is never null (${found.text}), the contract says ${wanted.text}`));
  }
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

interface MethodContext {
  tell: (code: string, message: string, level?: Difference['level']) => Difference;
  options: CompareOptions;
}

/** A method can be called as the contract says: by position and by name, with what it says. */
function compareMethods(wanted: Field, found: Field, { tell, options }: MethodContext): Difference[] {
  if (!wanted.method) return []; // a property of the contract, by a method of the code with a decorator of its own
  if (!found.method) {
    return found.type.kind === 'primitive' || found.type.kind === 'many'
      ? [tell('wrong-kind', `is ${found.text}, in the contract it is a method`)]
      : [];
  }
  if (wanted.isGeneric || found.isGeneric) return [];
  const parameters = found.method;
  const differences = wanted.method.flatMap((parameter, index) => {
    const named = options.byName ? parameters.find(({ name }) => name === parameter.name) : parameters[index];
    const other = named ?? parameters[index];
    if (!other || other.name.startsWith('*')) {
      return takesMore(parameters) || !options.byName
        ? []
        : [tell('wrong-parameters', `does not take ${parameter.name}`)];
    }
    const sameness = parameter.type && other.type ? typeSameness(parameter.type, other.type, options) : 'unclear';
    if (named) {
      return sameness === 'other' ? [tell('wrong-parameters', `takes ${other.name} as another type`)] : [];
    }
    if (sameness === 'other') return [tell('wrong-parameters', `does not take ${parameter.name}`)];
    if (!options.byName) return [];
    return [tell('wrong-parameters', `calls ${parameter.name} ${other.name}`, 'warning')];
  });
  const known = new Set(options.byName ? wanted.method.map(({ name }) => name) : []);
  const needed = parameters.filter(
    ({ name, presence }, index) => presence === 'required' && !known.has(name) && index >= wanted.method!.length,
  );
  return [
    ...differences,
    ...needed.map(({ name }) => tell('wrong-parameters', `needs ${name}, which the contract does not give`)),
  ];
}

function takesMore(parameters: readonly Parameter[]): boolean {
  return parameters.some(({ name }) => name.startsWith('*') || name.startsWith('...'));
}

function compareAlias(wanted: Shape, found: Shape, options: CompareOptions): Difference[] {
  if (!wanted.alias) return [];
  const type: Type | undefined = found.kind === 'alias' ? found.alias : undefined;
  if (type && typeSameness(wanted.alias, type, options) === 'other') {
    return [difference('wrong-type', wanted, found, `${wanted.name} is another type than in the contract`)];
  }
  if (found.kind === 'enum' && wanted.alias.kind === 'primitive') {
    return [difference('wrong-kind', wanted, found, `${wanted.name} is an enum, in the contract it is a plain type`)];
  }
  return [];
}

/** As sets of values. Where both are enums the names count, too: code is written with them. */
function compareValues(wanted: Shape, found: Shape): Difference[] {
  const have = valuesOf(found);
  if (have === null) {
    const plain = found.kind === 'record' && found.fields.length > 0;
    const primitive = found.kind === 'alias' && found.alias?.kind === 'primitive';
    if (!plain && !primitive) return [];
    return [
      difference('wrong-kind', wanted, found, `${wanted.name} is a set of values in the contract, and none here`),
    ];
  }
  const want = valuesOf(wanted) ?? [];
  const computed = [...want, ...have].some(({ value }) => value === null);
  // Where a value is computed, only names can be compared.
  const key = (each: { name: string; value: string | null }) => (computed ? each.name : (each.value ?? each.name));
  const there = new Set(have.map(key));
  const known = new Set(want.map(key));
  const lost = want.filter((each) => !there.has(key(each)));
  const added = have.filter((each) => !known.has(key(each)));
  const at = (code: string, line: { wanted: number; found: number }, message: string) =>
    ({ code, level: 'error', message: `${wanted.name} ${message}`, ...line }) as const;
  return [
    ...lost.map((each) => at('missing-value', { wanted: each.line, found: found.line }, `has no ${key(each)}`)),
    ...added.map((each) =>
      at('extra-value', { wanted: wanted.line, found: each.line }, `has ${key(each)}, which is not in the contract`),
    ),
    ...(wanted.kind === 'enum' && found.kind === 'enum' ? otherNames(wanted, found) : []),
  ];
}

function otherNames(wanted: Shape, found: Shape): Difference[] {
  return wanted.values.flatMap((each) => {
    const other = found.values.find(({ value }) => value !== null && value === each.value);
    if (!other || other.name === each.name) return [];
    const message = `${wanted.name}.${each.name} is called ${other.name}`;
    return [{ code: 'other-name', level: 'warning', message, wanted: each.line, found: other.line }];
  });
}

function valuesOf(shape: Shape): Shape['values'] | null {
  if (shape.kind === 'enum') return shape.values;
  return shape.kind === 'alias' && shape.values.length > 0 ? shape.values : null;
}

function typeSameness(wanted: Type, found: Type, { sides, translate }: CompareOptions) {
  return sameType(translate ? translate(wanted) : wanted, found, sides);
}

function difference(code: string, wanted: Shape, found: Shape, message: string): Difference {
  return { code, level: 'error', message, wanted: wanted.line, found: found.line };
}
