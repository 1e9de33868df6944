import type { Node } from '../../../syntax/parse.ts';
import type { Framework } from '../endpoint.ts';
import { childrenOf, field } from '../syntax.ts';
import { requiredBy, resolveSource } from './module.ts';
import { exported, identify } from './names.ts';
import { declare, lookUp, type Reader, type Scope } from './reader.ts';
import { isRouting, routed } from './verbs.ts';

interface At {
  scope: Scope;
  /** The id of what the expression makes, if it makes a router. */
  as?: string | undefined;
}

/** Wrappers that change nothing. */
const AROUND = new Set([
  'await_expression',
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
]);

/** See {@link Reader.evaluate}. */
export function evaluate(reader: Reader, node: Node, { scope, as }: At): string | null {
  const { module, modules } = reader;
  if (AROUND.has(node.type)) {
    const [inner] = childrenOf(node);
    return inner ? evaluate(reader, inner, { scope, as }) : null;
  }
  const required = requiredBy(node);
  if (required) {
    const source = resolveSource(module.file, required.source, modules);
    return source && exported(source, required.name, modules, 0);
  }
  if (node.type === 'identifier') return lookUp(node.text, scope) ?? identify(module, node.text, modules);
  if (node.type === 'member_expression') return ofMember(reader, node, scope);
  if (node.type === 'new_expression') return made(reader, node, as);
  return node.type === 'call_expression' ? ofCall(reader, node, { scope, as }) : null;
}

function ofMember({ module, modules }: Reader, node: Node, scope: Scope): string | null {
  const [object, property] = [field(node, 'object'), field(node, 'property')];
  const known = lookUp(node.text, scope);
  if (known) return known;
  if (object?.type === 'identifier' && module.imports.has(object.text)) {
    return identify(module, object.text, modules, property?.text ?? '');
  }
  return `${module.file}#${node.text}`;
}

function made(reader: Reader, node: Node, as: string | undefined): string | null {
  const name = field(node, 'constructor')?.text ?? '';
  if (!/^(?:OpenAPI)?Hono$/.test(name)) {
    return null;
  }
  return declare(reader, as ?? `${reader.module.file}#@${node.id}`, { framework: 'hono', isRoot: true });
}

function ofCall(reader: Reader, node: Node, { scope, as }: At): string | null {
  const called = field(node, 'function');
  if (!called) return null;
  const created = creation(reader, called);
  if (created) return declare(reader, as ?? `${reader.module.file}#@${node.id}`, created);
  const args = childrenOf(field(node, 'arguments'));
  const verb = called.type === 'member_expression' ? (field(called, 'property')?.text ?? '') : '';
  const object = field(called, 'object');
  if (object && isRouting(verb)) {
    const router = evaluate(reader, object, { scope, as });
    const result = router === null ? null : routed(reader, { node, router, verb, args, scope });
    for (const each of args) reader.visit(each, scope);
    return result;
  }
  const target = evaluate(reader, called, { scope });
  for (const [at, each] of args.entries()) {
    const given =
      target && ['identifier', 'this', 'member_expression'].includes(each.type)
        ? evaluate(reader, each, { scope })
        : null;
    if (given) reader.routing.mounts.push({ parent: given, child: `${target}(${at})`, prefix: '' });
    reader.visit(each, scope);
  }
  if (object) reader.visit(object, scope);
  return target && `${target}=>`;
}

/** `express()`, `express.Router()`, `Router()`, `fastify()`, `require('express')()`. */
function creation({ module }: Reader, called: Node): { framework: Framework; isRoot: boolean } | null {
  const [name, member] =
    called.type === 'member_expression'
      ? [field(called, 'object'), field(called, 'property')?.text]
      : [called, undefined];
  if (!name) return null;
  const from = requiredBy(name) ?? module.imports.get(name.text);
  if (from?.source === 'fastify')
    return member === undefined || member === 'default' ? { framework: 'fastify', isRoot: true } : null;
  if (from?.source === 'express-promise-router') return { framework: 'express', isRoot: false };
  if (from?.source !== 'express') return null;
  const what = member ?? from.name;
  if (what === 'Router') return { framework: 'express', isRoot: false };
  return what === 'default' || what === '*' ? { framework: 'express', isRoot: true } : null;
}
