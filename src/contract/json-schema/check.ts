import type { Checker } from '../checker.ts';
import { notChecked } from '../finding.ts';
import { readDocument } from '../openapi/document.ts';
import { declaring, pythonFiles } from '../python/files.ts';
import { pythonNames, pythonShapes } from '../python/inherit.ts';
import { candidatesFor } from '../types/find.ts';
import { sidesOf } from '../types/names.ts';
import { outcomeOfPairs } from '../types/outcome.ts';
import { readShapes } from '../types/read-shapes.ts';
import { reportType } from '../types/report.ts';
import type { Type } from '../types/shape.ts';
import { typescriptFiles } from '../typescript/files.ts';
import { typescriptNames } from '../typescript/inherit.ts';
import { typesOf } from '../typescript/match.ts';
import { faultsOf } from './faults.ts';
import { type Described, readSchema } from './read.ts';

const KIND = 'json-schema';

/** Compares the types that a JSON Schema describes with those of the same names in Python and TypeScript. */
export const checkJsonSchema: Checker = async (contract, tree, options) => {
  const read = readDocument(contract);
  if (!read.ok) return notChecked(contract, KIND, `it cannot be read: line ${read.line}: ${read.message}`);
  const faults = faultsOf(read.document);
  if (faults.length > 0) return notChecked(contract, KIND, `it is no valid JSON Schema: ${faults[0]!.message}`, faults);
  const described = readSchema(read.document);
  if (described.length === 0) return notChecked(contract, KIND, 'it describes no type');
  const names = described.flatMap((each) => each.names);
  const python = await pythonFiles(declaring(names, contract.path), tree);
  const typescript = await typescriptFiles(names, contract.path, tree);
  const parsed = await (options.readShapes ?? readShapes)([...python, ...typescript.all]);
  if ('failed' in parsed) return notChecked(contract, KIND, parsed.failed);
  const { modules } = parsed;
  const code = [
    ...python.flatMap(({ path }) => pythonShapes(modules, path)),
    ...typescript.declaring.flatMap(({ path }) => typesOf(modules, path)),
  ];
  const pairs = described.map((each) => ({
    ...each,
    candidates:
      each.names.map((name) => candidatesFor(name, code, options.isOwn)).find(({ length }) => length > 0) ?? [],
  }));
  const own = ownNames(described);
  return outcomeOfPairs({ contract, kind: KIND, complete: options.complete }, pairs, ({ shape, candidates }) =>
    reportType({ file: contract.path, shape }, candidates, (file) => {
      const isPython = file.endsWith('.py');
      const names = isPython ? pythonNames(modules, file) : typescriptNames(modules, file);
      return {
        byName: false,
        anySpelling: true,
        sides: sidesOf(own, names),
        ...(!isPython && { translate: asTypescript }),
      };
    }),
  );
};

function ownNames(described: readonly Described[]) {
  return (name: string) => described.find((each) => each.names.includes(name))?.shape ?? null;
}

/** There are no integers in TypeScript, and no decimals. */
function asTypescript(type: Type): Type {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'integer' || type.name === 'decimal' ? { kind: 'primitive', name: 'number' } : type;
    case 'many':
    case 'union':
    case 'either':
      return { ...type, of: type.of.map(asTypescript) };
    default:
      return type;
  }
}
