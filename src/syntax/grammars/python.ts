import { field, grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

const EXPORTS = new Set(['__all__']);

export const python = grammar({
  definitions: {
    class_definition: { kind: 'class', members: true },
    function_definition: { kind: 'function' },
    type_alias_statement: { kind: 'type', names: field('left') },
    expression_statement: { kind: 'variable', names: assigned },
  },
  wraps: ['decorated_definition'],
  through: [
    'block',
    'if_statement',
    'elif_clause',
    'else_clause',
    'try_statement',
    'except_clause',
    'finally_clause',
    'with_statement',
  ],
  imports: ['import_statement', 'import_from_statement', 'future_import_statement'],
  isImport: (node) => node.type === 'expression_statement' && namesIn(node).some((name) => EXPORTS.has(name)),
});

function assigned(node: Node): string[][] | null {
  return several(namesIn(node));
}

/** `a: int = 1`, `a = b = 2`; not what is taken apart, nor `a.b = 1`. */
function namesIn(statement: Node): string[] {
  const names: string[] = [];
  let node: Node | null = statement.namedChild(0);
  while (node?.type === 'assignment') {
    const left = node.childForFieldName('left');
    if (left?.type === 'identifier') names.push(left.text);
    node = node.childForFieldName('right');
  }
  return names;
}
