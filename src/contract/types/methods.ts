import type { Difference } from './difference.ts';
import type { Field, Parameter, Type } from './shape.ts';

export interface MethodContext {
  tell: (code: string, message: string, level?: Difference['level']) => Difference;
  /** See CompareOptions. */
  byName: boolean;
  /** Whether the second type is another one than the first. */
  isOther(wanted: Type | null, found: Type | null): boolean;
}

/** A method can be called as the contract says: by position and by name, with what it says. */
export function compareMethods(wanted: Field, found: Field, context: MethodContext): Difference[] {
  const { tell, byName } = context;
  if (!wanted.method) return []; // a property of the contract, by a method of the code with a decorator of its own
  if (!found.method) {
    const isPlain = found.type.kind === 'primitive' || found.type.kind === 'many';
    return isPlain ? [tell('wrong-kind', `is ${found.text}, in the contract it is a method`)] : [];
  }
  if (wanted.isGeneric || found.isGeneric) return [];
  const [given, taken] = [wanted.method, found.method];
  const known = new Set(byName ? given.map(({ name }) => name) : []);
  const needed = taken.filter(({ name, presence }, index) => {
    return presence === 'required' && !known.has(name) && index >= given.length;
  });
  return [
    ...given.flatMap((parameter, index) => compareParameter(parameter, { taken, index }, context)),
    ...needed.map(({ name }) => tell('wrong-parameters', `needs ${name}, which the contract does not give`)),
  ];
}

function compareParameter(
  { name, type }: Parameter,
  { taken, index }: { taken: readonly Parameter[]; index: number },
  { tell, byName, isOther }: MethodContext,
): Difference[] {
  const named = byName ? taken.find((each) => each.name === name) : undefined;
  const other = named ?? taken[index];
  if (!other || other.name.startsWith('*')) {
    const takesMore = taken.some((each) => each.name.startsWith('*'));
    return takesMore || !byName ? [] : [tell('wrong-parameters', `does not take ${name}`)];
  }
  if (byName && !named) {
    if (isOther(type, other.type)) return [tell('wrong-parameters', `does not take ${name}`)];
    return [tell('wrong-parameters', `calls ${name} ${other.name}`, 'warning')];
  }
  return isOther(type, other.type) ? [tell('wrong-parameters', `takes ${other.name} as another type`)] : [];
}
