import type { Node } from '../../../syntax/parse.ts';
import type { Routing } from '../mounts.ts';
import { field } from '../syntax.ts';
import type { GoFile, Package, Project } from './package.ts';

/** What names mean in a function: routers, by id. */
export interface Scope {
  names: Map<string, string>;
  parent: Scope | null;
}

/** Reads one file; its parts call each other through this. */
export interface Reader {
  file: GoFile;
  at: Package;
  project: Project;
  routing: Routing;
  /** The id of the router, or of the function, that an expression stands for; routes are read on the way. */
  evaluate(node: Node, scope: Scope): string | null;
  visit(node: Node, scope: Scope): void;
  /** Reads a function literal whose first parameter is this router. */
  enter(node: Node, scope: Scope, first: string): void;
  text(node: Node | null | undefined): string | null;
}

export function declare({ routing }: Reader, id: string, isRoot = false): string {
  if (!routing.routers.has(id)) routing.routers.set(id, { id, framework: 'go', prefix: '', isRoot });
  return id;
}

/** The function that is called or handed on, when only one can be meant. */
export function functionNamed({ file, at, project }: Reader, node: Node): string | null {
  const name = (field(node, 'field') ?? node).text;
  const all = project.functions.get(name) ?? [];
  if (node.type === 'identifier')
    return all.find(({ folder, isMethod }) => folder === at.folder && !isMethod)?.id ?? null;
  const folder = file.imports.get(field(node, 'operand')?.text ?? '');
  if (folder !== undefined) return all.find((each) => each.folder === folder && !each.isMethod)?.id ?? null;
  const methods = all.filter(({ isMethod }) => isMethod);
  const receiver = /(\w+)\{/.exec(field(node, 'operand')?.text ?? '')?.[1];
  const exact = methods.filter(({ id }) => receiver !== undefined && id.endsWith(`#${receiver}.${name}`));
  const own = methods.filter((each) => each.folder === at.folder);
  const found = [exact, own, methods].find((each) => each.length === 1);
  return found?.[0]?.id ?? null;
}
