import type { Node } from '../../../syntax/parse.ts';
import { allOf, childrenOf, field } from '../syntax.ts';

/** A Python file: what it names, and where that comes from. */
export interface Module {
  file: string;
  root: Node;
  /** By local name; `name` is null for a whole module. `app.users` with dots before it for relative ones. */
  imports: Map<string, { source: string; name: string | null }>;
  /** `from x import *` */
  stars: string[];
  /** Constants of the file that are texts. */
  texts: Map<string, string>;
  /** By name, methods and nested functions left out. */
  functions: Map<string, Node>;
  classes: Map<string, Node>;
}

export type Modules = ReadonlyMap<string, Module>;

export function readModule(file: string, root: Node): Module {
  const module: Module = {
    file,
    root,
    imports: new Map(),
    stars: [],
    texts: new Map(),
    functions: new Map(),
    classes: new Map(),
  };
  for (const node of allOf(root, 'import_statement', 'import_from_statement')) readImport(node, module);
  for (const node of allOf(root, 'assignment')) {
    const [name, value] = [field(node, 'left'), field(node, 'right')];
    const text = textOf(value, module.texts);
    if (name?.type === 'identifier' && text !== null) module.texts.set(name.text, text);
  }
  for (const node of allOf(root, 'class_definition')) module.classes.set(field(node, 'name')?.text ?? '', node);
  for (const node of childrenOf(root)) {
    const defined = node.type === 'decorated_definition' ? field(node, 'definition') : node;
    if (defined?.type === 'function_definition') module.functions.set(field(defined, 'name')?.text ?? '', defined);
  }
  return module;
}

function readImport(node: Node, { imports, stars }: Module): void {
  const source = field(node, 'module_name')?.text.replace(/\s/g, '') ?? null;
  if (source !== null && childrenOf(node).some(({ type }) => type === 'wildcard_import')) stars.push(source);
  for (const each of node.childrenForFieldName('name')) {
    if (!each) continue;
    const name = each.type === 'aliased_import' ? (field(each, 'name')?.text ?? '') : each.text;
    const local = each.type === 'aliased_import' ? (field(each, 'alias')?.text ?? name) : name;
    // `import a.b` binds `a`, and is used as `a.b`: kept by its whole name.
    imports.set(local, source === null ? { source: name, name: null } : { source, name });
  }
}

/** What an expression says, where that is plain from this file; null otherwise. */
export function textOf(node: Node | null | undefined, texts: ReadonlyMap<string, string>): string | null {
  if (!node) return null;
  if (node.type === 'identifier') return texts.get(node.text) ?? null;
  if (node.type === 'concatenated_string') return joined(childrenOf(node), texts);
  if (node.type === 'binary_operator' && field(node, 'operator')?.text === '+') {
    return joined([field(node, 'left'), field(node, 'right')], texts);
  }
  if (node.type !== 'string') return null;
  return joined(
    childrenOf(node).filter(({ type }) => type === 'string_content' || type === 'interpolation'),
    texts,
  );
}

function joined(nodes: (Node | null)[], texts: ReadonlyMap<string, string>): string | null {
  const parts = nodes.map((node) => {
    if (node?.type === 'string_content') return node.text;
    return textOf(node?.type === 'interpolation' ? field(node, 'expression') : node, texts);
  });
  return parts.includes(null) ? null : parts.join('');
}

/** `path("x", view, name="y")`: what is called, what it is given, and what by name. */
export interface Call {
  node: Node;
  /** `app.include_router` */
  called: string;
  args: Node[];
  named: Map<string, Node>;
}

export function callOf(node: Node | null | undefined): Call | null {
  if (node?.type !== 'call') return null;
  const named = new Map<string, Node>();
  const args: Node[] = [];
  for (const each of childrenOf(field(node, 'arguments'))) {
    const value = field(each, 'value');
    if (each.type === 'keyword_argument' && value) named.set(field(each, 'name')?.text ?? '', value);
    else args.push(each);
  }
  return { node, called: field(node, 'function')?.text.replace(/\s/g, '') ?? '', args, named };
}

/** The elements of a list or a tuple. */
export function elementsOf(node: Node | null | undefined): Node[] {
  return node && ['list', 'tuple', 'set'].includes(node.type) ? childrenOf(node) : [];
}
