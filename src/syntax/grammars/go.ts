import { childrenOf, type Definition, each, grammar, several } from '../grammar.ts';
import type { Node } from '../parse.ts';

const SPEC: Definition = {
  kind: 'variable',
  names: (node) => several(node.childrenForFieldName('name').map((name) => (name?.isNamed ? name.text : undefined))),
};

export const go = grammar({
  definitions: {
    function_declaration: { kind: 'function' },
    method_declaration: { kind: 'method', names: method },
    ...each(['type_spec', 'type_alias'], { kind: 'type' }),
    ...each(['const_spec', 'var_spec'], SPEC),
  },
  wraps: ['type_declaration', 'const_declaration', 'var_declaration', 'var_spec_list'],
  imports: ['import_declaration'],
});

/** `func (s *S[T]) Do()` → S.Do. */
function method(node: Node): string[][] | null {
  const name = node.childForFieldName('name')?.text;
  const [parameter] = childrenOf(node.childForFieldName('receiver') ?? node, 'parameter_declaration');
  let type = parameter?.childForFieldName('type') ?? null;
  while (type && type.type !== 'type_identifier') type = type.childForFieldName('type') ?? type.namedChild(0);
  return name ? [type ? [type.text, name] : [name]] : null;
}
