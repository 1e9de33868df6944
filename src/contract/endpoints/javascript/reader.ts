import type { Node } from '../../../syntax/parse.ts';
import type { Framework } from '../endpoint.ts';
import type { Routing } from '../mounts.ts';
import { field } from '../syntax.ts';
import type { Module } from './module.ts';
import type { Modules } from './names.ts';

/** What names mean in a function: routers, by id. */
export interface Scope {
  names: Map<string, string>;
  parent: Scope | null;
}

/** Reads one file; its parts call each other through this. */
export interface Reader {
  module: Module;
  modules: Modules;
  routing: Routing;
  /** The id of the router that an expression stands for, its routes read on the way; null when it stands for none. */
  evaluate(node: Node, scope: Scope, as?: string): string | null;
  visit(node: Node, scope: Scope): void;
  /** Reads a function whose first parameter is a router. */
  enter(node: Node, scope: Scope, first: string | null): void;
}

export function lookUp(name: string, scope: Scope | null): string | undefined {
  if (scope === null) return undefined;
  return scope.names.get(name) ?? lookUp(name, scope.parent);
}

export function declare(
  { routing }: Reader,
  id: string,
  of: { framework: Framework; prefix?: string; isRoot?: boolean },
) {
  const { framework, prefix = '', isRoot = false } = of;
  if (!routing.routers.has(id)) routing.routers.set(id, { id, framework, prefix, isRoot });
  return id;
}

const FUNCTIONS = new Set([
  'arrow_function',
  'function_expression',
  'function_declaration',
  'method_definition',
  'generator_function_declaration',
]);

export function isFunction({ type }: Node): boolean {
  return FUNCTIONS.has(type);
}

/** Parameters of a function that have a plain name, with their type as written. */
export function parametersOf(node: Node): { name: string; type: string }[] {
  const single = field(node, 'parameter');
  if (single) return [{ name: single.text, type: '' }];
  const list = field(node, 'parameters')?.namedChildren ?? [];
  return list.flatMap((each) => {
    if (!each || each.type === 'comment') return [];
    return [{ name: (field(each, 'pattern') ?? each).text, type: field(each, 'type')?.text ?? '' }];
  });
}

const BY_PACKAGE: [RegExp, Framework][] = [
  [/^fastify$|^@fastify\//, 'fastify'],
  [/^hono(?:\/|$)|^@hono\//, 'hono'],
  [/^express$|^express-/, 'express'],
];

/** By a text that names it: a package, a type, a parameter. */
export function frameworkIn(text: string): Framework | null {
  if (/fastify/i.test(text)) return 'fastify';
  if (/\bhono\b|OpenAPIHono/i.test(text)) return 'hono';
  return /express|\bI?Router\b|\bApplication\b/i.test(text) ? 'express' : null;
}

/** What a file is written for, by what it imports. */
export function frameworkOf({ imports }: Module): Framework | null {
  const sources = [...imports.values()].map(({ source }) => source);
  return BY_PACKAGE.find(([pattern]) => sources.some((source) => pattern.test(source)))?.[1] ?? null;
}
