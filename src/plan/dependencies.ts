import type { Findings } from './findings.ts';
import type { JsonFields } from './json-fields.ts';
import type { JsonNode } from './json-text.ts';
import type { DependencyStep } from './plan.ts';
import { unsafePackage } from './safety.ts';
import { show } from './text.ts';

const ECOSYSTEMS = ['python', 'node'] as const;

/** In the order they are performed: what is removed cannot be upgraded, what is upgraded may be needed by what is added. */
const ACTIONS = ['remove', 'upgrade', 'add', 'add_dev'] as const;

/** `dependencies.python` and `dependencies.node` as steps in the order they are performed; empty ones are left out. */
export function readDependencies(root: JsonNode, fields: JsonFields, found: Findings): DependencyStep[] {
  const all = fields.object(root, 'dependencies');
  if (all?.kind !== 'object') return [];
  unknownKeys(all, ECOSYSTEMS, fields, found);
  return ECOSYSTEMS.flatMap((ecosystem) => {
    const lists = fields.object(all, ecosystem);
    if (lists?.kind !== 'object') return [];
    unknownKeys(lists, ACTIONS, fields, found);
    return ACTIONS.flatMap((action) => {
      const packages = (fields.strings(lists, action) ?? []).filter(({ value, line, column }) => {
        const reason = unsafePackage(value);
        if (reason) {
          found.error(
            'unsafe-package',
            { file: 'manifest.json', line, column },
            `the package ${show(value)} ${reason}`,
          );
        }
        return reason === null;
      });
      return packages.length > 0 ? [{ ecosystem, action, packages: packages.map(({ value }) => value) }] : [];
    });
  });
}

function unknownKeys(
  node: Extract<JsonNode, { kind: 'object' }>,
  known: readonly string[],
  fields: JsonFields,
  found: Findings,
): void {
  for (const { key, value } of node.entries) {
    if (known.includes(key)) continue;
    found.warning('unknown-dependency-key', fields.at(value), `${show(key)} in "dependencies" is not used`, {
      hint: `known: ${known.join(', ')}`,
    });
  }
}
