import { posix } from 'node:path';
import type { Field, Found, Module, Shape } from '../types/shape.ts';

/** One line of the generated file, and what an error in it means. */
export type Probe = {
  pair: Pair;
} & ( // `any` and `field-any` always fail: whether the type is `any`, also one that could not be found, only the error tells.
  | { of: 'whole' | 'back' | 'any' | 'extra' | 'extra-values' }
  | { of: 'there' | 'optional' | 'type' | 'type-back' | 'readonly' | 'parameters' | 'field-any'; field: Field }
  | { of: 'value'; value: Shape['values'][number] }
);

/** A type of the contract, with one that implements it. */
export interface Pair {
  wanted: Found;
  code: Found;
}

export interface Generated {
  text: string;
  /** By line, from 1. */
  probes: ReadonlyMap<number, Probe>;
  /** The contract stands in lines 1 to this one, each where it is in the contract itself. */
  contractLines: number;
  /** The line that must fail, so that silence is known to be a pass. */
  canary: number;
}

export interface GenerateOptions {
  contract: { text: string; module: Module };
  /** All; the first one of a type stands for it wherever the contract names it. */
  pairs: readonly Pair[];
  /** Those of the project that is compiled. */
  isProbed: (pair: Pair) => boolean;
  /** The folder of the generated file, relative to the repository. */
  folder: string;
}

/**
 * A file that compiles when the code honours the contract. It begins with the contract itself; where that names a type that
 * the code implements, that one is meant: what another type does otherwise is told there, once, and enums of the
 * code meet themselves.
 */
export function generate({ contract, pairs, isProbed, folder }: GenerateOptions): Generated {
  const names = pairs.map((_, index) => `CopseCode${index}`);
  const first = new Map(pairs.map(({ wanted }, index) => [wanted.shape.name, names[index]!] as const).reverse());
  const lines = substituted(contract, first).split('\n');
  const contractLines = lines.length;
  lines.push(...pairs.map(({ code }, index) => importOf(code, { as: names[index]!, folder })));
  lines.push(...HELPERS.split('\n'), 'export const CopseCanary: never = null! as 1;');
  const canary = lines.length;
  const probes = new Map<number, Probe>();
  for (const [index, pair] of pairs.entries()) {
    if (!isProbed(pair)) continue;
    const { parameters = '', name } = pair.wanted.shape;
    const args = argumentsOf(parameters);
    lines.push(`export function CopseCheck${index}${parameters}() {`);
    lines.push(`type W = ${name}${args}; type C = ${names[index]}${args};`);
    const anything = argumentsOf(parameters, () => 'any');
    lines.push(`type WAny = ${name}${anything}; type CAny = ${names[index]}${anything};`);
    for (const { probe, line } of probesOf(pair)) {
      lines.push(line);
      probes.set(lines.length, probe);
    }
    lines.push('}');
  }
  return { text: `${lines.join('\n')}\n`, probes, contractLines, canary };
}

/** With an ending that every resolution of modules takes, and that leads to the source. */
function importOf({ file, shape }: Found, { as, folder }: { as: string; folder: string }): string {
  const path = posix.relative(folder, file).replace(/\.([cm]?)tsx?$/, '.$1js');
  const specifier = JSON.stringify(path.startsWith('.') ? path : `./${path}`);
  if (shape.exported === 'default') return `import type ${as} from ${specifier};`;
  return `import type { ${shape.name} as ${as} } from ${specifier};`;
}

/** The contract, with the names of types that the code implements replaced; no line moves. */
function substituted({ text, module }: GenerateOptions['contract'], names: ReadonlyMap<string, string>): string {
  let result = text;
  for (const { name, start, end } of (module.references ?? []).toSorted((a, b) => b.start - a.start)) {
    const other = names.get(name);
    if (other !== undefined) result = result.slice(0, start) + other + result.slice(end);
  }
  return result;
}

/** `<T extends string = "a", U>` as arguments is `<T, U>`. */
function argumentsOf(parameters: string, write = (name: string) => name): string {
  if (parameters === '') return '';
  return `<${parameterNames(parameters).map(write).join(', ')}>`;
}

/** The names between the outer brackets; what is in brackets of its own, and behind `extends` and `=`, is none. */
export function parameterNames(parameters: string): string[] {
  let depth = 0;
  const plain = [...parameters.replaceAll('=>', '')]
    .filter((each) => {
      if ('<([{'.includes(each)) depth++;
      const inside = depth === 1 && each !== '<';
      if ('>)]}'.includes(each)) depth--;
      return inside && depth === 1;
    })
    .join('');
  return plain.split(',').flatMap((each) => /^\s*(?:(?:const|in|out)\s+)*(\w+)/.exec(each)?.[1] ?? []);
}

interface Line {
  probe: Probe;
  line: string;
}

function probesOf(pair: Pair): Line[] {
  const { shape } = pair.wanted;
  const any: Line = { probe: { pair, of: 'any' }, line: probe('CopseMay<WAny>', 'CopseAny<CAny>') };
  const whole: Line = { probe: { pair, of: 'whole' }, line: probe('W', 'C') };
  if (shape.values.length > 0 && shape.kind !== 'record') return [any, ...valueProbes(pair)];
  if (shape.kind === 'alias') return [any, whole, { probe: { pair, of: 'back' }, line: probe('C', 'W') }];
  const fields = shape.fields.flatMap((field) => fieldProbes(pair, field));
  // Classes with private members fit themselves alone.
  const all = shape.isClass ? [any, ...fields] : [any, ...fields, whole];
  return pair.code.shape.isClass
    ? all
    : [...all, { probe: { pair, of: 'extra' }, line: probe('[never]', '[CopseExtra<C, W>]') }];
}

function valueProbes(pair: Pair): Line[] {
  const values = pair.wanted.shape.values.map((value): Line => {
    const text = value.value === null ? 'never' : JSON.stringify(textOf(value.value));
    return { probe: { pair, of: 'value', value }, line: probe('CopseText<C>', text) };
  });
  return [
    ...values,
    { probe: { pair, of: 'extra-values' }, line: probe('[never]', '[Exclude<CopseText<C>, CopseText<W>>]') },
  ];
}

/** A value as a template literal writes it: a string without quotes. */
export function textOf(value: string): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}

function fieldProbes(pair: Pair, field: Field): Line[] {
  const key = JSON.stringify(field.name);
  const both = (helper: string) => probe(`Copse${helper}<W, ${key}, unknown>`, `Copse${helper}<C, ${key}, never>`);
  const any = probe(`CopseMay<CopseMember<WAny, ${key}>>`, `CopseAny<CopseMember<CAny, ${key}>>`);
  const lines: Line[] = [
    { probe: { pair, of: 'there', field }, line: both('There') },
    { probe: { pair, of: 'optional', field }, line: both('Optional') },
    { probe: { pair, of: 'type', field }, line: both('Type') },
    { probe: { pair, of: 'field-any', field }, line: any },
  ];
  if (!field.method) {
    const back = probe(`CopseType<C, ${key}, unknown>`, `CopseType<W, ${key}, never>`);
    lines.push({ probe: { pair, of: 'type-back', field }, line: back });
    lines.push({ probe: { pair, of: 'readonly', field }, line: both('Readonly') });
  } else if (!field.isGeneric) {
    lines.push({ probe: { pair, of: 'parameters', field }, line: both('Strict') });
  }
  return lines;
}

/** An assignment that fails when the second type does not fit the first. */
function probe(wanted: string, given: string): string {
  return `{ const c: ${wanted} = null! as ${given}; }`;
}

/**
 * `Else` is what stands for a member that is not there: what everything fits, on the side that must be met, and what fits
 * everything, on the other one. That it is missing is told by `CopseThere` alone. Methods are compared with what they take read
 * strictly, as that of functions is. In brackets, a type that could not be found is `any`, too; elsewhere it fits everything without
 * a word. Whether a type is `any` is asked with `any` for its parameters, since the compiler puts off what depends on them.
 */
const HELPERS = `
type CopseMember<T, K> = K extends keyof T ? T[K] : never;
type CopseAny<T> = [T] extends [never] ? 'never' : [T] extends [{ copse: 'any' }] ? 'any' : 'typed';
type CopseMay<T> = 'any' extends CopseAny<T> ? unknown : 'typed' | 'never';
type CopseThere<T, K, Else> = K extends keyof T ? 'there' : unknown extends Else ? unknown : 'missing';
type CopseOptional<T, K, Else> = K extends keyof T ? ({} extends Pick<T, K> ? 'optional' : 'required') : Else;
type CopseType<T, K, Else> = K extends keyof T ? ({} extends Pick<T, K> ? Exclude<T[K], undefined> : T[K]) : Else;
type CopseSame<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;
type CopseReadonly<T, K, Else> = K extends keyof T
  ? CopseSame<Pick<T, K>, { -readonly [Q in K]: Pick<T, K>[Q] }> extends true
    ? 'writable'
    : unknown extends Else ? unknown : 'readonly'
  : Else;
type CopseStrict<T, K, Else> = K extends keyof T
  ? Exclude<T[K], undefined> extends (...args: infer P) => infer R ? (...args: P) => R : Else
  : Else;
type CopseExtra<C, W> = {
  [K in Exclude<keyof C, keyof W>]-?: {} extends Pick<C, K> ? never : C[K] extends (...args: never) => unknown ? never : K;
}[Exclude<keyof C, keyof W>];
type CopseText<T> = T extends string | number | bigint | boolean | null | undefined ? \`\${T}\` : 'no value';`;
