import type { Findings } from './findings.ts';
import { type JsonNode, jsonGet } from './json-text.ts';
import { type Located, type Place, show } from './text.ts';

/** Reads values of the expected type out of a JSON object; what has another type is reported and left out. */
export interface JsonFields {
  at(node: JsonNode): Place & { file: string };
  /** The value of a key; null counts as absent. */
  get(node: JsonNode | undefined, key: string): JsonNode | undefined;
  object(node: JsonNode | undefined, key: string): JsonNode | undefined;
  list(node: JsonNode | undefined, key: string): JsonNode[] | undefined;
  string(node: JsonNode | undefined, key: string): Located<string> | undefined;
  integer(node: JsonNode | undefined, key: string): Located<number> | undefined;
  strings(node: JsonNode | undefined, key: string): Located<string>[] | undefined;
  /** This node as a string; `what` names it in the message. */
  text(node: JsonNode, what: string): Located<string> | undefined;
}

export function jsonFields(file: string, placeOf: (offset: number) => Place, found: Findings): JsonFields {
  const at = (node: JsonNode) => ({ file, ...placeOf(node.start) });
  const get = (node: JsonNode | undefined, key: string) => {
    const value = node && jsonGet(node, key);
    return value?.kind === 'null' ? undefined : value;
  };
  const wrong = (node: JsonNode, what: string, wanted: string) => {
    found.error('wrong-type', at(node), `${what} is to be ${wanted}, not ${article(node.kind)}`);
    return undefined;
  };
  const text = (node: JsonNode, what: string): Located<string> | undefined => {
    if (node.kind !== 'string') return wrong(node, what, 'a string');
    return { value: node.value, ...placeOf(node.start) };
  };
  const list = (node: JsonNode | undefined, key: string) => {
    const value = get(node, key);
    return !value ? undefined : value.kind === 'array' ? value.items : wrong(value, show(key), 'a list');
  };
  return {
    at,
    get,
    text,
    list,
    object(node, key) {
      const value = get(node, key);
      return !value || value.kind === 'object' ? value : wrong(value, show(key), 'an object');
    },
    string(node, key) {
      const value = get(node, key);
      return value && text(value, show(key));
    },
    integer(node, key) {
      const value = get(node, key);
      if (!value) return undefined;
      const number =
        value.kind === 'number' ? value.value : value.kind === 'string' ? decimal(value.value) : Number.NaN;
      if (!Number.isSafeInteger(number)) return wrong(value, show(key), 'a whole number');
      return { value: number, ...placeOf(value.start) };
    },
    strings(node, key) {
      return list(node, key)?.flatMap((item) => text(item, `an entry of ${show(key)}`) ?? []);
    },
  };
}

function decimal(text: string): number {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function article(kind: JsonNode['kind']): string {
  return kind === 'array' ? 'a list' : kind === 'object' ? 'an object' : `a ${kind}`;
}
