import type { Checker } from '../checker.ts';
import { notChecked } from '../finding.ts';
import { candidatesFor } from '../types/find.ts';
import { sidesOf } from '../types/names.ts';
import { outcomeOf } from '../types/outcome.ts';
import { readShapes } from '../types/read-shapes.ts';
import { reportType } from '../types/report.ts';
import type { Found, Modules, Shape } from '../types/shape.ts';
import { declaredIn, filesFor } from './files.ts';
import { locate, withBases } from './inherit.ts';

/** Compares the classes and aliases of `types.py` with those of the same names in the code, field by field. */
export const checkPython: Checker = async (contract, tree, options) => {
  if (declaredIn(contract.text).length === 0) return notChecked(contract, 'python', 'it declares no class');
  const files = await filesFor(contract, tree);
  const read = await (options.readShapes ?? readShapes)([contract, ...files]);
  if ('failed' in read) return notChecked(contract, 'python', read.failed);
  const { modules } = read;
  const own = modules.get(contract.path);
  if (!own) return notChecked(contract, 'python', 'it is too large to be parsed');
  const wanted = own.shapes.filter(({ nested }) => !nested);
  const code = files.flatMap(({ path }) => shapesOf(modules, path));
  const pairs = wanted.map((shape) => ({ shape, candidates: candidatesFor(shape.name, code, options.isOwn) }));
  const compared = pairs.filter(({ candidates }) => candidates.length > 0);
  return outcomeOf({
    contract,
    kind: 'python',
    complete: options.complete,
    compared: compared.map(({ shape }) => shape.name),
    missing: pairs.filter(({ candidates }) => candidates.length === 0).map(({ shape }) => shape),
    findings: compared.flatMap(({ shape, candidates }) =>
      reportType({ file: contract.path, shape: withBases(modules, contract.path, shape) }, candidates, (file) => ({
        byName: true,
        sides: sidesOf(finder(modules, contract.path), finder(modules, file)),
      })),
    ),
  });
};

function shapesOf(modules: Modules, file: string): Found[] {
  return (modules.get(file)?.shapes ?? []).map((shape) => ({ file, shape: withBases(modules, file, shape) }));
}

/** How a file finds what it names. */
function finder(modules: Modules, file: string): (name: string) => Shape | null {
  return (name) => {
    const found = locate(modules, file, name);
    return found && withBases(modules, found.file, found.shape);
  };
}
