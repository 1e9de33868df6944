import { childrenOf, each, grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

export const cSharp = grammar({
  definitions: {
    namespace_declaration: { kind: 'namespace', names: qualified, members: true, namespace: true },
    ...each(['class_declaration', 'struct_declaration', 'interface_declaration', 'record_declaration'], {
      kind: 'class',
      members: true,
    }),
    enum_declaration: { kind: 'enum' },
    delegate_declaration: { kind: 'delegate' },
    ...each(['method_declaration', 'constructor_declaration', 'property_declaration', 'event_declaration'], {
      kind: 'method',
    }),
    ...each(['field_declaration', 'event_field_declaration'], { kind: 'field', names: fields }),
    destructor_declaration: {
      kind: 'method',
      names: (node) => several([`~${node.childForFieldName('name')?.text ?? ''}`]),
    },
    indexer_declaration: { kind: 'method', names: () => [['this[]']] },
    ...each(['operator_declaration', 'conversion_operator_declaration'], {
      kind: 'method',
      names: () => [['operator']],
    }),
  },
  through: ['declaration_list', 'preproc_if', 'preproc_else', 'preproc_elif'],
  imports: ['using_directive', 'extern_alias_directive'],
});

function qualified(node: Node): string[][] | null {
  const name = node.childForFieldName('name')?.text;
  return name ? [name.split('.')] : null;
}

function fields(node: Node): string[][] | null {
  const declarations = childrenOf(node, 'variable_declaration');
  const declarators = declarations.flatMap((each) => childrenOf(each, 'variable_declarator'));
  return several(declarators.map((each) => each.childForFieldName('name')?.text));
}
