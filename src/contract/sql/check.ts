import type { Checker, CheckOptions } from '../checker.ts';
import { type Contract, notChecked } from '../finding.ts';
import { pythonFiles } from '../python/files.ts';
import { pythonNames, pythonShapes } from '../python/inherit.ts';
import type { SourceTree } from '../tree.ts';
import { implementations } from '../types/aside.ts';
import { sidesOf } from '../types/names.ts';
import { outcomeOfPairs } from '../types/outcome.ts';
import { readShapes } from '../types/read-shapes.ts';
import { readSources } from '../types/read-sources.ts';
import { reportType } from '../types/report.ts';
import type { Found, Modules, Shape } from '../types/shape.ts';
import { readSql, type Tables } from './read.ts';
import { classesOf, isTableOf } from './table-names.ts';

const KIND = 'sql';

/** Compares tables with those that the migrations of the project make, or with its Django and SQLAlchemy models. */
export const checkSql: Checker = async (contract, tree, options) => {
  const tables = readSql(contract.text);
  if (tables.size === 0) return notChecked(contract, KIND, 'it creates no table');
  const made = await migrated(contract, [...tables.keys()], tree);
  const rest = [...tables.values()].filter(({ name, kind }) => kind === 'record' && !made.has(name));
  const models = await modelsOf(contract, { tables: rest, tree, options });
  if ('failed' in models) return notChecked(contract, KIND, models.failed);
  const pairs = [...tables.values()]
    // An enum is one of a database; in code its columns are compared.
    .filter(({ name, kind }) => kind === 'record' || made.has(name))
    .map((shape) => ({ shape, candidates: made.has(shape.name) ? [made.get(shape.name)!] : models.of(shape.name) }));
  return outcomeOfPairs({ contract, kind: KIND, complete: options.complete }, pairs, ({ shape, candidates }) =>
    reportType({ file: contract.path, shape }, candidates, (file) => ({
      byName: false,
      sides: sidesOf(
        (name) => tables.get(name.toLowerCase()) ?? null,
        file.endsWith('.py')
          ? pythonNames(models.modules, file)
          : (name) => made.get(name.toLowerCase())?.shape ?? null,
      ),
    })),
  );
};

/** What the SQL files of the project make, one after the other by their names; what takes it back again is left out. */
async function migrated({ path }: Contract, names: readonly string[], tree: SourceTree): Promise<Map<string, Found>> {
  const holding = await tree.holding(
    names.flatMap((name) => [name, name.toUpperCase()]),
    ['sql'],
  );
  // Migrations are generated code to everybody else.
  const paths = implementations(
    tree,
    holding.map((each) => each.replaceAll('migrations/', 'migrations-/')),
    path,
  )
    .map((each) => each.replaceAll('migrations-/', 'migrations/'))
    .filter((each) => !/(?:^|[./_-])down(?:[./_-]|$)|rollback|revert/i.test(each));
  const found = new Map<string, Found>();
  const tables: Tables = new Map();
  for (const source of await readSources(tree, paths.toSorted())) {
    readSql(source.text, tables, source.path);
    for (const [name, shape] of tables) if (!found.has(name)) found.set(name, { file: source.path, shape });
  }
  return new Map([...tables].map(([name, shape]) => [name, { file: found.get(name)!.file, shape }]));
}

interface ModelOptions {
  tables: readonly Shape[];
  tree: SourceTree;
  options: CheckOptions;
}

interface Models {
  modules: Modules;
  of(table: string): Found[];
}

async function modelsOf(
  { path }: Contract,
  { tables, tree, options }: ModelOptions,
): Promise<Models | { failed: string }> {
  if (tables.length === 0) return { modules: new Map(), of: () => [] };
  const words = tables.flatMap(({ name }) => [...classesOf(name), `"${name}"`, `'${name}'`]);
  const files = await pythonFiles(
    { words, contract: path, isDeclaring: (text) => words.some((word) => text.includes(word)) },
    tree,
  );
  const read = await (options.readShapes ?? readShapes)(files);
  if ('failed' in read) return read;
  const { modules } = read;
  const shapes = files.flatMap((file) => pythonShapes(modules, file.path)).filter(({ shape }) => shape.table);
  return {
    modules,
    of(table) {
      const found = shapes.filter(({ shape }) => isTableOf(table, shape));
      const own = found.filter(({ file }) => options.isOwn?.(file));
      return own.length > 0 ? own : found;
    },
  };
}
