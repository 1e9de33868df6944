import { posix } from 'node:path';
import type { Node } from '../../../syntax/parse.ts';
import { allOf, childrenOf, field } from '../syntax.ts';

/** A JavaScript or TypeScript file: what it names, and where that comes from. */
export interface Module {
  file: string;
  root: Node;
  /** By local name; `name` is what the other file calls it, `default` or `*`. */
  imports: Map<string, { source: string; name: string }>;
  /** By the name of an export: the local name. */
  exports: Map<string, string>;
  /** What is handed on from another file: of one name, or of all (`*`). */
  reexports: { as: string; source: string; name: string }[];
  /** Constants of the file that are texts. */
  texts: Map<string, string>;
}

export function readModule(file: string, root: Node): Module {
  const module: Module = { file, root, imports: new Map(), exports: new Map(), reexports: [], texts: new Map() };
  for (const node of childrenOf(root)) {
    if (node.type === 'import_statement') readImport(node, module);
    if (node.type === 'export_statement') readExport(node, module);
  }
  for (const node of allOf(root, 'variable_declarator')) readVariable(node, module);
  for (const node of allOf(root, 'assignment_expression')) readCommonExport(node, module);
  return module;
}

function readImport(node: Node, { imports }: Module): void {
  const source = textOf(field(node, 'source'), new Map());
  const clause = childrenOf(node).find(({ type }) => type === 'import_clause');
  if (source === null || !clause) return;
  for (const part of childrenOf(clause)) {
    if (part.type === 'identifier') imports.set(part.text, { source, name: 'default' });
    if (part.type === 'namespace_import') imports.set(childrenOf(part)[0]?.text ?? '', { source, name: '*' });
    for (const each of part.type === 'named_imports' ? childrenOf(part) : []) {
      const name = field(each, 'name')?.text ?? '';
      imports.set(field(each, 'alias')?.text ?? name, { source, name });
    }
  }
}

function readExport(node: Node, { exports, reexports }: Module): void {
  const source = textOf(field(node, 'source'), new Map());
  const isDefault = node.children.some((child) => child?.type === 'default');
  const declared = field(node, 'declaration');
  const names = declared ? declaredNames(declared) : [];
  for (const name of names) exports.set(isDefault ? 'default' : name, name);
  const value = field(node, 'value');
  if (isDefault && value) exports.set('default', value.type === 'identifier' ? value.text : `@${value.id}`);
  const clause = childrenOf(node).find(({ type }) => type === 'export_clause');
  for (const each of childrenOf(clause)) {
    const name = field(each, 'name')?.text ?? '';
    const as = field(each, 'alias')?.text ?? name;
    if (source === null) exports.set(as, name);
    else reexports.push({ as, source, name });
  }
  if (source !== null && !clause) reexports.push({ as: '*', source, name: '*' });
}

function declaredNames(node: Node): string[] {
  const name = field(node, 'name');
  if (name) return [name.text];
  return childrenOf(node).flatMap((each) => field(each, 'name')?.text ?? []);
}

function readVariable(node: Node, { imports, texts }: Module): void {
  const [name, value] = [field(node, 'name'), field(node, 'value')];
  if (!name || !value) return;
  const required = requiredBy(value);
  if (required && name.type === 'identifier') imports.set(name.text, required);
  if (required && name.type === 'object_pattern') {
    for (const each of childrenOf(name)) {
      const key = field(each, 'key')?.text ?? each.text;
      imports.set(field(each, 'value')?.text ?? key, { source: required.source, name: key });
    }
  }
  const text = textOf(value, texts);
  if (text !== null && name.type === 'identifier') texts.set(name.text, text);
}

/** What `require` or `import()` gives, or a member of that; null when it is something else. */
export function requiredBy(node: Node): { source: string; name: string } | null {
  if (['parenthesized_expression', 'await_expression'].includes(node.type)) {
    const [inner] = childrenOf(node);
    return inner ? requiredBy(inner) : null;
  }
  if (node.type === 'member_expression') {
    const from = field(node, 'object');
    const required = from ? requiredBy(from) : null;
    return required && { ...required, name: field(node, 'property')?.text ?? 'default' };
  }
  if (node.type !== 'call_expression') return null;
  const called = field(node, 'function');
  if (called?.text !== 'require' && called?.type !== 'import') return null;
  const source = textOf(childrenOf(field(node, 'arguments'))[0] ?? null, new Map());
  return source === null ? null : { source, name: 'default' };
}

/** `module.exports = x`, `module.exports = { x }`, `exports.x = y`. */
function readCommonExport(node: Node, { exports }: Module): void {
  const [left, right] = [field(node, 'left'), field(node, 'right')];
  if (!left || !right) return;
  const one = /^(?:module\.)?exports\.(\w+)$/.exec(left.text)?.[1];
  if (one) exports.set(one, right.type === 'identifier' ? right.text : `@${right.id}`);
  if (left.text !== 'module.exports') return;
  if (right.type !== 'object') exports.set('default', right.type === 'identifier' ? right.text : `@${right.id}`);
  for (const each of right.type === 'object' ? childrenOf(right) : []) {
    const key = field(each, 'key')?.text ?? each.text;
    exports.set(key, field(each, 'value')?.text ?? key);
  }
}

/** What an expression says, where that is plain from this file; null otherwise. */
export function textOf(node: Node | null, texts: ReadonlyMap<string, string>): string | null {
  if (!node) return null;
  if (node.type === 'string') return node.text.slice(1, -1);
  if (node.type === 'identifier') return texts.get(node.text) ?? null;
  if (node.type === 'template_string') {
    const parts = childrenOf(node).map((part) =>
      part.type === 'template_substitution' ? textOf(childrenOf(part)[0] ?? null, texts) : part.text,
    );
    return parts.includes(null) ? null : parts.join('');
  }
  if (node.type === 'binary_expression' && field(node, 'operator')?.text === '+') {
    const [left, right] = [textOf(field(node, 'left'), texts), textOf(field(node, 'right'), texts)];
    return left === null || right === null ? null : left + right;
  }
  return null;
}

const ENDINGS = ['', '.ts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.mts', '/index.ts', '/index.js', '/index.tsx'];

/** The file that `from` means by './users' or '@/users'; null for a package. */
export function resolveSource(from: string, source: string, files: ReadonlyMap<string, unknown>): string | null {
  const alias = /^[@~]\/(.+)$/.exec(source)?.[1];
  const bases = alias
    ? [`src/${alias}`, alias]
    : source.startsWith('.')
      ? [posix.join(posix.dirname(from), source)]
      : [];
  for (const base of bases) {
    for (const path of [base, base.replace(/\.[cm]?jsx?$/, '')].flatMap((each) => ENDINGS.map((end) => each + end))) {
      if (files.has(path)) return path;
    }
  }
  return null;
}
