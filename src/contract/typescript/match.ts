import { posix } from 'node:path';
import { candidatesFor, namesOf } from '../types/find.ts';
import type { Found, Modules, Shape } from '../types/shape.ts';
import { withBases } from './inherit.ts';

/** A type of the contract, and what has its name in the code. */
export interface Match {
  wanted: Found;
  candidates: Found[];
  /** The code takes it from the contract itself. */
  isSame: boolean;
}

export interface MatchOptions {
  /** The contract's. */
  path: string;
  /** The files that may implement it. */
  files: readonly string[];
  isOwn?: ((path: string) => boolean) | undefined;
}

/** The exported types of a contract, all when it exports none; with what of the code each is compared. */
export function matchesOf(modules: Modules, { path, files, isOwn }: MatchOptions): Match[] {
  const shapes = modules.get(path)?.shapes ?? [];
  const exported = shapes.filter((shape) => shape.exported);
  const code = files.flatMap((file) => typesOf(modules, file));
  return (exported.length > 0 ? exported : shapes).map((shape) => {
    const wanted = { file: path, shape: withBases(modules, path, shape) };
    const candidates = reachable(candidatesFor(shape.name, code, isOwn));
    const passing = files.filter((file) => passesOn(modules, file, { name: shape.name, contract: path }));
    return { wanted, candidates, isSame: passing.length > 0 };
  });
}

/** What others can import goes before what they cannot. */
function reachable(candidates: Found[]): Found[] {
  const exported = candidates.filter(({ shape }) => shape.exported);
  return exported.length > 0 ? exported : candidates;
}

/** What a file declares, and what it passes on from a package. */
export function typesOf(modules: Modules, file: string): Found[] {
  const module = modules.get(file);
  const declared = (module?.shapes ?? []).map((shape) => ({ file, shape: withBases(modules, file, shape) }));
  const passed = (module?.passedOn ?? []).filter(({ from }) => !from.startsWith('.'));
  return [...declared, ...passed.map(({ name }) => ({ file, shape: foreign(name) }))];
}

function foreign(name: string): Shape {
  const alias = { kind: 'unknown' } as const;
  return { name, line: 1, kind: 'alias', bases: [], fields: [], values: [], alias, open: null, exported: 'named' };
}

function passesOn(modules: Modules, file: string, { name, contract }: { name: string; contract: string }): boolean {
  const module = modules.get(file);
  const from = module?.passedOn?.filter((each) => namesOf(name).includes(each.name)) ?? [];
  return from.some(
    (each) => each.from.startsWith('.') && isContract(posix.join(posix.dirname(file), each.from), contract),
  );
}

/** The contract lies in its plan's folder, wherever that is. */
function isContract(path: string, contract: string): boolean {
  const [stem, wanted] = [path, contract].map((each) => each.replace(/(?:\.d)?\.[cm]?[jt]s$/, ''));
  return stem === wanted || stem!.endsWith(`/${wanted}`);
}
