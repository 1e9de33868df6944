import type { Node } from '../../../syntax/parse.ts';
import type { Routing } from '../mounts.ts';
import { childrenOf, field } from '../syntax.ts';
import { evaluate } from './evaluate.ts';
import type { Module } from './module.ts';
import type { Modules } from './names.ts';
import { declare, frameworkIn, frameworkOf, isFunction, parametersOf, type Reader, type Scope } from './reader.ts';

/** Routers, routes and mounts of Express, Fastify and Hono in one file. */
export function readRoutes(module: Module, modules: Modules, routing: Routing): void {
  const seen = new Set<number>();
  const reader: Reader = {
    module,
    modules,
    routing,
    evaluate: (node, scope, as) => evaluate(reader, node, { scope, as }),
    visit: (node, scope) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      visit(reader, node, scope);
    },
    enter: (node, scope, first) => {
      seen.add(node.id);
      enter(reader, node, { scope, first, id: null });
    },
  };
  const top: Scope = { names: new Map(), parent: null };
  for (const node of childrenOf(module.root)) reader.visit(node, top);
}

function visit(reader: Reader, node: Node, scope: Scope): void {
  const { file } = reader.module;
  if (node.type === 'variable_declarator') return declared(reader, node, scope);
  if (node.type === 'assignment_expression') return assigned(reader, node, scope);
  if (node.type === 'call_expression' || node.type === 'new_expression') {
    reader.evaluate(node, scope);
    return;
  }
  if (isFunction(node)) {
    const name = field(node, 'name')?.text;
    return enter(reader, node, { scope, first: null, id: name ? `${file}#${name}` : `${file}#@${node.id}` });
  }
  if (node.type === 'export_statement' && field(node, 'value')) {
    const value = field(node, 'value')!;
    reader.evaluate(value, scope, `${file}#@${value.id}`);
  }
  for (const child of childrenOf(node)) reader.visit(child, scope);
}

function declared(reader: Reader, node: Node, scope: Scope): void {
  const [name, value] = [field(node, 'name'), field(node, 'value')];
  if (!name || !value || name.type !== 'identifier') {
    for (const child of childrenOf(node)) reader.visit(child, scope);
    return;
  }
  const id =
    scope.parent === null ? `${reader.module.file}#${name.text}` : `${reader.module.file}#${name.text}@${node.id}`;
  if (isFunction(value)) return enter(reader, value, { scope, first: null, id });
  const router = reader.evaluate(value, scope, id);
  if (router !== null) scope.names.set(name.text, router);
  else reader.visit(value, scope);
}

/** `this.router = Router()`, `module.exports = function (app) {}`. */
function assigned(reader: Reader, node: Node, scope: Scope): void {
  const [left, right] = [field(node, 'left'), field(node, 'right')];
  if (!left || !right) return;
  const { file } = reader.module;
  const isExport = /^(?:module\.)?exports\b/.test(left.text);
  const id = isExport ? `${file}#@${right.id}` : `${file}#${left.text}`;
  if (isFunction(right)) return enter(reader, right, { scope, first: null, id });
  const router = reader.evaluate(right, scope, id);
  if (router !== null) scope.names.set(left.text, router);
  else reader.visit(right, scope);
}

/** Names that a router goes by as a parameter, where no type says it. */
const PARAMETER = /^(?:app|router|fastify|server|instance|api|routes?|r|f)$/;

interface Entered {
  scope: Scope;
  /** The router that its first parameter is. */
  first: string | null;
  /** By which others call it. */
  id: string | null;
}

function enter(reader: Reader, node: Node, { scope, first, id }: Entered): void {
  const inner: Scope = { names: new Map(), parent: scope };
  const framework = frameworkOf(reader.module);
  for (const [at, { name, type }] of parametersOf(node).entries()) {
    if (at === 0 && first) inner.names.set(name, first);
    else if (id !== null && (frameworkIn(type) || (type === '' && PARAMETER.test(name)))) {
      const of = { framework: frameworkIn(type) ?? frameworkIn(name) ?? framework ?? 'express' };
      inner.names.set(name, declare(reader, `${id}(${at})`, of));
    }
  }
  const body = field(node, 'body');
  if (!body) return;
  if (body.type !== 'statement_block') return returned(reader, body, { scope: inner, id });
  for (const child of childrenOf(body)) reader.visit(child, inner);
  for (const child of childrenOf(body)) {
    const value = child.type === 'return_statement' ? childrenOf(child)[0] : undefined;
    if (value) returned(reader, value, { scope: inner, id });
  }
}

/** What a function gives back hangs where the function's result is hung. */
function returned(reader: Reader, value: Node, { scope, id }: { scope: Scope; id: string | null }): void {
  const router = reader.evaluate(value, scope, `${reader.module.file}#@${value.id}`);
  if (router === null) return reader.visit(value, scope);
  const made = reader.routing.routers.get(router);
  if (id === null || !made) return;
  declare(reader, `${id}=>`, { framework: made.framework, isRoot: made.isRoot });
  reader.routing.mounts.push({ parent: `${id}=>`, child: router, prefix: '' });
}
