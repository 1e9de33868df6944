import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { type JsonNode, parseJson } from '../plan/json-text.ts';
import { normalise, type Place, placesOf } from '../plan/text.ts';

export type ConfigText =
  | {
      ok: true;
      value: unknown;
      /** Where the value at a path was written (its key with `key`); the nearest known place above it otherwise. */
      placeOf(path: readonly (string | number)[], key?: boolean): Place;
    }
  | { ok: false; message: string; at: Place };

/** Reads JSON or YAML (by the name of the file) keeping positions. */
export function readConfigText(text: string, file: string): ConfigText {
  return file.endsWith('.json') ? readJson(normalise(text)) : readYaml(normalise(text));
}

function readJson(text: string): ConfigText {
  const places = placesOf(text);
  const parsed = parseJson(text);
  if (!parsed.ok) return { ok: false, message: parsed.message, at: places(parsed.offset) };
  return {
    ok: true,
    value: JSON.parse(text) as unknown,
    placeOf(path, key = false) {
      let node: JsonNode = parsed.root;
      let at = node.start;
      for (const [index, part] of path.entries()) {
        const entry = node.kind === 'object' ? node.entries.findLast((each) => each.key === part) : undefined;
        const next: JsonNode | undefined = node.kind === 'array' ? node.items[Number(part)] : entry?.value;
        if (!next) break;
        at = key && entry && index === path.length - 1 ? entry.keyStart : next.start;
        node = next;
      }
      return places(at);
    },
  };
}

function readYaml(text: string): ConfigText {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [problem] = document.errors;
    if (problem) return { ok: false, message: problem.message.split('\n')[0]!, at: placeAt(problem.pos[0]) };
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { ok: true, value, placeOf: (path, key = false) => placeAt(offsetOf(document, path, key)) };
  } catch (error) {
    return { ok: false, message: (error as Error).message, at: { line: 1, column: 1 } };
  }
}

function offsetOf(document: Document, path: readonly (string | number)[], key: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const parent = length === 1 ? document.contents : document.getIn(part.slice(0, -1), true);
    if (key && length === path.length && isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part.at(-1));
      if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = document.getIn(part, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
