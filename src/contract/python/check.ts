import type { Checker } from '../checker.ts';
import { notChecked } from '../finding.ts';
import { candidatesFor } from '../types/find.ts';
import { sidesOf } from '../types/names.ts';
import { outcomeOf } from '../types/outcome.ts';
import { readShapes } from '../types/read-shapes.ts';
import { siblingsIn } from '../types/read-sources.ts';
import { reportType } from '../types/report.ts';
import { declaredIn, declaring, pythonFiles } from './files.ts';
import { pythonNames, pythonShapes, withBases } from './inherit.ts';

/** Compares the classes and aliases of `types.py` with those of the same names in the code, field by field. */
export const checkPython: Checker = async (contract, tree, options) => {
  const names = declaredIn(contract.text);
  if (names.length === 0) return notChecked(contract, 'python', 'it declares no type');
  const files = await pythonFiles(declaring(names, contract.path), tree);
  const parsed = await (options.readShapes ?? readShapes)([
    ...siblingsIn(options.siblings, contract, /\.pyi?$/),
    contract,
    ...files,
  ]);
  if ('failed' in parsed) return notChecked(contract, 'python', parsed.failed);
  const { modules } = parsed;
  const own = modules.get(contract.path);
  if (!own) return notChecked(contract, 'python', 'it is too large to be parsed');
  const wanted = own.shapes.filter(({ nested }) => !nested);
  const code = files.flatMap(({ path }) => pythonShapes(modules, path));
  const pairs = wanted.map((shape) => ({ shape, candidates: candidatesFor(shape.name, code, options.isOwn) }));
  const compared = pairs.filter(({ candidates }) => candidates.length > 0);
  const read = [contract.path, ...compared.flatMap(({ candidates }) => candidates.map(({ file }) => file))];
  const unreadable = read.find((path) => modules.get(path)?.hasErrors);
  return outcomeOf({
    contract,
    kind: 'python',
    unknown: unreadable === undefined ? [] : [`${unreadable} holds what is no Python`],
    complete: options.complete,
    compared: compared.map(({ shape }) => shape.name),
    missing: pairs.filter(({ candidates }) => candidates.length === 0).map(({ shape }) => shape),
    findings: compared.flatMap(({ shape, candidates }) =>
      reportType({ file: contract.path, shape: withBases(modules, contract.path, shape) }, candidates, (file) => ({
        byName: true,
        sides: sidesOf(pythonNames(modules, contract.path), pythonNames(modules, file)),
      })),
    ),
  });
};
