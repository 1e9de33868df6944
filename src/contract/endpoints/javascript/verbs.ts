import type { Node } from '../../../syntax/parse.ts';
import { childrenOf, field, lineOf } from '../syntax.ts';
import { fromColons } from '../template.ts';
import { textOf } from './module.ts';
import { declare, isFunction, type Reader, type Scope } from './reader.ts';

/** A call on a router: `router.get('/users', list)`. */
interface Call {
  node: Node;
  router: string;
  verb: string;
  args: Node[];
  scope: Scope;
}

const METHODS: Record<string, string> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  del: 'DELETE',
  head: 'HEAD',
  options: 'OPTIONS',
  all: 'ANY',
};

const OTHERS = new Set(['use', 'route', 'register', 'basePath', 'on', 'openapi']);

export function isRouting(verb: string): boolean {
  return Object.hasOwn(METHODS, verb) || OTHERS.has(verb);
}

/** Reads a call on a router; gives the router that the result stands for. */
export function routed(reader: Reader, call: Call): string {
  const { verb, args, router } = call;
  if (Object.hasOwn(METHODS, verb)) plain(reader, call);
  else if (verb === 'route') return route(reader, call);
  else if (verb === 'use') mountAll(reader, call);
  else if (verb === 'register') register(reader, call);
  else if (verb === 'basePath') return below(reader, call, pathsOf(reader, args[0])[0] ?? null);
  else if (verb === 'on') {
    for (const method of pathsOf(reader, args[0])) add(reader, call, { method, paths: pathsOf(reader, args[1]) });
  }
  return router;
}

function plain(reader: Reader, call: Call): void {
  const { args, verb, router } = call;
  const paths = pathsOf(reader, args[0]);
  const method = METHODS[verb]!;
  if (router.includes('~'))
    add(reader, call, { method, paths: [''] }); // router.route('/users').get(list)
  else if (args.length > 1) add(reader, call, { method, paths: paths.filter((path) => /^[/*]|^$/.test(path)) });
}

function add({ routing, module }: Reader, { router, node }: Call, of: { method: string; paths: string[] }): void {
  // Where a chain is long, the call stands where its verb does.
  const line = lineOf(field(field(node, 'function'), 'property') ?? node);
  for (const path of of.paths.flatMap(fromColons)) {
    routing.routes.push({ router, method: of.method.toUpperCase(), path, file: module.file, line });
  }
}

/** Three things by one name: Express's `route('/x').get(…)`, Hono's `route('/x', sub)`, Fastify's `route({ method, url })`. */
function route(reader: Reader, call: Call): string {
  const { args, router } = call;
  const [first, second] = args;
  if (first?.type === 'object') {
    const methods = pathsOf(reader, property(first, 'method'));
    const paths = pathsOf(reader, property(first, 'url') ?? property(first, 'path'));
    for (const method of methods) add(reader, call, { method, paths });
    return router;
  }
  if (!second) return below(reader, call, pathsOf(reader, first)[0] ?? null);
  mount(reader, call, { prefix: pathsOf(reader, first)[0] ?? null, target: second });
  return router;
}

/** A part of a router with a prefix of its own. */
function below(reader: Reader, { router, node, verb }: Call, prefix: string | null): string {
  const id = `${router}${verb === 'route' ? '~' : '/'}@${node.id}`;
  const framework = reader.routing.routers.get(router)?.framework ?? 'express';
  declare(reader, id, { framework });
  reader.routing.mounts.push({ parent: router, child: id, prefix: prefix === null ? null : fromColons(prefix)[0]! });
  return id;
}

/** A prefix that is no plain text. Members are mostly middleware. */
const COMPUTED = new Set(['template_string', 'binary_expression', 'member_expression']);

/** `app.use('/users', auth, usersRouter)` */
function mountAll(reader: Reader, call: Call): void {
  const [first, ...rest] = call.args;
  if (!first) return;
  const prefixes = pathsOf(reader, first);
  const computed =
    COMPUTED.has(first.type) && (first.type !== 'member_expression' || /prefix|path|base|url/i.test(first.text));
  const targets = (prefixes.length > 0 || computed ? rest : call.args).flatMap((each) =>
    each.type === 'array' ? childrenOf(each) : each,
  );
  const under = prefixes.length > 0 ? prefixes : [computed ? null : ''];
  for (const prefix of under) for (const target of targets) mount(reader, call, { prefix, target });
}

/** `app.register(routes, { prefix: '/users' })` */
function register(reader: Reader, call: Call): void {
  const [target, options] = call.args;
  const written = options?.type === 'object' ? property(options, 'prefix') : null;
  const prefix = written ? (pathsOf(reader, written)[0] ?? null) : '';
  if (target && isFunction(target)) reader.enter(target, call.scope, below(reader, call, prefix));
  else if (target) mount(reader, call, { prefix, target });
}

function mount(reader: Reader, call: Call, { prefix, target }: { prefix: string | null; target: Node }): void {
  if (isFunction(target)) return;
  const child = reader.evaluate(target, call.scope);
  if (child === null || child === call.router) return;
  const under = prefix === null ? null : fromColons(prefix)[0]!;
  // It may be a router, or a function that is given one.
  for (const each of [child, `${child}(0)`]) {
    reader.routing.mounts.push({ parent: call.router, child: each, prefix: under });
  }
}

function property(object: Node, name: string): Node | null {
  const pair = childrenOf(object).find((each) => field(each, 'key')?.text.replace(/^['"]|['"]$/g, '') === name);
  return field(pair, 'value');
}

/** One text, or those of a list. */
function pathsOf({ module }: Reader, node: Node | null | undefined): string[] {
  if (!node) return [];
  const nodes = node.type === 'array' ? childrenOf(node) : [node];
  return nodes.flatMap((each) => textOf(each, module.texts) ?? []);
}
