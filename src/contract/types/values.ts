import { type Difference, wrongType } from './difference.ts';
import type { Shape } from './shape.ts';

/** As sets of values. Where both are enums the names count, too: code is written with them. */
export function compareValues(wanted: Shape, found: Shape): Difference[] {
  const have = valuesOf(found);
  if (have === null) {
    const plain = found.kind === 'record' && found.fields.length > 0;
    const primitive = found.kind === 'alias' && found.alias?.kind === 'primitive';
    if (!plain && !primitive) return [];
    return [wrongType('wrong-kind', wanted, found, `${wanted.name} is a set of values in the contract, and none here`)];
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

export function valuesOf(shape: Shape): Shape['values'] | null {
  if (shape.kind === 'enum') return shape.values;
  return shape.kind === 'alias' && shape.values.length > 0 ? shape.values : null;
}
