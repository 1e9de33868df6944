import { namesOf } from './find.ts';
import type { Names, Sides } from './same-type.ts';
import type { Shape, Type } from './shape.ts';

type Find = (name: string) => Shape | null;

/** Both sides of a comparison, from how each finds what it names. */
export function sidesOf(contract: Find, code: Find): Sides {
  return {
    contract: toNames(contract),
    code: toNames(code),
    implements: (wanted, found) => namesOf(wanted).includes(found),
  };
}

function toNames(find: Find): Names {
  return {
    meaning(name) {
      const shape = find(name);
      if (shape === null || shape.kind === 'record') return null;
      return shape.kind === 'alias' ? (shape.alias ?? UNKNOWN) : enumType(shape);
    },
    declares: (name) => find(name)?.kind === 'record',
  };
}

const UNKNOWN: Type = { kind: 'unknown' };

function enumType({ values }: Shape): Type {
  const known = values.map(({ value }) => value).filter((value) => value !== null);
  return known.length > 0 && known.length === values.length ? { kind: 'values', values: known } : UNKNOWN;
}
