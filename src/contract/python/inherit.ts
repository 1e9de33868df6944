import { posix } from 'node:path';
import type { Field, Found, Modules, Shape } from '../types/shape.ts';

/** Bases that give no fields. */
const EMPTY = new Set([
  'object',
  'ABC',
  'Protocol',
  'Generic',
  'BaseModel',
  'RootModel',
  'BaseSettings',
  'SQLModel',
  'NamedTuple',
  'TypedDict',
  'Model',
  'Base',
  'DeclarativeBase',
  'MappedAsDataclass',
  'Struct',
  'str',
  'int',
  'float',
  'Exception',
  'dict',
  'list',
  'ModelSerializer',
  'Serializer',
]);

/** What a class of a library that many inherit from has. */
const LIBRARY: Record<string, string[]> = {
  AbstractUser: [
    'username',
    'first_name',
    'last_name',
    'email',
    'is_staff',
    'is_active',
    'date_joined',
    'password',
    'last_login',
    'is_superuser',
    'id',
  ],
  AbstractBaseUser: ['password', 'last_login', 'id'],
};

/** Bases of bases; more is a circle. */
const MAX_DEPTH = 8;

/** What a file declares, with what that inherits. */
export function pythonShapes(modules: Modules, file: string): Found[] {
  return (modules.get(file)?.shapes ?? []).map((shape) => ({ file, shape: withBases(modules, file, shape) }));
}

/** How a file finds what it names. */
export function pythonNames(modules: Modules, file: string): (name: string) => Shape | null {
  return (name) => {
    const found = locate(modules, file, name);
    return found && withBases(modules, found.file, found.shape);
  };
}

/** A class with the fields, or the values, of its bases, its own first. What a base has that nobody can see is said in `open`. */
export function withBases(modules: Modules, file: string, shape: Shape, depth = 0): Shape {
  if (shape.kind === 'alias' || depth > MAX_DEPTH) return shape;
  const fields = new Map(shape.fields.map((field) => [field.name, field]));
  let { open, kind, values, table } = shape;
  for (const base of shape.bases) {
    const found = locate(modules, file, base);
    if (found) {
      const whole = withBases(modules, found.file, found.shape, depth + 1);
      for (const field of whole.fields)
        if (!fields.has(field.name))
          fields.set(field.name, found.file === file ? field : { ...field, line: shape.line });
      open ??= whole.open;
      table ??= whole.table && true;
      if (whole.kind === 'enum') [kind, values] = ['enum', valuesAsEnum(shape, whole)];
    } else if (Object.hasOwn(LIBRARY, base)) {
      for (const name of LIBRARY[base]!) if (!fields.has(name)) fields.set(name, ofLibrary(name, base, shape.line));
    } else if (!EMPTY.has(base) && kind !== 'enum') open ??= base;
  }
  return { ...shape, kind, values, fields: [...fields.values()], open, ...(table && { table }) };
}

/** `class Role(OurEnum)`: what was read as fields with values are members, without their values. */
function valuesAsEnum(shape: Shape, base: Shape): Shape['values'] {
  if (shape.kind === 'enum') return shape.values;
  const own = shape.fields.filter(({ implied }) => implied).map(({ name, line }) => ({ name, value: null, line }));
  return [...base.values, ...own];
}

function ofLibrary(name: string, base: string, line: number): Field {
  return {
    name,
    line,
    type: { kind: 'unknown' },
    text: `of ${base}`,
    nullable: 'maybe',
    presence: 'default',
    implied: true,
  };
}

/** Where a name that a file uses is declared: there, or in a file that it imports from. */
export function locate(modules: Modules, file: string, name: string, depth = 0): { file: string; shape: Shape } | null {
  const module = modules.get(file);
  const own = module?.shapes.find((each) => each.name === name);
  if (own) return { file, shape: own };
  if (depth > MAX_DEPTH) return null;
  // What is imported by its name goes before what an asterisk may bring.
  const named = module?.imports.filter(({ as }) => as === name) ?? [];
  const all = module?.imports.filter(({ as }) => as === '*') ?? [];
  for (const from of [...named, ...all]) {
    for (const path of importedFiles(from.from, file, [...modules.keys()])) {
      const found = path === file ? null : locate(modules, path, from.name === '*' ? name : from.name, depth + 1);
      if (found) return found;
    }
  }
  return null;
}

/** The files that `from <module> import …` may mean: `.base` beside the file; `app.core.base` wherever the path ends so. */
export function importedFiles(module: string, file: string, paths: readonly string[]): string[] {
  const dots = /^\.*/.exec(module)![0].length;
  const path = module.slice(dots).replaceAll('.', '/');
  if (dots === 0) {
    return paths.filter((each) =>
      [`${path}.py`, `${path}/__init__.py`].some((end) => each === end || each.endsWith(`/${end}`)),
    );
  }
  const up = Array.from({ length: dots - 1 }, () => '..');
  const target = posix.join(posix.dirname(file), ...up, path);
  return paths.filter((each) => each === `${target}.py` || each === posix.join(target, '__init__.py'));
}
