import { outermost, plainDirectory } from '../scope/directories.ts';
import type { Findings } from './findings.ts';
import type { JsonFields } from './json-fields.ts';
import { type JsonNode, jsonGet } from './json-text.ts';
import { unsafeDirectory } from './safety.ts';
import { type Located, type Place, show } from './text.ts';

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
