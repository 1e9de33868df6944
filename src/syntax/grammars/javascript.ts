import { childrenOf, type Definition, each, grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

const VARIABLE: Definition = { kind: 'variable', names: declared };

const definitions: Record<string, Definition> = {
  ...each(['function_declaration', 'generator_function_declaration'], { kind: 'function' }),
  class_declaration: { kind: 'class', members: true },
  method_definition: { kind: 'method' },
  field_definition: { kind: 'field', names: (node) => several([node.childForFieldName('property')?.text]) },
  ...each(['lexical_declaration', 'variable_declaration'], VARIABLE),
  expression_statement: { kind: 'function', names: assigned },
  // `export default`, of something without a name.
  ...each(['function_expression', 'arrow_function', 'generator_function'], { kind: 'function', names: defaultExport }),
  class: { kind: 'class', names: defaultExport, members: true },
};

const WRAPS = ['export_statement'];
const THROUGH = ['class_body'];
/** In class bodies decorators may stand beside the method they belong to. */
const LEADING = ['decorator'];

export const javascript = grammar({ definitions, wraps: WRAPS, through: THROUGH, leading: LEADING, isImport });

export const typescript = grammar({
  definitions: {
    ...definitions,
    abstract_class_declaration: { kind: 'class', members: true },
    function_signature: { kind: 'function' },
    ...each(['method_signature', 'abstract_method_signature'], { kind: 'method', names: nameIn('class_body') }),
    public_field_definition: { kind: 'field' },
    interface_declaration: { kind: 'interface' },
    type_alias_declaration: { kind: 'type' },
    enum_declaration: { kind: 'enum' },
    ...each(['internal_module', 'module'], { kind: 'namespace', names: dotted, members: true, namespace: true }),
  },
  wraps: [...WRAPS, 'ambient_declaration', 'expression_statement'],
  through: [...THROUGH, 'statement_block'],
  leading: LEADING,
  isImport,
});

/** Imports, `export { a }`, `export * from`, and what is only `require`d. */
function isImport(node: Node): boolean {
  if (node.type === 'import_statement') return true;
  if (node.type === 'export_statement') {
    return childrenOf(node, 'export_clause').length > 0 || node.childForFieldName('source') !== null;
  }
  if (node.type !== 'lexical_declaration' && node.type !== 'variable_declaration') return false;
  const declarators = childrenOf(node, 'variable_declarator');
  return declarators.length > 0 && declarators.every((each) => isRequire(each.childForFieldName('value')));
}

/** `require('a')`, `require('a').b`. */
function isRequire(value: Node | null): boolean {
  if (value?.type === 'member_expression') return isRequire(value.childForFieldName('object'));
  return value?.type === 'call_expression' && value.childForFieldName('function')?.text === 'require';
}

function declared(node: Node): string[][] | null {
  const names = childrenOf(node, 'variable_declarator').map((each) => each.childForFieldName('name'));
  return several(names.map((name) => (name?.type === 'identifier' ? name.text : undefined)));
}

/** `exports.a = function …`, `module.exports.a = …`, `A.prototype.b = …`, `A.b = …`: functions only. */
function assigned(node: Node): string[][] | null {
  const assignment = node.namedChild(0);
  if (assignment?.type !== 'assignment_expression') return null;
  const left = assignment.childForFieldName('left');
  const right = assignment.childForFieldName('right');
  if (left?.type !== 'member_expression' || !/^(?:function|generator|arrow|class)/.test(right?.type ?? '')) return null;
  const path = left.text.replace(/^(?:module\.)?exports\./, '').replace('.prototype.', '.');
  return /^[\w$.]+$/.test(path) && path !== 'module.exports' ? [path.split('.')] : null;
}

function defaultExport(node: Node): string[][] | null {
  return node.parent?.type === 'export_statement' ? [['default']] : null;
}

function dotted(node: Node): string[][] | null {
  const name = node.childForFieldName('name');
  return name ? [name.type === 'string' ? [name.text.slice(1, -1)] : name.text.split('.')] : null;
}

/** Of an interface the signatures are its own text; of a class they are members. */
function nameIn(parent: string): NonNullable<Definition['names']> {
  return (node) => (node.parent?.type === parent ? several([node.childForFieldName('name')?.text]) : null);
}
