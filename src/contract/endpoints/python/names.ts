import { posix } from 'node:path';
import type { Module, Modules } from './module.ts';

/** Handed on more often is a loop. */
const MAX_STEPS = 8;

export interface Named {
  module: Module;
  name: string;
}

/**
 * Where a name of a file was made: `router`, `users.router` (of an imported module), `app.api.users.router`. Null for what
 * comes from a package.
 */
export function whereIs(module: Module, dotted: string, modules: Modules, steps = 0): Named | null {
  if (steps > MAX_STEPS) return null;
  const parts = dotted.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const imported = module.imports.get(parts.slice(0, length).join('.'));
    if (!imported) continue;
    const rest = parts.slice(length);
    return inSource(module, imported, { rest, modules, steps });
  }
  if (parts.length > 1) return null;
  if (!isMade(module, dotted)) {
    for (const source of module.stars) {
      const other = resolveModule(module.file, source, modules);
      const found = other && isMade(other, dotted) ? { module: other, name: dotted } : null;
      if (found) return found;
    }
  }
  return { module, name: dotted };
}

interface Step {
  rest: string[];
  modules: Modules;
  steps: number;
}

function inSource(
  { file }: Module,
  { source, name }: { source: string; name: string | null },
  { rest, modules, steps }: Step,
): Named | null {
  const asModule = resolveModule(
    file,
    name === null ? source : `${source}${source.endsWith('.') ? '' : '.'}${name}`,
    modules,
  );
  if (asModule && rest.length > 0) return whereIs(asModule, rest.join('.'), modules, steps + 1);
  if (asModule) return { module: asModule, name: '' };
  const from = resolveModule(file, source, modules);
  return from && name !== null ? whereIs(from, [name, ...rest].join('.'), modules, steps + 1) : null;
}

function isMade({ functions, classes, root }: Module, name: string): boolean {
  return functions.has(name) || classes.has(name) || new RegExp(`^${name}\\b[^=\\n]*=`, 'm').test(root.text);
}

/** The file that `from` means by `app.users` or `.users`; the one nearest to it, where several could be meant. */
export function resolveModule(from: string, source: string, modules: Modules): Module | null {
  const dots = /^\.+/.exec(source)?.[0].length ?? 0;
  const path = source.slice(dots).replaceAll('.', '/');
  if (dots > 0) {
    const folder = posix.join(posix.dirname(from), '../'.repeat(dots - 1));
    return moduleAt(posix.join(folder, path), modules);
  }
  if (path === '') return null;
  for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
    const found = moduleAt(posix.join(folder, path), modules);
    if (found) return found;
    if (folder === '.' || folder === '/') break;
  }
  const ending = [`/${path}.py`, `/${path}/__init__.py`];
  const others = [...modules.keys()].filter((each) => ending.some((end) => each.endsWith(end)));
  return others.length === 1 ? modules.get(others[0]!)! : null;
}

function moduleAt(path: string, modules: Modules): Module | null {
  const bare = path.replace(/^\.\//, '').replace(/\/$/, '');
  return modules.get(`${bare}.py`) ?? modules.get(bare === '.' ? '__init__.py' : `${bare}/__init__.py`) ?? null;
}
