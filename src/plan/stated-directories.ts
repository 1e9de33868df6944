import { outermost, plainDirectory, sharedDirectories } from '../scope/directories.ts';
import type { Findings } from './findings.ts';
import type { JsonFields } from './json-fields.ts';
import { type JsonNode, jsonGet } from './json-text.ts';
import type { Plan, Task, TaskDirectories, TaskId } from './plan.ts';
import type { Follow } from './references.ts';
import { unsafeDirectory } from './safety.ts';
import { type Located, type Place, show } from './text.ts';

const MANIFEST = 'manifest.json';

/** `directories` of the manifest as written: the task is not resolved. */
export interface StatedDirectories {
  task: Located<string>;
  paths: string[];
}

/** Reads `directories`: for each task a directory, or a list of some; what is none is reported and left out. */
export function readDirectories(
  root: JsonNode,
  { fields, places, found }: { fields: JsonFields; places: (offset: number) => Place; found: Findings },
): StatedDirectories[] {
  const map = fields.object(root, 'directories');
  if (map?.kind !== 'object') return [];
  return map.entries.flatMap(({ key, keyStart, value }) => {
    if (jsonGet(map, key) !== value) return []; // said again below, where it counts
    const written = value.kind === 'array' ? value.items : [value];
    if (written.length === 0) {
      found.error('no-directory', fields.at(value), `the list of directories of ${show(key)} is empty`);
    }
    const paths = written.flatMap((node) => {
      const path = fields.text(node, `a directory of ${show(key)}`);
      const reason = path && unsafeDirectory(path.value);
      if (reason) found.error('unsafe-path', fields.at(node), `the directory ${show(path.value)} ${reason}`);
      return path && !reason ? [plainDirectory(path.value)] : [];
    });
    return paths.length === 0 ? [] : [{ task: { value: key, ...places(keyStart) }, paths: outermost(paths) }];
  });
}

/** Whose directories these are; a task has one entry. */
export function assignDirectories(
  stated: readonly StatedDirectories[],
  { follow, found }: { follow: Follow; found: Findings },
): Map<TaskId, TaskDirectories> {
  const directories = new Map<TaskId, TaskDirectories>();
  for (const { task, paths } of stated) {
    const { value, line, column } = task;
    for (const { id } of follow([task], MANIFEST, 'directories')) {
      if (directories.has(id)) {
        const text = `directories: ${show(value)} is ${id}, which has an entry above`;
        found.error('repeated-directories', { file: MANIFEST, line, column }, text);
      } else directories.set(id, { paths, line, column });
    }
  }
  return directories;
}

/**
 * Directories of the manifest in which two tasks may be at work at the same time. It is an error only where the plan is for
 * the pattern that needs them apart: a run with another one may have what it likes.
 */
export function checkShared(tasks: readonly Task[], pattern: Plan['pattern'], found: Findings): void {
  const named = tasks.flatMap(({ id, directories }) => (directories ? [{ id, at: directories }] : []));
  if (named.length < 2) return;
  const places = new Map(named.map(({ id, at }) => [id, at]));
  // All tasks: one that names no directories may be what another one waits through.
  const confined = tasks.map(({ id, deps }) => ({ id, deps, directories: places.get(id)?.paths ?? [] }));
  for (const { tasks: pair, directories } of sharedDirectories(confined)) {
    const [a, b] = pair;
    const { line, column } = places.get(b)!;
    const [one, other] = directories;
    const where = one === other ? `both work in ${one}` : `work in ${one} and in ${other}, which lie in each other`;
    const text = `${a} and ${b} ${where}, and neither waits for the other`;
    const at = { file: MANIFEST, line, column };
    const hint = 'the pattern directory needs them apart, or one of the tasks in the deps of the other';
    if (pattern === 'directory') found.error('shared-directories', at, text, { hint });
    else found.warning('shared-directories', at, text, { hint });
  }
}
