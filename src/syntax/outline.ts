import { createHash } from 'node:crypto';
import type { Definition, Grammar } from './grammar.ts';
import { GRAMMARS } from './grammars.ts';
import type { Language } from './languages.ts';
import type { Node, Tree } from './parse.ts';
import { isComment, writeText } from './text.ts';

/** A definition in a file. */
export interface DefinedSymbol {
  /** `Class.method`. */
  path: string;
  /** How many of its first names are namespaces, which may be left out. */
  namespaces: number;
  kind: string;
  /** 1-based. */
  line: number;
  /** Of its own text, without that of its members; space and comments aside. */
  hash: string;
  /** It only holds members of something that is defined elsewhere, and does hold some. */
  open: boolean;
}

/** A statement that is no definition. */
export interface Piece {
  line: number;
  hash: string;
}

/** What a file consists of. */
export interface Outline {
  /** In the order of the text; a path that is defined twice stands there twice. */
  symbols: DefinedSymbol[];
  /** Imports and lists of exports. */
  imports: Piece[];
  /** The rest of its top level. */
  rest: Piece[];
  /** The line of the first place that does not parse; null when all does. */
  error: number | null;
}

/** Containers inside containers that are looked into; what lies deeper is text. */
const MAX_DEPTH = 100;

/** Where definitions are looked for: what names those that are found begin with. */
interface Place {
  names: readonly string[];
  namespaces: number;
  depth: number;
}

/** A node with what stands beside it and belongs to it. */
interface Group {
  node: Node;
  beside: Node[];
}

/** The definitions, imports and other statements of a file. */
export function outlineOf(tree: Tree, text: string, language: Language): Outline {
  const root = tree.rootNode;
  const outline: Outline = { symbols: [], imports: [], rest: [], error: root.hasError ? firstError(root) : null };
  const reader = readerOf(GRAMMARS[language], text, outline);
  const top: Place = { names: [], namespaces: 0, depth: 0 };
  for (const group of reader.groups(root.children)) {
    const out: string[] = [];
    reader.read(group, top, out);
    // Brackets that hold nothing but definitions say nothing.
    if (out.some((part) => !/^(?:\(\w*|\))$/.test(part))) {
      outline.rest.push({ line: lineOf(group.node), hash: hashOf(out) });
    }
  }
  return outline;
}

function readerOf(language: Grammar, text: string, outline: Outline) {
  /** Each node, with what stands before or behind it and belongs to it. */
  function groups(nodes: readonly (Node | null)[]): Group[] {
    const all: Group[] = [];
    let beside: Node[] = [];
    for (const node of nodes) {
      // Between members `;` and `,` say nothing.
      if (!node || isComment(node.type) || node.type === ';' || node.type === ',') continue;
      const previous = all.at(-1);
      if (language.trailing.has(node.type) && previous) previous.beside.push(node);
      else if (language.leading.has(node.type)) beside.push(node);
      else {
        all.push({ node, beside });
        beside = [];
      }
    }
    const [node, ...others] = beside;
    return node ? [...all, { node, beside: others }] : all;
  }

  /** Reads a node: what it defines goes to the outline, all other text is written to `out`. */
  function read({ node, beside }: Group, place: Place, out: string[]): void {
    if (place.depth < MAX_DEPTH) {
      if (language.isImport(node)) {
        outline.imports.push({ line: lineOf(node), hash: hashOf(write([...beside, node], [])) });
        return;
      }
      const found = definitionsIn(node);
      if (found.length > 0) {
        const around = write([...beside, ...aroundOf(node, found)], []);
        for (const each of found) define(each, around, place);
        return;
      }
      if (language.through.has(node.type)) {
        write(beside, out);
        out.push(`(${node.type}`);
        for (const inner of groups(node.children)) read(inner, { ...place, depth: place.depth + 1 }, out);
        out.push(')');
        return;
      }
    }
    write([...beside, node], out);
  }

  /** The definitions that a node is, or is wrapped around. */
  function definitionsIn(node: Node, depth = 0): Node[] {
    if (namesOf(node) !== null) return [node];
    if (!language.wraps.has(node.type) || depth > 5) return [];
    return node.namedChildren.flatMap((child) => (child ? definitionsIn(child, depth + 1) : []));
  }

  function define(node: Node, around: readonly string[], place: Place): void {
    const definition = definitionOf(node)!;
    const out = [...around, `(${node.type}`];
    const [first] = namesOf(node)!;
    const before = outline.symbols.length;
    if (definition.members) {
      const inside = { ...within(place, first!, definition), depth: place.depth + 1 };
      for (const group of groups(node.children)) read(group, inside, out);
    } else write([node], out);
    const hash = hashOf(out);
    const hasMembers = outline.symbols.length > before;
    const symbols = namesOf(node)!.map((names) => {
      const { names: full, namespaces } = within(place, names, definition);
      const open = definition.open === true && hasMembers;
      return { path: full.join('.'), namespaces, kind: definition.kind, line: lineOf(node), hash, open };
    });
    outline.symbols.splice(before, 0, ...symbols);
  }

  function definitionOf({ type }: Node): Definition | undefined {
    return Object.hasOwn(language.definitions, type) ? language.definitions[type] : undefined;
  }

  function namesOf(node: Node): string[][] | null {
    const definition = definitionOf(node);
    if (!definition) return null;
    if (definition.names) return definition.names(node);
    const name = node.childForFieldName('name')?.text;
    return name ? [[name]] : null;
  }

  function write(nodes: readonly Node[], out: string[]): string[] {
    for (const node of nodes) writeText(node, text, out);
    return out;
  }

  return { groups, read };
}

function within(place: Place, names: readonly string[], { namespace }: Definition): Omit<Place, 'depth'> {
  const all = [...place.names, ...names];
  const isOuter = namespace === true && place.namespaces === place.names.length;
  return { names: all, namespaces: isOuter ? all.length : place.namespaces };
}

/** What a wrapper has besides the definitions in it; the brackets and commas of a list say nothing of its members. */
function aroundOf(wrapper: Node, inside: readonly Node[]): Node[] {
  if (inside.some(({ id }) => id === wrapper.id)) return [];
  const all = wrapper.children.flatMap((child) => {
    if (!child) return [];
    const holds = inside.some((each) => each.startIndex >= child.startIndex && each.endIndex <= child.endIndex);
    return holds ? aroundOf(child, inside) : [child];
  });
  return all.filter(({ type }) => !['(', ')', ',', ';', '\n'].includes(type) && !isComment(type));
}

function firstError(root: Node): number {
  let node = root;
  while (!node.isError && !node.isMissing) {
    const next = node.children.find((child) => child !== null && (child.hasError || child.isMissing));
    if (!next) break;
    node = next;
  }
  return lineOf(node);
}

function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha1').update(parts.join('')).digest('base64url');
}
