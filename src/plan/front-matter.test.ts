import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { collectFindings } from './findings.ts';
import { isNone, listOf, readFrontMatter, scalarOf } from './front-matter.ts';

function read(yaml: string) {
  const found = collectFindings();
  const fields = readFrontMatter(yaml, { file: 'tasks/a.md', line: 1, found });
  return { fields, found: found.list };
}

describe('readFrontMatter', () => {
  it('reads the documented form as the YAML parser does, positions included', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_./][A-Za-z0-9_./@+-]{0,8}(?::[A-Za-z0-9_.]{1,4})?$/);
    const value = fc.oneof(
      word,
      fc.array(word, { minLength: 2, maxLength: 3 }).map((words) => words.join(' ')),
      fc.array(word, { maxLength: 3 }).map((words) => `[${words.join(', ')}]`),
      fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => `[ ${words.join(',')} ]`),
      fc.constantFrom(
        '',
        ' ',
        '\u00a0a',
        'a\u00a0',
        '[a,\u00a0b]',
        '[ ]',
        '[a b, c]',
        'a  b',
        '"a"',
        'a #b',
        'a#b',
        '[a, ]',
      ),
    );
    const key = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 6 }), (pairs) => {
        const simple = pairs.map(([name, text]) => `${name}: ${text}`.trimEnd()).join('\n');
        // A comment is beyond the quick reader: the same text then goes through the parser.
        const quick = read(simple);
        const whole = read(`${simple}\n# comment`);
        expect(quick).toEqual(whole);
        expect(quick.found).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('says of valid YAML what the library says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))), (value) => {
        const yaml = parseDocument('{}');
        for (const [name, each] of Object.entries(value)) yaml.set(name, each);
        const text = yaml.toString();
        const expected = parseDocument(text, { schema: 'failsafe' });
        fc.pre(expected.errors.length === 0 && text.length < 16_000);
        const { fields, found } = read(text);
        expect(found).toEqual([]);
        expect(
          fields.map(({ name, values, list }) => [
            name.value,
            list ? values.map((each) => each.value) : (values[0]?.value ?? ''),
          ]),
        ).toEqual(Object.entries(expected.toJS() as Record<string, unknown>).map(([name, each]) => [name, each]));
      }),
    );
  });

  it.each([
    ['a bomb of aliases', `a: &a [x, x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*a, *a]`).join('\n')}`],
    ['thousands of aliases', `a: &a x\nb: [${'*a, '.repeat(3000)}]`],
    ['an alias of itself', 'a: &a [*a]'],
    ['deep nesting', `a: ${'['.repeat(8000)}`],
    ['deep nesting of maps', `a: ${'{b: '.repeat(3000)}`],
    ['a map for a string', 'id: {a: b}'],
    ['no map at all', '- a\n- b'],
    ['the same key twice', 'id: a\nid: b'],
    ['a tab', 'id:\t- a\n\tb: c'],
    ['more than 16 KB', `id: "${'x'.repeat(17_000)}"`],
    ['a tag', 'id: !!js/function "x"\nb: {c'],
  ])('%s is a finding, not an exception', (_what, yaml) => {
    const { found, fields } = read(yaml);
    expect(fields.flatMap(({ values }) => values).length).toBeLessThan(200);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ level, file, line }) => level === 'error' && file === 'tasks/a.md' && line >= 2)).toBe(true);
  });

  it('follows an alias to a string or a list', () => {
    const { fields, found } = read('a: &a [x, y]\nb: *a\nc: &c z\nd: [*c]');
    expect(found).toEqual([]);
    expect(fields.map((field) => listOf(field).map(({ value }) => value))).toEqual([
      ['x', 'y'],
      ['x', 'y'],
      ['z'],
      ['z'],
    ]);
  });

  it('gives lists and strings with their places', () => {
    const { fields } = read('id:   task-001\ndeps: [a, b]\nblocks: c, d (later)\nnone: None');
    expect(scalarOf(fields[0])).toEqual({ value: 'task-001', line: 2, column: 7 });
    expect(listOf(fields[1])).toEqual([
      { value: 'a', line: 3, column: 8 },
      { value: 'b', line: 3, column: 11 },
    ]);
    expect(listOf(fields[2])).toEqual([
      { value: 'c', line: 4, column: 9 },
      { value: 'd', line: 4, column: 12 },
    ]);
    expect(listOf(fields[3])).toEqual([]);
    expect(scalarOf(fields[1])).toBeUndefined();
  });

  it('takes no time over a line of blanks', () => {
    expect(isNone(' '.repeat(2_000_000))).toBe(true);
    expect(isNone(`${' '.repeat(2_000_000)}x`)).toBe(false);
  });
});
