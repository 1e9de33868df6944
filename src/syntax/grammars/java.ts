import { childrenOf, each, grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

export const java = grammar({
  definitions: {
    ...each(
      [
        'class_declaration',
        'interface_declaration',
        'enum_declaration',
        'record_declaration',
        'annotation_type_declaration',
      ],
      { kind: 'class', members: true },
    ),
    ...each(
      [
        'method_declaration',
        'constructor_declaration',
        'compact_constructor_declaration',
        'annotation_type_element_declaration',
      ],
      { kind: 'method' },
    ),
    ...each(['field_declaration', 'constant_declaration'], { kind: 'field', names: fields }),
  },
  through: ['class_body', 'interface_body', 'enum_body', 'enum_body_declarations', 'annotation_type_body'],
  imports: ['import_declaration'],
});

function fields(node: Node): string[][] | null {
  return several(childrenOf(node, 'variable_declarator').map((each) => each.childForFieldName('name')?.text));
}
