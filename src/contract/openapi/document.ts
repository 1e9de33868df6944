import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Contract } from '../finding.ts';

/** An OpenAPI document, or a file that one refers to, with the lines of what is in it. */
export interface ApiDocument {
  path: string;
  value: Record<string, unknown>;
  /** The line of the deepest part of this path that is there; from 1. */
  lineOf(path: readonly (string | number)[]): number;
}

/** A text that is no document: where it goes wrong. */
export interface Unreadable {
  line: number;
  message: string;
  /** Nothing but comments: a contract that nobody has written yet. */
  isEmpty?: true;
}

export type ReadDocument = { ok: true; document: ApiDocument } | ({ ok: false } & Unreadable);

/** Bytes; the largest public ones have 10 MB. */
const MAX_TEXT = 16 * 2 ** 20;

/** Reads YAML or JSON. */
export function readDocument({ path, text }: Contract): ReadDocument {
  if (text.length > MAX_TEXT) return { ok: false, line: 1, message: 'it is larger than 16 MiB' };
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'silent' });
  const [error] = parsed.errors;
  if (error) return { ok: false, line: lines.linePos(error.pos[0]).line || 1, message: error.message };
  if (parsed.contents === null) return { ok: false, line: 1, message: 'it is empty', isEmpty: true };
  const value = plainOf(parsed);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, line: 1, message: 'it holds no object' };
  }
  return {
    ok: true,
    document: {
      path,
      value: value as Record<string, unknown>,
      lineOf: (wanted) => lines.linePos(offsetOf(parsed, wanted)).line || 1,
    },
  };
}

export function isOpenApi({ value }: ApiDocument): boolean {
  return typeof value.openapi === 'string' || value.swagger !== undefined;
}

/** A document that stands for a thousand times its size by aliases is none. */
function plainOf(parsed: Document): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 1000 });
  } catch {
    return null;
  }
}

function offsetOf(parsed: Document, path: readonly (string | number)[]): number {
  let node = parsed.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = (node.resolve(parsed) as Node | undefined) ?? null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(part)] as Node | undefined) ?? null;
      if (!node) return offset;
      offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
