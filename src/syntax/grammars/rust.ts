import { each, grammar } from '../grammar.ts';
import type { Node } from '../parse.ts';

export const rust = grammar({
  definitions: {
    ...each(['function_item', 'function_signature_item'], { kind: 'function' }),
    ...each(['struct_item', 'enum_item', 'union_item', 'type_item', 'associated_type'], { kind: 'type' }),
    trait_item: { kind: 'trait', members: true },
    impl_item: { kind: 'impl', names: implemented, members: true, open: true },
    mod_item: { kind: 'module', members: true, namespace: true },
    ...each(['const_item', 'static_item'], { kind: 'variable' }),
    macro_definition: { kind: 'macro' },
  },
  through: ['declaration_list', 'foreign_mod_item'],
  leading: ['attribute_item'],
  imports: ['use_declaration', 'extern_crate_declaration'],
  // `mod other;`: the module is in another file.
  isImport: (node) => node.type === 'mod_item' && node.childForFieldName('body') === null,
});

/** `impl<T> fmt::Display for a::P<T>` → P: who owns a type owns what is implemented for it. */
function implemented(node: Node): string[][] | null {
  let type = node.childForFieldName('type');
  while (type && type.type !== 'type_identifier') {
    const inner = type.childForFieldName(type.type === 'scoped_type_identifier' ? 'name' : 'type');
    if (!inner) break;
    type = inner;
  }
  return type ? [[type.text.replace(/\s+/g, ' ')]] : null;
}
