import { posix } from 'node:path';
import { isRecord } from '../record.ts';
import type { ApiDocument } from './document.ts';

export type Path = readonly (string | number)[];

/** A document with the files it may refer to. */
export interface Documents {
  main: ApiDocument;
  /** By path. */
  others: ReadonlyMap<string, ApiDocument>;
}

/** A place in one of them. */
export interface Place {
  document: ApiDocument;
  path: Path;
}

/** What `$ref` means in a document: `#/components/schemas/User`, `schemas/user.yaml#/User`. Null: nothing that is there. */
export function placeOf(ref: string, from: ApiDocument, { main, others }: Documents): Place | null {
  const [file = '', pointer = ''] = ref.split('#', 2);
  const path = posix.join(posix.dirname(from.path), decoded(file));
  const document = file === '' ? from : path === main.path ? main : others.get(path);
  if (!document) return null;
  const parts = pointer.split('/').slice(1);
  return { document, path: parts.map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')) };
}

/** What stands at a place. */
function valueAt({ document, path }: Place): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)];
    return isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, document.value);
}

/** A node without `$ref`, and where it stands; null when a reference leads nowhere or in a circle. */
export function follow(place: Place, documents: Documents): { place: Place; value: unknown } | null {
  let at = place;
  for (let steps = 0; steps < 20; steps += 1) {
    const value = valueAt(at);
    if (!isRecord(value) || typeof value.$ref !== 'string') return { place: at, value };
    const next = placeOf(value.$ref, at.document, documents);
    if (!next) return null;
    at = next;
  }
  return null;
}

/** The file and line of the deepest part of this path that is there, references followed. */
export function locate(start: Place, parts: Path, documents: Documents): { file: string; line: number } {
  let at = start;
  for (const part of parts) {
    const there = follow(at, documents);
    if (!there) break;
    const next = { document: there.place.document, path: [...there.place.path, part] };
    if (valueAt(next) === undefined) {
      at = there.place;
      break;
    }
    at = next;
  }
  return { file: at.document.path, line: at.document.lineOf(at.path) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is a %
  }
}
