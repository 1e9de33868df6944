import type { Type } from './shape.ts';

/** What names stand for on one side: aliases are followed, enums are the values they allow. */
export interface Names {
  /** Null: a type of its own, or one that nobody knows. */
  meaning(name: string): Type | null;
  /** Declared there as a class, an interface, a record: no string or number under another name. */
  declares(name: string): boolean;
}

export interface Sides {
  contract: Names;
  code: Names;
  /** Whether a name of the code is that of the implementation of a contract's type. */
  implements(contract: string, code: string): boolean;
}

export type Sameness = 'same' | 'other' | 'unclear';

/** How deep types hold types; deeper ones are unclear. */
const MAX_DEPTH = 12;

/**
 * Whether code writes the type that the contract writes. `other` only when both are understood: what a library names, what
 * is computed and what allows anything is `unclear`.
 */
export function sameType(contract: Type, code: Type, sides: Sides, depth = 0): Sameness {
  if (depth > MAX_DEPTH) return 'unclear';
  if (contract.kind === 'any' || code.kind === 'any') return contract.kind === code.kind ? 'same' : 'unclear';
  if (contract.kind === 'unknown' || code.kind === 'unknown') return 'unclear';
  if (contract.kind === 'either') return any(contract.of.map((each) => sameType(each, code, sides, depth + 1)));
  if (code.kind === 'either') return any(code.of.map((each) => sameType(contract, each, sides, depth + 1)));
  if (contract.kind === 'named' && code.kind === 'named') {
    if (contract.name === code.name || sides.implements(contract.name, code.name)) return 'same';
  }
  const wanted = resolved(contract, sides.contract);
  const found = resolved(code, sides.code);
  if (wanted !== contract || found !== code) return sameType(wanted, found, sides, depth + 1);
  if (wanted.kind === 'union' || found.kind === 'union') return sameUnion(wanted, found, sides, depth);
  if (wanted.kind === 'values' || found.kind === 'values') return sameValues(wanted, found);
  if (wanted.kind === 'named' || found.kind === 'named') return sameNamed(wanted, found, sides);
  if (wanted.kind === 'many' && found.kind === 'many') {
    if (wanted.name !== found.name) return 'other';
    if (wanted.of.length !== found.of.length) return wanted.name === 'tuple' ? 'other' : 'unclear';
    return all(wanted.of.map((each, index) => sameType(each, found.of[index]!, sides, depth + 1)));
  }
  if (wanted.kind === 'primitive' && found.kind === 'primitive') return wanted.name === found.name ? 'same' : 'other';
  return 'other';
}

function resolved(type: Type, names: Names): Type {
  return type.kind === 'named' ? (names.meaning(type.name) ?? type) : type;
}

/** Two names of which neither is an alias may be one type under two names, or one may inherit the other. */
function sameNamed(wanted: Type, found: Type, { contract, code }: Sides): Sameness {
  const isPlain = ({ kind }: Type) => kind === 'primitive' || kind === 'many';
  if (wanted.kind === 'named' && isPlain(found)) return contract.declares(wanted.name) ? 'other' : 'unclear';
  if (found.kind === 'named' && isPlain(wanted)) return code.declares(found.name) ? 'other' : 'unclear';
  return 'unclear';
}

function sameValues(wanted: Type, found: Type): Sameness {
  if (wanted.kind === 'values' && found.kind === 'values') {
    return wanted.values.length === found.values.length && wanted.values.every((each) => found.values.includes(each))
      ? 'same'
      : 'other';
  }
  // A name that nobody knows may be an enum of these values; a string allows more than they do.
  return wanted.kind === 'named' || found.kind === 'named' ? 'unclear' : 'other';
}

/** As sets: each member of one has its like in the other. */
function sameUnion(wanted: Type, found: Type, sides: Sides, depth: number): Sameness {
  const left = membersOf(wanted);
  const right = membersOf(found);
  const like = (one: Type) => any(right.map((each) => sameType(one, each, sides, depth + 1)));
  const back = (one: Type) => any(left.map((each) => sameType(each, one, sides, depth + 1)));
  return all([...left.map(like), ...right.map(back)]);
}

function membersOf(type: Type): Type[] {
  return type.kind === 'union' ? type.of.flatMap(membersOf) : [type];
}

function all(each: Sameness[]): Sameness {
  if (each.includes('other')) return 'other';
  return each.includes('unclear') ? 'unclear' : 'same';
}

function any(each: Sameness[]): Sameness {
  if (each.includes('same')) return 'same';
  return each.includes('unclear') ? 'unclear' : 'other';
}
