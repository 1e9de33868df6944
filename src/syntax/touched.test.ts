import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { touchedIn } from './touched.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** The touched parts of a file: `+Order.add:12`, `-parse:30`, `Order:5`, `*:36` for what is no definition. */
async function touched(path: string, before: string | null, after: string | null): Promise<string[]> {
  const found = await touchedIn({ path, before, after });
  if ('unknown' in found) return [found.unknown];
  const sign = { added: '+', removed: '-', modified: '' };
  return found.touched.map(({ symbol, change, line }) => `${sign[change]}${symbol ?? '*'}:${line}`);
}

/** Replaces text that is there exactly once. */
const swap = (from: string, to: string) => (text: string) => {
  expect(text.split(from), from).toHaveLength(2);
  return text.replace(from, () => to);
};
const append = (more: string) => (text: string) => `${text}${more}`;
const all =
  (...edits: ((text: string) => string)[]) =>
  (text: string) =>
    edits.reduce((done, edit) => edit(done), text);

type Edit = [what: string, edit: (text: string) => string, expected: string[]];

const CASES: Record<string, Edit[]> = {
  'shop.py': [
    ['a method', swap('return sum(', 'return max('), ['Order.total:17']],
    ['a nested function', swap('line.price', 'line.cost'), ['Order.total:17']],
    ['a decorator', swap('@property', '@cached_property'), ['Order.total:17']],
    ['a field', swap('"EUR"', '"USD"'), ['Order.currency:11']],
    ['the bases of a class', swap('class Order:', 'class Order(Base):'), ['Order:8']],
    ['a class in a class', swap('return "order"', 'return "an order"'), ['Order.Meta.label:26']],
    ['deleted', swap('    class Meta:\n        ordering = ["id"]\n', '    class Meta:\n'), ['-Order.Meta.ordering:24']],
    ['renamed', swap('def parse(', 'def read('), ['+read:30', '-parse:30']],
    ['indentation only', swap('    return None', '        return None'), ['parse:30']],
    ['an import', swap('import os\n', 'import os\nimport sys\n'), []],
    ['a statement', swap('print(os.name)', 'print(os.sep)'), ['*:36']],
    ['overloads', append('\ndef parse(text, strict):\n    return 1\n'), ['+parse:38']],
    ['in a condition', append('if LIMIT:\n    def extra(): pass\n'), ['+extra:38', '*:37']],
  ],
  'shop.ts': [
    ['a method', swap('.splice(at', '.splice(at + 0'), ['Order.add:14']],
    ['an overload', swap('add(line: T): void;', 'add(line: T): this;'), ['Order.add:12']],
    ['an overload less', swap('  add(line: T): void;\n', ''), ['-Order.add:12']],
    ['a decorator', swap('@Entity()', '@Entity("o")'), ['Order:6']],
    ['no longer exported', swap('export interface Line', 'interface Line'), ['Line:23']],
    ['a space in a template', swap('length} ${', 'length}  ${'), ['Order.total:18']],
    ['in a namespace', swap('0.2', '0.19'), ['Tax.Rate.of:36']],
    ['a constant function', swap('new Order(text)', 'new Order(text.trim())'), ['parse:42']],
    ['imports and exports', all(swap('{ Money }', '{ Money, type Rate }'), append('export { Tax };\n')), []],
    ['a member of an enum', swap('  Closed,\n', '  Closed,\n  Lost,\n'), ['State:29']],
    ['a private field', swap('#lines: T[] = []', '#lines: T[] = [1]'), ['Order.#lines:8']],
    [
      'moved',
      all(
        swap('export interface Line {\n  price: number;\n}\n', ''),
        append('export interface Line {\n  price: number;\n}\n'),
      ),
      [],
    ],
    ['several in one statement', append('export const a = 1, b = 2;\n'), ['+a:47', '+b:47']],
  ],
  'shop.tsx': [
    ['text of an element', swap('and {', 'plus {'), ['Cart:3']],
    [
      'only how an element is laid out',
      swap('      <Line name="first" /> and {', '    <Line name="first" />\n and {'),
      [],
    ],
    ['an arrow', swap('<p>{name}</p>', '<b>{name}</b>'), ['Line:12']],
    ['a method', swap('lines={[]}', 'lines={[1]}'), ['Page.render:15']],
  ],
  'shop.js': [
    ['a method', swap('.push(line)', '.unshift(line)'), ['Order.add:6']],
    ['a require', swap("require('fs')", "require('node:fs')"), []],
    ['an export that is a function', swap('parse(fs.', 'parse(1, fs.'), ['load:19']],
    ['a prototype', swap('= () => {}', '= () => 1'), ['Order.clear:23']],
    ['an export', swap('module.exports.Order', 'module.exports.Shop'), ['*:25']],
    ['deleted', swap('function parse(text) {\n  return new Order(text);\n}\n', ''), ['-parse:15']],
  ],
  'shop.go': [
    ['a method', swap('append(o.lines, line)', 'append(o.lines, line, line)'), ['Order.Add:21']],
    ['of another receiver', swap('return l.Price', 'return -l.Price'), ['Line.Total:25']],
    ['one of a group', swap('Price int', 'Price int64'), ['Line:17']],
    ['one more in a group', swap('\tClosed\n', '\tClosed\n\tLost\n'), ['+Lost:10']],
    ['the second of its name', swap('Println(Limit)', 'Println(Open)'), ['init:34']],
    ['an import', swap('import "fmt"', 'import (\n\t"fmt"\n\t"os"\n)'), []],
    ['deleted', swap('func (l Line) Total() int { return l.Price }\n', ''), ['-Line.Total:25']],
    ['the receiver', swap('(l Line)', '(l *Line)'), ['Line.Total:25']],
  ],
  'Shop.java': [
    ['an overload', swap('lines.add(at, line)', 'lines.add(at + 0, line)'), ['Shop.add:15']],
    ['fields', swap('version;', 'revision;'), ['Shop.id:7', '+Shop.revision:7', '-Shop.version:7']],
    ['an annotation', swap('@Entity', '@Table'), ['Shop:5']],
    ['a static block', swap('register()', 'unregister()'), ['Shop:5']],
    ['an inner class', swap('return 1;', 'return 2;'), ['Shop.Line.price:17']],
    ['an enum', swap('OPEN, CLOSED;', 'OPEN, CLOSED, LOST;'), ['Shop.State:19']],
    ['a record', swap('int percent', 'long percent'), ['Shop.Rate:21']],
    ['a default method', swap('2 * total()', '3 * total()'), ['Shop.Total.twice:23']],
  ],
  'shop.rs': [
    ['a method', swap('self.lines.push(line)', 'self.lines.insert(0, line)'), ['Order.add:17']],
    ['an attribute of a method', swap('#[inline]', '#[inline(always)]'), ['Order.add:17']],
    ['an attribute of a type', swap('#[derive(Debug)]', '#[derive(Debug, Clone)]'), ['Order:7']],
    ['what is implemented', swap('"{} lines"', '"{}"'), ['Order.fmt:23']],
    ['the head of an impl', swap('impl<T> Order<T> {', 'impl<T: Clone> Order<T> {'), ['Order:11']],
    ['one more impl', append('impl Drop for Order<u8> { fn drop(&mut self) {} }\n'), ['+Order.drop:47']],
    ['one without members', append('impl Send for Order<u8> {}\n'), ['+Order:47']],
    ['a module elsewhere', append('mod other;\nuse other::*;\n'), []],
    ['in a module', swap('parse("");', 'parse("1");'), ['tests.parses:43']],
    ['deleted', swap('pub fn parse(text: &str) -> Order<u8> {\n    Order::new()\n}\n', ''), ['-parse:35']],
  ],
  'shop.rb': [
    ['a method', swap('lines.sum', 'lines.size'), ['Shop.Order.total:23']],
    ['of the class', swap('new([])', 'new([nil])'), ['Shop.Order.empty:18']],
    ['visibility', swap('    private\n', ''), ['Shop.Order:6']],
    ['a constant', swap('LIMIT = 10', 'LIMIT = 11'), ['Shop.LIMIT:4']],
    ['its superclass', swap('Order < Base', 'Order < Other'), ['Shop.Order:6']],
    ['wrapped', swap('def total =', 'memoize def total ='), ['Shop.Order.total:23']],
    ['a require', swap("require 'json'", "require 'json'\nrequire_relative 'base'"), []],
    ['a statement', swap('puts Shop::LIMIT', 'p Shop::LIMIT'), ['*:33']],
  ],
  'Shop.cs': [
    ['an overload', swap('Lines.Insert(at, line)', 'Lines.Insert(at + 0, line)'), ['Acme.Shop.Order.Add:16']],
    ['a property', swap('private set;', 'init;'), ['Acme.Shop.Order.Count:10']],
    ['an indexer', swap('=> Lines[at]', '=> Lines[at - 1]'), ['Acme.Shop.Order.this[]:18']],
    ['an inner class', swap('Price() => 1', 'Price() => 2'), ['Acme.Shop.Order.Line.Price:22']],
    ['a record', swap('price * Percent / 100', 'price'), ['Acme.Shop.Rate.Of:25']],
    ['a using', swap('using System;', 'using System;\nusing System.Linq;'), []],
    ['an attribute', swap('[Serializable]', '[DataContract]'), ['Acme.Shop.Order:5']],
    ['deleted', swap('    enum State { Open, Closed }\n', ''), ['-Acme.Shop.State:29']],
  ],
};

describe.each(Object.entries(CASES))('%s', (file, edits) => {
  it.each(edits)('%s', async (_, edit, expected) => {
    const text = sample(file);
    expect(await touched(file, text, edit(text))).toEqual(expected);
  });

  it('a new file, one that is gone, and one that stayed', async () => {
    const text = sample(file);
    const added = await touched(file, null, text);
    const removed = await touched(file, text, null);
    expect(added.filter((part) => !part.startsWith('*'))).not.toEqual([]);
    expect(removed.filter((part) => part.startsWith('-'))).toEqual(
      added.filter((part) => part.startsWith('+')).map((part) => part.replace('+', '-')),
    );
    expect(await touched(file, text, text)).toEqual([]);
  });
});

describe('space and comments', () => {
  const FILES = Object.keys(CASES);
  const marks: Record<string, string> = { py: '#', rb: '#' };
  /** Lines of an element are text: a comment in them would be shown. */
  const isElement = (file: string, line: string) => file === 'shop.tsx' && /<|&&|more/.test(line);

  /** Blank lines, comments, space at the end of a line, before the lines of these numbers. */
  function strewn(file: string, text: string, places: readonly number[]): string {
    const mark = marks[file.split('.')[1]!] ?? '//';
    return text
      .split('\n')
      .flatMap((line, index) => {
        const indent = /^\s*/.exec(line)![0];
        const what = places.filter((place) => place % 200 === index).map((place) => Math.floor(place / 200) % 3);
        const comment = what.includes(0) && !isElement(file, line) ? [`${indent}${mark} note`] : [];
        return [...comment, ...(what.includes(1) ? [''] : []), what.includes(2) ? `${line}  ` : line];
      })
      .join('\n');
  }

  const names = (parts: readonly string[]) => parts.map((part) => part.replace(/:\d+$/, ''));

  it('blame nobody, wherever they come beside an edit', async () => {
    const places = fc.array(fc.nat({ max: 599 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FILES), fc.nat(), places, async (file, pick, where) => {
        const text = sample(file);
        const [, edit, expected] = CASES[file]![pick % CASES[file]!.length]!;
        expect(names(await touched(file, text, strewn(file, edit(text), where)))).toEqual(names(expected));
        expect(await touched(file, text, strewn(file, text, where))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(FILES)('another indentation, and other line ends: %s', async (file) => {
    const text = sample(file);
    expect(
      await touched(
        file,
        text,
        text.replace(/^[ \t]+/gm, (space) => space.repeat(2)),
      ),
    ).toEqual([]);
    expect(await touched(file, text, text.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it.each([
    [
      'a.ts',
      'function f(a: A, b: B) { return g(a, [b]); }',
      'function f(\n  a: A,\n  b: B,\n) {\n  return g(\n    a,\n    [b,],\n  );\n}',
    ],
    [
      'a.py',
      'def f(a, b):\n    return g({a: (b, a)})\n',
      'def f(\n    a,\n    b,\n):\n    return g(\n        {a: (b, a,),},\n    )\n',
    ],
    ['a.go', 'var a = f(1, []int{2, 3})', 'var a = f(\n\t1,\n\t[]int{\n\t\t2,\n\t\t3,\n\t},\n)'],
    ['a.rs', 'fn f(a: A) { g(a) }', 'fn f(\n    a: A,\n) {\n    g(\n        a,\n    )\n}'],
  ])('so does the comma behind the last element, which comes with lines: %s', async (file, one, other) => {
    expect(await touched(file, one, other)).toEqual([]);
    expect(await touched(file, other, one)).toEqual([]);
  });

  it.each([
    ['a.js', 'const a = [1,];', 'const a = [1,,];'],
    ['a.js', 'const a = [];', 'const a = [,];'],
    ['a.py', 'a = (1)\n', 'a = (1,)\n'],
    ['a.py', 'a = b[1]\n', 'a = b[1,]\n'],
    ['a.rs', 'const A: (u8) = 1;', 'const A: (u8,) = 1;'],
    ['a.rs', 'fn f() { m!(1) }', 'fn f() { m!(1,) }'],
  ])('but not where one more comma is another thing: %s %j', async (file, one, other) => {
    expect(await touched(file, one, other)).toHaveLength(1);
  });

  it('in a string they count', async () => {
    expect(await touched('a.py', 's = """a\nb"""\n', 's = """a\n b"""\n')).toEqual(['s:1']);
    expect(await touched('a.rb', 'S = <<~X\n  a b\nX\n', 'S = <<~X\n  a  b\nX\n')).toEqual(['S:1']);
    expect(await touched('a.go', 'var s = `a b`\n', 'var s = `a  b`\n')).toEqual(['s:1']);
    expect(await touched('a.cs', 'class A { string s = @"a b"; }', 'class A { string s = @"a  b"; }')).toEqual([
      'A.s:1',
    ]);
    expect(await touched('a.rs', 'const A: &str = "a b";', 'const A: &str = "a  b";')).toEqual(['A:1']);
    expect(await touched('a.java', 'class A { String s = "a b"; }', 'class A { String s = "a  b"; }')).toEqual([
      'A.s:1',
    ]);
    expect(await touched('a.js', 'const r = /a b/;', 'const r = /a  b/;')).toEqual(['r:1']);
  });
});

it('a diff of nothing but comments, space and order says so; imports are more than that', async () => {
  const diff = (after: string) => touchedIn({ path: 'a.py', before: 'import a\nx = 1\ny = 2\n', after });
  expect(await diff('import a\n# y\ny = 2\n\nx = 1\n')).toEqual({ touched: [], wording: true });
  expect(await diff('import a, b\nx = 1\ny = 2\n')).toEqual({ touched: [] });
  expect(await diff('import a\nx = 2\ny = 2\n')).not.toHaveProperty('wording');
});

describe('nobody can tell', () => {
  it('without a grammar, from what is too large, from what does not parse any more', async () => {
    expect(await touched('a.vue', '<p>', '<p></p>')).toEqual(['there is no grammar for it']);
    expect(await touched('a.py', 'x = 1\n', `x = "${'y'.repeat(3_000_000)}"\n`)).toEqual([
      'it is too large to be parsed',
    ]);
    expect(await touched('a.py', 'x = 1\n', 'x = 1\ndef f(:\n')).toEqual(['line 2 does not parse']);
  });

  it('but what did not parse before is no doing of the diff', async () => {
    const text = 'def f():\n    return 1\n\n)(\n';
    expect(await touched('a.py', text, text.replace('1', '2'))).toEqual(['f:1']);
  });

  it('hostile text ends', async () => {
    const deep = `x = ${'('.repeat(50_000)}1${')'.repeat(50_000)}\n`;
    expect(await touched('a.py', 'x = 1\n', deep)).toHaveLength(1);
    expect(await touched('a.rb', '', 'module A\n'.repeat(5_000) + 'end\n'.repeat(5_000))).not.toEqual([]);
    expect(await touched('a.js', '', 'class A {'.repeat(5_000))).toHaveLength(1);
  });
});
