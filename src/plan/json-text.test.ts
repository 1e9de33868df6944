import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonNode, jsonGet, parseJson } from './json-text.ts';
import { placesOf } from './text.ts';

function plain(node: JsonNode): unknown {
  if (node.kind === 'object') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  if (node.kind === 'array') return node.items.map(plain);
  return node.kind === 'null' ? null : node.value;
}

describe('parseJson', () => {
  it('gives what JSON.parse gives, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed = parseJson(text);
        expect(parsed.ok && plain(parsed.root)).toEqual(JSON.parse(text));
        expect(parsed.ok && text.slice(parsed.root.start, parsed.root.end)).toBe(text);
      }),
    );
  });

  it('accepts and refuses what JSON.parse does', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '01',
      '1.5e3',
      'true',
      'nul',
      ' ',
      '\n',
      "'",
      '\t',
      '"\\u00"',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const parsed = parseJson(text);
        expect(parsed.ok).toBe(valid);
        if (!parsed.ok) expect(parsed.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', 1, 1, 'the file is empty'],
    ['{"a": 1,}', 1, 8, 'a comma before }: remove it'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "expected , or }, found '\"'"],
    ['{\n  a: 1\n}', 2, 3, "expected a key in double quotes or }, found 'a'"],
    ["{'a': 1}", 1, 2, 'expected a key in double quotes or }; JSON strings stand in double quotes'],
    ['{\n// no\n}', 2, 1, 'JSON has no comments'],
    ['{"a": [1, 2', 1, 12, 'the file ends where , or ] is expected'],
    ['{"a": "b\n}', 1, 7, 'a string is not closed on its line'],
    ['{"a": 1} x', 1, 10, 'text after the end of the JSON value'],
    ['{"a": True}', 1, 7, "expected a value, found 'T'"],
    ['['.repeat(300), 1, 202, 'nested more than 200 levels deep'],
  ])('says where and what (%#)', (text, line, column, message) => {
    const parsed = parseJson(text);
    expect(parsed.ok ? null : [placesOf(text)(parsed.offset), parsed.message]).toEqual([{ line, column }, message]);
  });

  it('keeps keys of Object.prototype apart', () => {
    const parsed = parseJson('{"__proto__": {"waves": 1}, "constructor": 2}');
    expect(parsed.ok && jsonGet(parsed.root, 'waves')).toBeUndefined();
    expect(parsed.ok && jsonGet(parsed.root, 'toString')).toBeUndefined();
  });
});
