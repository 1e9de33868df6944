import type { Node } from '../../syntax/parse.ts';

/** What Python code says by call: `models.CharField("name", max_length=3)`. */
export interface Call {
  /** The last part of what is called: `CharField`. */
  name: string;
  /** Without the names; what is given by name is in `named`. */
  args: Node[];
  named: Map<string, Node>;
}

/** Null: no call. */
export function callOf(node: Node | null): Call | null {
  if (node?.type !== 'call') return null;
  const args: Node[] = [];
  const named = new Map<string, Node>();
  for (const each of childrenOf(node.childForFieldName('arguments'))) {
    const name = each.type === 'keyword_argument' ? each.childForFieldName('name')?.text : undefined;
    const value = each.childForFieldName('value');
    if (name !== undefined && value) named.set(name, value);
    else if (each.type !== 'comment') args.push(each);
  }
  return { name: lastPart(node.childForFieldName('function')?.text ?? ''), args, named };
}

export function childrenOf(node: Node | null): Node[] {
  return (node?.namedChildren ?? []).filter((each) => each !== null);
}

/** `abc.Foo[int]` is `Foo`. */
export function lastPart(name: string): string {
  const plain = name.replace(/\[[\s\S]*$/, '').trim();
  return plain.slice(plain.lastIndexOf('.') + 1);
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

export function isTrue(node: Node | undefined): boolean {
  return node?.type === 'true';
}

/** What a string or a number says, as JSON writes it; null for whatever must be computed. */
export function literalOf(node: Node | null | undefined): string | null {
  if (!node) return null;
  if (node.type === 'string') {
    const parts = childrenOf(node);
    if (parts.some(({ type }) => type === 'interpolation')) return null;
    return JSON.stringify(
      parts
        .filter(({ type }) => type === 'string_content')
        .map(({ text }) => text)
        .join(''),
    );
  }
  if (node.type === 'integer' || node.type === 'float') return node.text.replaceAll('_', '');
  if (node.type === 'unary_operator' && /^-[\d._]+$/.test(node.text)) return node.text.replaceAll('_', '');
  if (node.type === 'true' || node.type === 'false') return node.type;
  return null;
}

/** The text of a string; null for anything else. */
export function stringOf(node: Node | null | undefined): string | null {
  const literal = node?.type === 'string' ? literalOf(node) : null;
  return literal === null ? null : (JSON.parse(literal) as string);
}

/** A name, with dots or without: `User`, `models.User`, and as a string `"app.User"`, of which the last part counts. */
export function nameOf(node: Node | null | undefined): string | null {
  if (!node) return null;
  if (node.type === 'identifier' || node.type === 'attribute') return lastPart(node.text);
  const text = stringOf(node);
  return text === null ? null : lastPart(text);
}

/** `name = …` or `name: type = …` as a statement. */
export function assignmentOf(statement: Node): Node | null {
  const first = statement.type === 'expression_statement' ? statement.namedChild(0) : null;
  return first?.type === 'assignment' ? first : null;
}
