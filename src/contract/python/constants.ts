import type { Node } from '../../syntax/parse.ts';
import { assignmentOf, childrenOf, literalOf } from './syntax.ts';

/** Lists by name, for `choices=ROLES`: the values, as JSON writes them. */
export type Constants = ReadonlyMap<string, string[]>;

/** A class as its body is read. */
export interface ClassContext {
  bases: string[];
  /** `TypedDict(total=False)`. */
  total: boolean;
  constants: Constants;
}

/** `ROLES = [("admin", "Admin"), …]` and `ROLES = ("admin", "user")`, in a module or a class. */
export function constantOf(statement: Node): [string, string[]][] {
  const assignment = assignmentOf(statement);
  const name = assignment?.childForFieldName('left');
  const values = choicesOf(assignment?.childForFieldName('right') ?? null);
  return name?.type === 'identifier' && values ? [[name.text, values]] : [];
}

/** The values of a written list of choices; null for anything else. */
export function choicesOf(node: Node | null): string[] | null {
  if (!node || !['list', 'tuple', 'set'].includes(node.type)) return null;
  const values = childrenOf(node)
    .filter(({ type }) => type !== 'comment')
    .map((each) => literalOf(each.type === 'tuple' || each.type === 'list' ? each.namedChild(0) : each));
  return values.length > 0 && values.every((each) => each !== null) ? values : null;
}
