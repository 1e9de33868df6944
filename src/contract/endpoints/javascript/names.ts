import { type Module, resolveSource } from './module.ts';

export type Modules = ReadonlyMap<string, Module>;

/** Handed on more often is a loop. */
const MAX_STEPS = 8;

/**
 * The id of what a name means in a file, wherever that was made: `src/users.ts#router`. Null for what comes from a package.
 * `member`: of a whole module, `users` in `routes.users`.
 */
export function identify(module: Module, name: string, modules: Modules, member?: string): string | null {
  const imported = module.imports.get(name);
  if (!imported) return `${module.file}#${name}`;
  const source = resolveSource(module.file, imported.source, modules);
  if (source === null) return null;
  const wanted = imported.name === '*' || (imported.name === 'default' && member) ? (member ?? '*') : imported.name;
  return exported(source, wanted, modules, 0) ?? exported(source, 'default', modules, 0);
}

/** The id of what a file exports under a name. */
export function exported(file: string, name: string, modules: Modules, steps: number): string | null {
  const module = modules.get(file);
  if (!module || steps > MAX_STEPS) return null;
  const local = module.exports.get(name);
  if (local !== undefined) return identify(module, local, modules);
  for (const each of module.reexports) {
    if (each.as !== name && each.as !== '*') continue;
    const source = resolveSource(file, each.source, modules);
    const found = source && exported(source, each.as === '*' ? name : each.name, modules, steps + 1);
    if (found) return found;
  }
  return null;
}
