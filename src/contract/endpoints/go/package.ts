import { posix } from 'node:path';
import type { Node, Tree } from '../../../syntax/parse.ts';
import { allOf, childrenOf, field } from '../syntax.ts';

/** A folder of Go files, which know each other by name. */
export interface Package {
  folder: string;
  files: GoFile[];
  /** Constants and variables that are texts. */
  texts: Map<string, string>;
}

export interface GoFile {
  file: string;
  root: Node;
  /** By the name it goes by in this file: the folder of a package of this project, or its import path. */
  imports: Map<string, string>;
}

export interface Project {
  packages: Map<string, Package>;
  /** Functions and methods by name, of all packages; `id` is `folder#name` or `folder#Type.name`. */
  functions: Map<string, { id: string; folder: string; isMethod: boolean }[]>;
}

export function readProject(trees: ReadonlyMap<string, Tree>): Project {
  const project: Project = { packages: new Map(), functions: new Map() };
  const folders = new Set([...trees.keys()].map((file) => posix.dirname(file)));
  for (const [file, { rootNode: root }] of trees) {
    const folder = posix.dirname(file);
    const at: Package = project.packages.get(folder) ?? { folder, files: [], texts: new Map() };
    project.packages.set(folder, at);
    at.files.push({ file, root, imports: importsOf(root, folders) });
    for (const node of allOf(root, 'const_spec', 'var_spec')) {
      const text = textOf(childrenOf(field(node, 'value'))[0], at.texts);
      if (text !== null) at.texts.set(field(node, 'name')?.text ?? '', text);
    }
    for (const node of allOf(root, 'function_declaration', 'method_declaration')) {
      const name = field(node, 'name')?.text ?? '';
      const isMethod = node.type === 'method_declaration';
      project.functions.set(name, [
        ...(project.functions.get(name) ?? []),
        { id: functionId(node, folder), folder, isMethod },
      ]);
    }
  }
  return project;
}

export function functionId(node: Node, folder: string): string {
  const name = field(node, 'name')?.text ?? '';
  const receiver = /(\w+)(?:\[.*\])?\)$/.exec(field(node, 'receiver')?.text ?? '')?.[1];
  return receiver ? `${folder}#${receiver}.${name}` : `${folder}#${name}`;
}

/** The folder whose path the import path ends with, the longest one. */
function importsOf(root: Node, folders: ReadonlySet<string>): Map<string, string> {
  const imports = new Map<string, string>();
  for (const node of allOf(root, 'import_spec')) {
    const path = textOf(field(node, 'path'), new Map()) ?? '';
    const own = [...folders].filter((folder) => path === folder || path.endsWith(`/${folder}`));
    const folder = own.sort((a, b) => b.length - a.length)[0];
    const last =
      path
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1) ?? '';
    imports.set(field(node, 'name')?.text ?? last, folder ?? path);
  }
  return imports;
}

/** What an expression says, where that is plain from its package; null otherwise. */
export function textOf(node: Node | null | undefined, texts: ReadonlyMap<string, string>): string | null {
  if (!node) return null;
  if (node.type === 'interpreted_string_literal' || node.type === 'raw_string_literal') return node.text.slice(1, -1);
  if (node.type === 'identifier') return texts.get(node.text) ?? null;
  if (node.type !== 'binary_expression') return null;
  const [left, right] = [textOf(field(node, 'left'), texts), textOf(field(node, 'right'), texts)];
  return left === null || right === null ? null : left + right;
}
