import type { Node } from './parse.ts';

/** What makes a node of a syntax tree a definition. */
export interface Definition {
  kind: string;
  /** Its names, outermost first where one has several parts; null: it defines nothing that has a name. Default: the field `name`. */
  names?: (node: Node) => string[][] | null;
  /** Other definitions may stand in it, and are no part of its own text. */
  members?: true;
  /** A namespace: who names a definition in it may leave it out. */
  namespace?: true;
  /** Only holds members of something that is defined elsewhere, as `impl` does. */
  open?: true;
}

/** How definitions look in one language, in the node types of its grammar. */
export interface Grammar {
  definitions: Record<string, Definition>;
  /** Stand around one or several definitions: `export`, a decorator. Their text belongs to each of these. */
  wraps: ReadonlySet<string>;
  /** Stand between a container and definitions in it: blocks, conditions. Their text belongs to the container. */
  through: ReadonlySet<string>;
  /** Belong to the definition that follows. */
  leading: ReadonlySet<string>;
  /** Belong to what they follow. */
  trailing: ReadonlySet<string>;
  /** Imports, and lists of what is exported. */
  isImport: (node: Node) => boolean;
}

interface Table {
  definitions: Record<string, Definition>;
  wraps?: string[];
  through?: string[];
  leading?: string[];
  trailing?: string[];
  imports?: string[];
  isImport?: (node: Node) => boolean;
}

/** A grammar from lists; `imports` are node types that are imports as such. */
export function grammar({ definitions, wraps, through, leading, trailing, imports, isImport }: Table): Grammar {
  const types = new Set(imports);
  return {
    definitions,
    wraps: new Set(wraps),
    through: new Set(through),
    leading: new Set(leading),
    trailing: new Set(trailing),
    isImport: (node) => types.has(node.type) || (isImport?.(node) ?? false),
  };
}

/** The same definition for several node types. */
export function each(types: readonly string[], definition: Definition): Record<string, Definition> {
  return Object.fromEntries(types.map((type) => [type, definition]));
}

/** The text of a field, as the only name; null when it is not there. */
export function field(name: string): NonNullable<Definition['names']> {
  return (node) => {
    const text = node.childForFieldName(name)?.text;
    return text ? [[text]] : null;
  };
}

/** Direct children of a type, wherever they stand. */
export function childrenOf(node: Node, type: string): Node[] {
  return node.namedChildren.filter((child) => child.type === type);
}

/** Every name on its own: `a, b = 1, 2`. */
export function several(names: readonly (string | undefined)[]): string[][] | null {
  const found = names.filter((name) => name !== undefined && name !== '').map((name) => [name!]);
  return found.length > 0 ? found : null;
}
