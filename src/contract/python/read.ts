import type { Node } from '../../syntax/parse.ts';
import type { Module, Shape, Type } from '../types/shape.ts';
import { readAnnotation } from './annotation.ts';
import { readClass } from './class.ts';
import { constantOf } from './constants.ts';
import { assignmentOf, callOf, childrenOf, lineOf } from './syntax.ts';

export function readPython(root: Node): Module {
  const statements = statementsOf(root);
  const constants = new Map(statements.flatMap(constantOf));
  const shapes = statements.flatMap((statement) => [...readClass(statement, constants), ...aliasOf(statement)]);
  return { shapes, imports: statements.flatMap(importsOf), hasErrors: root.hasError };
}

/** Also what stands under `if TYPE_CHECKING:` and `try:`. */
function statementsOf(node: Node): Node[] {
  return childrenOf(node).flatMap((each) => {
    if (['if_statement', 'try_statement', 'else_clause', 'except_clause', 'block'].includes(each.type)) {
      return statementsOf(each);
    }
    return [each];
  });
}

/** `UserId = NewType("UserId", int)`, `Status = Literal["a", "b"]`, `type Status = …`, `Status: TypeAlias = …`. */
function aliasOf(statement: Node): Shape[] {
  if (statement.type === 'type_alias_statement') {
    const name = statement.childForFieldName('left')?.text;
    const right = statement.childForFieldName('right');
    return name && right ? [alias(name, statement, right.text)] : [];
  }
  const assignment = assignmentOf(statement);
  const name = assignment?.childForFieldName('left');
  const right = assignment?.childForFieldName('right');
  if (!assignment || !right || name?.type !== 'identifier') return [];
  const call = callOf(right);
  if (call?.name === 'NewType') return call.args[1] ? [alias(name.text, statement, call.args[1].text)] : [];
  const isDeclared = /TypeAlias$/.test(assignment.childForFieldName('type')?.text ?? '');
  const looksLike =
    /^[A-Z]\w*[a-z]/.test(name.text) && ['identifier', 'subscript', 'binary_operator'].includes(right.type);
  return isDeclared || looksLike ? [alias(name.text, statement, right.text)] : [];
}

function alias(name: string, statement: Node, text: string): Shape {
  const { type, nullable } = readAnnotation(text);
  const whole: Type = nullable ? { kind: 'union', of: [type, { kind: 'primitive', name: 'null' }] } : type;
  const line = lineOf(statement);
  const values = whole.kind === 'values' ? whole.values.map((value) => ({ name: value, value, line })) : [];
  return { name, line, kind: 'alias', bases: [], fields: [], values, alias: whole, open: null };
}

function importsOf(statement: Node): Module['imports'] {
  if (statement.type !== 'import_from_statement') return [];
  const from = statement.childForFieldName('module_name');
  return childrenOf(statement)
    .filter((each) => !from || each.id !== from.id)
    .flatMap((each) => {
      if (each.type === 'wildcard_import') return [{ name: '*', as: '*', from: from?.text ?? '' }];
      if (each.type === 'dotted_name') return [{ name: each.text, as: each.text, from: from?.text ?? '' }];
      const name = each.childForFieldName('name')?.text;
      const as = each.childForFieldName('alias')?.text;
      return name && as ? [{ name, as, from: from?.text ?? '' }] : [];
    });
}
