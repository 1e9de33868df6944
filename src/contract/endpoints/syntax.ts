import type { Node } from '../../syntax/parse.ts';

export function childrenOf(node: Node | null | undefined): Node[] {
  return (node?.namedChildren ?? []).filter((each) => each !== null && each.type !== 'comment') as Node[];
}

export function field(node: Node | null | undefined, name: string): Node | null {
  return node?.childForFieldName(name) ?? null;
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

/** All nodes of these types below one, in the order of the text. */
export function allOf(node: Node, ...types: string[]): Node[] {
  return node.descendantsOfType(types).filter((each) => each !== null) as Node[];
}
