import { grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

const IMPORTS = new Set(['require', 'require_relative', 'load', 'autoload']);

export const ruby = grammar({
  definitions: {
    class: { kind: 'class', names: constantPath, members: true },
    module: { kind: 'module', names: constantPath, members: true, namespace: true },
    method: { kind: 'method', names: (node) => several([nameOf(node)]) },
    singleton_method: { kind: 'method', names: singleton },
    assignment: { kind: 'variable', names: constants },
  },
  // `private def a`, `memoize def a`.
  wraps: ['call', 'argument_list'],
  through: [
    'body_statement',
    'singleton_class',
    'if',
    'unless',
    'elsif',
    'if_modifier',
    'unless_modifier',
    'then',
    'else',
    'begin',
    'rescue',
    'ensure',
  ],
  trailing: ['heredoc_body'],
  isImport: (node) => node.type === 'call' && IMPORTS.has(node.childForFieldName('method')?.text ?? ''),
});

function nameOf(node: Node): string | undefined {
  return node.childForFieldName('name')?.text;
}

function constantPath(node: Node): string[][] | null {
  const name = nameOf(node);
  return name ? [parts(name)] : null;
}

/** `def self.a` is a member of the class it stands in, `def Other.a` is not. */
function singleton(node: Node): string[][] | null {
  const name = nameOf(node);
  const object = node.childForFieldName('object');
  if (!name) return null;
  return [object?.type === 'constant' ? [object.text, name] : [name]];
}

/** `A = 1`, `A::B = 1`, `A, B = 1, 2`. */
function constants(node: Node): string[][] | null {
  const left = node.childForFieldName('left');
  const all = left?.type === 'left_assignment_list' ? left.namedChildren : [left];
  const names = all.flatMap((each) =>
    each && (each.type === 'constant' || each.type === 'scope_resolution') ? [parts(each.text)] : [],
  );
  return names.length > 0 ? names : null;
}

function parts(name: string): string[] {
  return name.split('::').filter((part) => part !== '');
}
