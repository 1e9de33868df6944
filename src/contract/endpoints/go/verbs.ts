import type { Node } from '../../../syntax/parse.ts';
import { childrenOf, field, lineOf } from '../syntax.ts';
import { fromBraces } from '../template.ts';
import { declare, functionNamed, type Reader, type Scope } from './reader.ts';

/** A call on a router: `r.Get("/users", list)`. */
interface Call {
  node: Node;
  router: string;
  verb: string;
  args: Node[];
  scope: Scope;
}

const METHODS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'Trace', 'Connect']);
const HANDLES = new Set(['Handle', 'HandleFunc']);
const OTHERS = new Set([
  'Method',
  'MethodFunc',
  'Route',
  'Group',
  'With',
  'Mount',
  'PathPrefix',
  'Subrouter',
  'Methods',
]);

export function isVerb(verb: string): boolean {
  return METHODS.has(verb) || HANDLES.has(verb) || OTHERS.has(verb);
}

/** Reads a call on a router; gives the router that the result stands for, null when it stands for none. */
export function routed(reader: Reader, call: Call): string | null {
  const { verb, args, router } = call;
  if (METHODS.has(verb)) add(reader, call, { method: verb.toUpperCase(), pattern: reader.text(args[0]) });
  else if (HANDLES.has(verb)) handle(reader, call);
  else if (verb === 'Method' || verb === 'MethodFunc') {
    add(reader, call, { method: reader.text(args[0]) ?? methodNamed(args[0]), pattern: reader.text(args[1]) });
  } else if (verb === 'Methods') restrict(reader, call);
  else if (verb === 'Mount') mount(reader, call, { prefix: reader.text(args[0]), target: args[1] });
  else if (verb === 'Route') return below(reader, call, { prefix: reader.text(args[0]), body: args[1] });
  else if (verb === 'Group') return below(reader, call, { prefix: '', body: args[0] });
  else if (verb === 'PathPrefix') return below(reader, call, { prefix: reader.text(args[0]), body: undefined });
  return router;
}

function add({ routing, file }: Reader, { router, node }: Call, of: { method: string; pattern: string | null }): void {
  if (of.pattern === null) return;
  const path = fromBraces(of.pattern);
  routing.routes.push({ router, method: of.method.toUpperCase(), path, file: file.file, line: lineOf(node) });
}

/** `http.MethodGet` */
function methodNamed(node: Node | undefined): string {
  return /^http\.Method(\w+)$/.exec(node?.text ?? '')?.[1] ?? 'ANY';
}

/** `mux.HandleFunc("GET /users/{id}", one)`; a pattern that ends with a slash is for all below it, too. */
function handle(reader: Reader, call: Call): void {
  const [first, target] = call.args;
  const written = /^(?:([A-Z]+)\s+)?([^/\s]*)(\/.*)$/.exec(reader.text(first) ?? '');
  if (!written) return;
  const [, method = 'ANY', , pattern = ''] = written;
  const prefix = target && stripped(reader, target);
  if (prefix !== undefined) return mount(reader, call, { prefix, target });
  const other = target?.type === 'identifier' ? reader.evaluate(target, call.scope) : null;
  if (other && reader.routing.routers.has(other)) return mount(reader, call, { prefix: '', target });
  if (pattern.endsWith('/') && pattern !== '/') add(reader, call, { method, pattern: `${pattern}*` });
  add(reader, call, { method, pattern: pattern === '/' ? '/*' : pattern });
}

/** The prefix in `http.StripPrefix("/api", mux)`. */
function stripped(reader: Reader, node: Node): string | null | undefined {
  if (field(node, 'function')?.text !== 'http.StripPrefix') return undefined;
  return reader.text(childrenOf(field(node, 'arguments'))[0]);
}

/** gorilla: `r.HandleFunc("/users", list).Methods("GET")`, whose route is the last one read. */
function restrict({ routing, text }: Reader, { args, router }: Call): void {
  const last = routing.routes.at(-1);
  if (!last || last.router !== router || last.method !== 'ANY') return;
  routing.routes.pop();
  for (const each of args) routing.routes.push({ ...last, method: text(each) ?? methodNamed(each).toUpperCase() });
}

/** A part of a router: `r.Route("/users", func(r chi.Router) { … })`, `r.Route("/users", users.routes)`. */
function below(
  reader: Reader,
  call: Call,
  { prefix, body }: { prefix: string | null; body: Node | undefined },
): string {
  const id = declare(reader, `${call.router}/@${call.node.id}`);
  const under = prefix === null ? null : fromBraces(prefix);
  reader.routing.mounts.push({ parent: call.router, child: id, prefix: under });
  if (body?.type === 'func_literal') reader.enter(body, call.scope, id);
  else if (body) {
    const named = functionNamed(reader, body);
    if (named) reader.routing.mounts.push({ parent: id, child: `${named}(0)`, prefix: '' });
  }
  return id;
}

function mount(
  reader: Reader,
  call: Call,
  { prefix, target }: { prefix: string | null; target: Node | undefined },
): void {
  const child = target && reader.evaluate(target, call.scope);
  if (!child || child === call.router) return;
  const under = prefix === null ? null : fromBraces(prefix.replace(/\/\*?$/, ''));
  reader.routing.mounts.push({ parent: call.router, child, prefix: under });
}
