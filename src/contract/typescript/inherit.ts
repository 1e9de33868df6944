import { posix } from 'node:path';
import type { Modules, Shape } from '../types/shape.ts';

const MAX_DEPTH = 8;

const CODE = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '/index.ts', '/index.tsx'];

/** How a file finds what it names. */
export function typescriptNames(modules: Modules, file: string): (name: string) => Shape | null {
  return (name) => {
    const found = locate(modules, file, name);
    return found && withBases(modules, found.file, found.shape);
  };
}

/** A type with the fields of what it extends, its own first. What cannot be seen is said in `open`. */
export function withBases(modules: Modules, file: string, shape: Shape, depth = 0): Shape {
  if (shape.kind !== 'record' || shape.bases.length === 0 || depth > MAX_DEPTH) return shape;
  const fields = new Map(shape.fields.map((field) => [field.name, field]));
  let { open } = shape;
  for (const base of shape.bases) {
    const found = locate(modules, file, base);
    if (found?.shape.kind !== 'record') {
      open ??= base;
      continue;
    }
    const whole = withBases(modules, found.file, found.shape, depth + 1);
    for (const field of whole.fields)
      if (!fields.has(field.name)) fields.set(field.name, found.file === file ? field : { ...field, line: shape.line });
    open ??= whole.open;
  }
  return { ...shape, fields: [...fields.values()], open };
}

/** Where a name that a file uses is declared: there, or in a file that it imports from and that was read. */
export function locate(modules: Modules, file: string, name: string, depth = 0): { file: string; shape: Shape } | null {
  const module = modules.get(file);
  const own = module?.shapes.find((each) => each.name === name);
  if (own) return { file, shape: own };
  const imported = module?.imports.find(({ as }) => as === name);
  const passed = module?.passedOn?.find((each) => each.name === name);
  const from = imported ?? (passed && { name, from: passed.from });
  if (!from || depth > MAX_DEPTH) return null;
  const path = importedFile(from.from, file, (each) => modules.has(each));
  return path === null ? null : locate(modules, path, from.name, depth + 1);
}

/** The file that a relative specifier means; null for one of a package, or under an alias of the project. */
export function importedFile(specifier: string, file: string, has: (path: string) => boolean): string | null {
  if (!specifier.startsWith('.')) return null;
  const path = posix.join(posix.dirname(file), specifier);
  const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
  return [path, ...CODE.map((end) => stem + end), ...CODE.map((end) => path + end)].find(has) ?? null;
}
