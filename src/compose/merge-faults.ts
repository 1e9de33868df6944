import { type Definitions, definedTwice, unitOf } from '../check/merge/definitions.ts';
import type { MergeFault } from '../check/merge/fault.ts';
import { brokenImports, importsNames } from '../check/merge/imports.ts';
import { sameNumbers } from '../check/merge/numbers.ts';
import { routedTwice } from '../check/merge/routes.ts';
import type { Git } from '../git/git.ts';
import { isTreePath, readObjects } from '../git/objects.ts';
import type { CheckFailure, StackCheck } from '../run/check.ts';
import type { Oid, TaskId } from '../run/event.ts';
import { inspectDefinitions } from '../syntax/inspect.ts';
import { type TaskWork, writersOf } from './changed-by-task.ts';

type Works = ReadonlyMap<TaskId, TaskWork>;

/**
 * What is wrong with the merged tree and with no branch alone, although every merge was clean: names and endpoints that two tasks added, imports
 * of what another task took away, migrations of one number. Null when there is none: nobody shall take it for a check that passed.
 * @param paths all files of the merged tree
 */
export async function checkMerge(
  git: Git,
  works: Works,
  { commit, paths }: { commit: Oid; paths: ReadonlySet<string> },
): Promise<StackCheck | null> {
  if (works.size < 2) return null;
  const began = performance.now();
  const faults = [
    ...(await definedByTwo(git, works, commit)),
    ...(await importsOfNothing(git, works, commit)),
    ...sameNumbers(
      paths,
      [...works.values()].map((work) => work.added),
    ),
  ];
  if (faults.length === 0) return null;
  const failures = await Promise.all(faults.map((fault) => failureOf(git, works, { fault, commit })));
  const ms = Math.round(performance.now() - began);
  return { name: 'merge', kind: 'merge', command: 'copse', outcome: 'failed', exit: null, counts: null, failures, ms };
}

async function failureOf(
  git: Git,
  works: Works,
  { fault, commit }: { fault: MergeFault; commit: Oid },
): Promise<CheckFailure> {
  const { because, ...place } = fault;
  const { file, line } = place;
  const writers = await writersOf(git, works, { commit, file, line });
  const others = [...works].filter(([task, { paths }]) => because && paths.has(because) && !writers.includes(task));
  return {
    ...place,
    status: 'new',
    blame: [...writers.map((task) => ({ task, file })), ...others.map(([task]) => ({ task, file: because! }))],
  };
}

/** Only units that several tasks changed are read; all of them by one process. */
async function definedByTwo(git: Git, works: Works, commit: Oid): Promise<MergeFault[]> {
  const shared = [...unitsOf(works).values()].filter(({ heads }) => heads.size > 1);
  if (shared.length === 0) return [];
  const names = shared.flatMap(({ files, heads }) =>
    [commit, ...heads].flatMap((oid) => [...files].map((file) => `${oid}:${file}`)),
  );
  const texts = await textsOf(git, names);
  const definitions = await inspectDefinitions(texts);
  return shared.flatMap(({ files, heads }) => {
    const routes = [...files].flatMap((file) => {
      const sides = [...heads].map((head) => texts.get(`${head}:${file}`) ?? '');
      return routedTwice(file, texts.get(`${commit}:${file}`) ?? '', sides);
    });
    const at = (oid: Oid): Definitions =>
      new Map([...files].map((file) => [file, definitions.get(`${oid}:${file}`) ?? []]));
    return [...definedTwice(at(commit), [...heads].map(at)), ...routes];
  });
}

function unitsOf(works: Works): Map<string, { files: Set<string>; heads: Set<Oid> }> {
  const units = new Map<string, { files: Set<string>; heads: Set<Oid> }>();
  for (const { paths, head } of works.values()) {
    for (const path of paths) {
      const name = isTreePath(path) ? unitOf(path) : null;
      if (name === null) continue;
      const unit = units.get(name) ?? { files: new Set(), heads: new Set() };
      unit.files.add(path);
      unit.heads.add(head);
      units.set(name, unit);
    }
  }
  return units;
}

/** What tasks changed is read as it was merged; of what it imports only files of other tasks are looked at. */
async function importsOfNothing(git: Git, works: Works, commit: Oid): Promise<MergeFault[]> {
  const code = new Set([...works.values()].flatMap(({ paths }) => [...paths].filter(mayImport)));
  const merged = await textsOf(
    git,
    [...code].map((path) => `${commit}:${path}`),
  );
  const found: MergeFault[] = [];
  for (const { head, paths } of works.values()) {
    const foreign = [...code].filter((path) => !paths.has(path));
    const own = await textsOf(
      git,
      foreign.map((path) => `${head}:${path}`),
    );
    const others = new Map(
      foreign.flatMap((path) => {
        const before = own.get(`${head}:${path}`);
        const texts = { own: before ?? '', merged: merged.get(`${commit}:${path}`) ?? null };
        return before === undefined || before === texts.merged ? [] : [[path, texts] as const];
      }),
    );
    for (const path of [...paths].filter((each) => code.has(each))) {
      const text = merged.get(`${commit}:${path}`);
      if (text !== undefined) found.push(...brokenImports(path, text, others));
    }
  }
  return found;
}

const mayImport = (path: string) => isTreePath(path) && importsNames(path);

async function textsOf(git: Git, names: readonly string[]): Promise<Map<string, string>> {
  const objects = await readObjects(git, [...new Set(names)]);
  return new Map(
    [...objects].flatMap(([name, { bytes }]) => (bytes === null ? [] : [[name, bytes.toString('utf8')] as const])),
  );
}
