import { type JsonNode, type JsonObject, jsonGet, parseJson } from './json-text.ts';

/** The only two keys of a manifest that copse writes. Keys of a section that the patch does not name are kept. */
export interface ManifestPatch {
  execution?: Record<string, unknown>;
  integration?: Record<string, unknown>;
}

/**
 * The manifest with `execution` and `integration` set. Every other byte stays: unknown keys, their order, the style of
 * indentation, line ends, byte order mark and the end of the file. Throws when the text is no JSON object.
 */
export function rewriteManifest(text: string, patch: ManifestPatch): string {
  let result = text;
  for (const key of ['execution', 'integration'] as const) {
    const section = patch[key];
    if (section) result = setSection(result, key, section);
  }
  return result;
}

function setSection(text: string, key: string, section: Record<string, unknown>): string {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const bare = text.slice(mark);
  const parsed = parseJson(bare);
  if (!parsed.ok || parsed.root.kind !== 'object') throw new Error('manifest.json is no JSON object');
  const style = styleOf(bare, parsed.root);
  const old = jsonGet(parsed.root, key);
  const value = print({ ...(old ? plain(bare, old) : {}), ...section }, style);
  const changed = old
    ? bare.slice(0, old.start) + value + bare.slice(old.end)
    : insert(bare, parsed.root, `${JSON.stringify(key)}:${style.spaced ? ' ' : ''}${value}`, style);
  return text.slice(0, mark) + changed;
}

interface Style {
  /** Text before a key of the root object, after the line end; '' for a manifest on one line. */
  indent: string;
  eol: string;
  /** `{"a": 1}` rather than `{"a":1}`, for a manifest on one line. */
  spaced: boolean;
}

function styleOf(text: string, root: JsonObject): Style {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const first = root.entries[0];
  if (!first) return { indent: '  ', eol, spaced: true };
  const indent = /\n([ \t]*)$/.exec(text.slice(root.start, first.keyStart))?.[1];
  return { indent: indent ?? '', eol, spaced: /\s$/.test(text.slice(first.keyStart, first.value.start)) };
}

function print(value: Record<string, unknown>, { indent, eol }: Style): string {
  if (indent === '') return JSON.stringify(value);
  return JSON.stringify(value, null, indent).replaceAll('\n', `${eol}${indent}`);
}

function insert(text: string, root: JsonObject, entry: string, { indent, eol, spaced }: Style): string {
  const last = root.entries.at(-1);
  if (!last) return `${text.slice(0, root.start)}{${eol}${indent}${entry}${eol}}${text.slice(root.end)}`;
  const gap = indent === '' ? (spaced ? ' ' : '') : `${eol}${indent}`;
  return `${text.slice(0, last.value.end)},${gap}${entry}${text.slice(last.value.end)}`;
}

function plain(text: string, node: JsonNode): Record<string, unknown> {
  return node.kind === 'object' ? (JSON.parse(text.slice(node.start, node.end)) as Record<string, unknown>) : {};
}
