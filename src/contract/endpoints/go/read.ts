import type { Node } from '../../../syntax/parse.ts';
import type { Routing } from '../mounts.ts';
import { childrenOf, field } from '../syntax.ts';
import { functionId, type GoFile, type Package, type Project, textOf } from './package.ts';
import { declare, functionNamed, type Reader, type Scope } from './reader.ts';
import { isVerb, routed } from './verbs.ts';

/** Routers, routes and mounts of net/http and chi in one file. */
export function readRoutes(file: GoFile, at: Package, project: Project, routing: Routing): void {
  const seen = new Set<number>();
  const reader: Reader = {
    file,
    at,
    project,
    routing,
    evaluate: (node, scope) => evaluate(reader, node, scope),
    visit: (node, scope) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      visit(reader, node, scope);
    },
    enter: (node, scope, first) => {
      seen.add(node.id);
      enter(reader, node, { scope, id: null, first });
    },
    text: (node) => textOf(node, at.texts),
  };
  const top: Scope = { names: new Map(), parent: null };
  for (const node of childrenOf(file.root)) reader.visit(node, top);
}

function visit(reader: Reader, node: Node, scope: Scope): void {
  if (node.type === 'function_declaration' || node.type === 'method_declaration') {
    return enter(reader, node, { scope, id: functionId(node, reader.at.folder), first: null });
  }
  if (node.type === 'func_literal') return enter(reader, node, { scope, id: null, first: null });
  if (['short_var_declaration', 'assignment_statement', 'var_spec'].includes(node.type))
    return assigned(reader, node, scope);
  if (node.type === 'keyed_element') return keyed(reader, node, scope);
  if (node.type === 'call_expression') {
    reader.evaluate(node, scope);
    return;
  }
  for (const child of childrenOf(node)) reader.visit(child, scope);
}

function assigned(reader: Reader, node: Node, scope: Scope): void {
  const names = node.type === 'var_spec' ? node.childrenForFieldName('name') : childrenOf(field(node, 'left'));
  const values = childrenOf(field(node, node.type === 'var_spec' ? 'value' : 'right'));
  for (const [at, value] of values.entries()) {
    const router = reader.evaluate(value, scope);
    const name = names[at];
    if (router === null) reader.visit(value, scope);
    else if (name?.type === 'identifier' && (scope.parent !== null || node.type !== 'var_spec'))
      scope.names.set(name.text, router);
    else if (name) alias(reader, router, place(reader, name));
  }
}

/** `&Server{router: chi.NewRouter()}` */
function keyed(reader: Reader, node: Node, scope: Scope): void {
  const [key, value] = childrenOf(node).map((each) => (each.type === 'literal_element' ? childrenOf(each)[0] : each));
  const router = value ? reader.evaluate(value, scope) : null;
  if (key && router !== null) alias(reader, router, `${reader.at.folder}#.${key.text}`);
  if (value) reader.visit(value, scope);
}

/** The same router by another name. */
function alias(reader: Reader, router: string, id: string): void {
  if (router === id) return;
  declare(reader, id);
  reader.routing.mounts.push({ parent: router, child: id, prefix: '' });
}

interface Entered {
  scope: Scope;
  id: string | null;
  /** The router that its first parameter is. */
  first: string | null;
}

const ROUTER = /\bchi\.(?:Router|Mux)$|\bhttp\.ServeMux$|\bmux\.Router$/;

function enter(reader: Reader, node: Node, { scope, id, first }: Entered): void {
  const inner: Scope = { names: new Map(), parent: scope };
  const given = childrenOf(field(node, 'parameters')).flatMap((each) =>
    each
      .childrenForFieldName('name')
      .map((name) => ({ name: name?.text ?? '', type: field(each, 'type')?.text ?? '' })),
  );
  for (const [at, { name, type }] of given.entries()) {
    if (at === 0 && first !== null) inner.names.set(name, first);
    else if (id !== null && ROUTER.test(type)) inner.names.set(name, declare(reader, `${id}(${at})`));
    else inner.names.set(name, ''); // hides what is outside
  }
  const body = field(node, 'body');
  if (!body) return;
  reader.visit(body, inner);
  for (const back of id === null ? [] : returns(body)) {
    const router = reader.evaluate(back, inner);
    if (router === null || !reader.routing.routers.has(router)) continue;
    declare(reader, `${id}=>`, reader.routing.routers.get(router)!.isRoot);
    reader.routing.mounts.push({ parent: `${id}=>`, child: router, prefix: '' });
  }
}

/** What a function gives back, not what functions in it do. */
function returns(node: Node): Node[] {
  return childrenOf(node).flatMap((child) => {
    if (child.type === 'func_literal') return [];
    return child.type === 'return_statement' ? childrenOf(childrenOf(child)[0]) : returns(child);
  });
}

const MAKERS = new Set(['chi.NewRouter', 'chi.NewMux', 'http.NewServeMux', 'mux.NewRouter']);

function evaluate(reader: Reader, node: Node, scope: Scope): string | null {
  if (node.type === 'identifier' || node.type === 'selector_expression') return named(reader, node, scope);
  if (node.type === 'unary_expression' || node.type === 'parenthesized_expression') {
    const [inner] = childrenOf(node);
    return inner ? reader.evaluate(inner, scope) : null;
  }
  if (node.type !== 'call_expression') return null;
  const called = field(node, 'function');
  const args = childrenOf(field(node, 'arguments'));
  if (!called) return null;
  const { file } = reader.file;
  if (MAKERS.has(called.text)) return declare(reader, `${file}#@${node.id}`, true);
  const verb = called.type === 'selector_expression' ? (field(called, 'field')?.text ?? '') : '';
  const operand = field(called, 'operand');
  if (operand && isVerb(verb)) {
    const router = operand.text === 'http' ? declare(reader, '#http', true) : reader.evaluate(operand, scope);
    const result = router === null ? null : routed(reader, { node, router, verb, args, scope });
    for (const each of args) reader.visit(each, scope);
    if (result !== null) return result;
  }
  return called.text === 'http.StripPrefix' && args[1]
    ? reader.evaluate(args[1], scope)
    : ofCall(reader, { called, args, scope });
}

/** A router that a function is given is the one that its parameter names. */
function ofCall(reader: Reader, { called, args, scope }: { called: Node; args: Node[]; scope: Scope }): string | null {
  const id = functionNamed(reader, called);
  for (const [at, each] of args.entries()) {
    const router =
      id && ['identifier', 'selector_expression'].includes(each.type) ? reader.evaluate(each, scope) : null;
    if (router) reader.routing.mounts.push({ parent: router, child: `${id}(${at})`, prefix: '' });
    reader.visit(each, scope);
  }
  return id && `${id}=>`;
}

function named(reader: Reader, node: Node, scope: Scope): string | null {
  if (node.type === 'identifier') {
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const found = at.names.get(node.text);
      if (found !== undefined) return found === '' ? null : found;
    }
  }
  return place(reader, node);
}

/** `router` is the package's, `s.router` a field of whatever `s` is, `users.Router` another package's. */
function place({ file, at, project }: Reader, node: Node): string {
  if (node.type === 'identifier') return `${at.folder}#${node.text}`;
  const folder = file.imports.get(field(node, 'operand')?.text ?? '');
  const name = field(node, 'field')?.text ?? node.text;
  return folder !== undefined && project.packages.has(folder) ? `${folder}#${name}` : `${at.folder}#.${name}`;
}
