import { describe, expect, it } from 'vitest';
import { definitionsIn } from '../../syntax/touched.ts';
import { definedTwice, unitOf } from './definitions.ts';
import { brokenImports, importsIn } from './imports.ts';
import { sameNumbers } from './numbers.ts';
import { routedTwice } from './routes.ts';

type Files = Record<string, string>;

const definitions = async (files: Files) =>
  new Map(
    await Promise.all(
      Object.entries(files).map(async ([path, text]) => [path, (await definitionsIn({ path, text })) ?? []] as const),
    ),
  );

/** `file:line name` of what is twice in the merged files and in none of the sides. */
async function twice(merged: Files, ...sides: Files[]): Promise<string[]> {
  const found = definedTwice(await definitions(merged), await Promise.all(sides.map(definitions)));
  return found.map(({ file, line, name }) => `${file}:${line} ${name}`);
}

describe('names that a merge has made twice', () => {
  it.each([
    ['a.py', 'def f():\n    pass\n', 'class A: ...\ndef f():\n    return 1\n', 'f'],
    ['a.py', 'class A:\n    def f(self): ...\n', 'class A:\n    def f(self): ...\n', 'A'],
    ['a.ts', 'export function f() {}\n', 'function f(): number { return 1; }\n', 'f'],
    ['a.go', 'package a\nfunc (s *S) f() {}\n', 'func (s S) f() {}\n', 'S.f'],
    ['a.rb', 'def f\nend\n', 'def f\nend\n', 'f'],
    ['a.rs', 'fn f() {}\n', 'fn f() {}\n', 'f'],
  ])('%s: %j and %j', async (path, one, other, name) => {
    const places = await twice({ [path]: one + other }, { [path]: one }, { [path]: other });
    expect(places.filter((each) => each.endsWith(` ${name} is defined twice`))).toHaveLength(2);
  });

  it.each([
    ['a side that had both itself', 'a.py', 'def f(): ...\ndef f(): ...\n', 'def g(): ...\n'],
    ['variables', 'a.py', 'log = 1\n', 'log = 2\n'],
    ['overloads', 'A.java', 'class A { void f() {} }\n', 'class B { void f(int a) {} }\n'],
    ['a class that is opened again', 'a.rb', 'class A\nend\n', 'class A\nend\n'],
    [
      'traits of one type',
      'a.rs',
      'impl Display for A { fn fmt(&self) {} }\n',
      'impl Debug for A { fn fmt(&self) {} }\n',
    ],
    ['functions of no name', 'a.py', '@f.register\ndef _(a: int): ...\n', '@f.register\ndef _(a: str): ...\n'],
    ['init of Go', 'a.go', 'package a\nfunc init() {}\n', 'func init() {}\n'],
    ['declarations that are merged', 'a.ts', 'interface A { a: 1 }\n', 'interface A { b: 1 }\n'],
  ])('not %s', async (_, path, one, other) => {
    expect(await twice({ [path]: one + other }, { [path]: one }, { [path]: other })).toEqual([]);
  });

  it('in Go through all files of a package, tests and systems apart', async () => {
    const [a, b] = ['package shop\nfunc Sum() {}\n', 'package shop\n\nfunc Sum() {}\n'];
    expect(await twice({ 'x/a.go': a, 'x/b.go': b }, { 'x/a.go': a }, { 'x/b.go': b })).toEqual([
      'x/a.go:2 Sum is defined twice',
      'x/b.go:3 Sum is defined twice',
    ]);
    expect(['x/a.go', 'x/b.go', 'y/a.go', 'x/a_test.go', 'x/a_linux.go', 'a.py', 'a.txt'].map(unitOf)).toEqual([
      'x/*.go',
      'x/*.go',
      'y/*.go',
      'x/*_test.go',
      'x/a_linux.go',
      'a.py',
      null,
    ]);
  });
});

describe('endpoints that a merge has made twice', () => {
  const twice = (one: string, other: string) =>
    routedTwice('a', `${one}${other}`, [one, other]).map(({ line, name }) => `${line} ${name}`);

  it.each([
    ["orders.get('/:id', find);\n", "orders.get('/:id', show);\n", 'orders GET /:id'],
    ['@router.post("/x")\ndef a(): ...\n', '@router.post("/x", tags=[])\ndef b(): ...\n', 'router POST /x'],
    ['\tmux.HandleFunc("GET /x", a)\n', '\tmux.HandleFunc("GET /x", b)\n', 'mux GET /x'],
    ['\tr.Get("/x", a)\n', '\tr.Get("/x", b)\n', 'r GET /x'],
  ])('%j and %j', (one, other, route) => {
    const second = one.split('\n').length;
    expect(twice(one, other)).toEqual([`1 ${route} is there twice`, `${second} ${route} is there twice`]);
    expect(routedTwice('a', one + other, [one + other, ''])).toEqual([]);
  });

  it.each([
    ["orders.get('/a', f);\n", "orders.post('/a', f);\n"],
    ["orders.get('/a', f);\n", "carts.get('/a', f);\n"],
    ["cache.get('a');\n", "cache.get('a');\n"],
    ["this.cache.get('/a');\n", "this.cache.get('/a');\n"],
  ])('not %j and %j', (one, other) => {
    expect(twice(one, other)).toEqual([]);
  });
});

describe('migrations of one number', () => {
  const twins = (paths: string[], ...added: string[][]) =>
    sameNumbers([...paths, ...added.flat()], added).map(({ file }) => file);

  it('of two sides', () => {
    const found = sameNumbers(
      ['db/migrations/0002_a.sql', 'db/migrations/2-b.sql'],
      [['db/migrations/0002_a.sql'], ['db/migrations/2-b.sql']],
    );
    expect(found).toMatchObject([
      { file: 'db/migrations/0002_a.sql', line: 1, message: 'has its number as well: db/migrations/2-b.sql' },
      { file: 'db/migrations/2-b.sql' },
    ]);
  });

  it.each([
    ['the two directions of one', [[], ['m/migrations/2_a.up.sql', 'm/migrations/2_a.down.sql']]],
    ['one side that adds both', [['m/migrations/2_a.py', 'm/migrations/2_b.py'], []]],
    ['other folders', [['m/migrations/2_a.py'], ['n/migrations/2_b.py']]],
    ['what is no migration', [['docs/01_a.md'], ['docs/01_b.md']]],
    ['no number', [['migrations/a.sql'], ['migrations/b.sql']]],
  ])('not %s', (_, added) => {
    expect(twins([], ...added)).toEqual([]);
  });

  it('not where the project itself does not go by numbers', () => {
    const had = ['migrations/1_a.sql', 'migrations/1_b.sql'];
    expect(twins(had, ['migrations/2_a.sql'], ['migrations/2_b.sql'])).toEqual([]);
    expect(twins(had.slice(1), ['migrations/2_a.sql'], ['migrations/2_b.sql'])).toHaveLength(2);
  });
});

describe('imports of what another side took away', () => {
  const others = (path: string, own: string, merged: string | null) => new Map([[path, { own, merged }]]);
  const broken = (file: string, text: string, ...[path, own, merged]: [string, string, string | null]) =>
    brokenImports(file, text, others(path, own, merged)).map(({ line, message }) => `${line} ${message}`);

  it.each([
    ['app/b.py', 'import os\nfrom shop.a import f\n', 'src/shop/a.py', 2],
    ['app/b.py', 'from shop.a import (\n    g,\n    f as h,\n)\n', 'shop/a.py', 3],
    ['shop/x/b.py', 'from ..a import f', 'shop/a.py', 1],
    ['shop/b.py', 'from .a import f # f', 'shop/a/__init__.py', 1],
    ['src/b.ts', "import { g,\n  type f as h } from './a.js';\n", 'src/a.ts', 2],
    ['src/b.ts', "import a, { f } from '../src/a.ts';\n", 'src/a.ts', 1],
    ['src/b.ts', "export { f } from './a';\n", 'src/a/index.ts', 1],
  ])('%s: %j', (file, text, path, line) => {
    const own = 'f = 1; g = 2';
    expect(broken(file, text, path, own, 'g = 2')).toEqual([`${line} ${path} has no f any more`]);
    expect(broken(file, text, path, own, 'f = 3; g = 2')).toEqual([]);
    expect(broken(file, text, path, 'g = 2', 'g = 2')).toEqual([]); // wrong before the merge as well
    expect(broken(file, text, path, own, 'export * from "./z"; from z import *; g')).toEqual([]);
    expect(broken(file, text, 'other/z.py', own, '')).toEqual([]);
  });

  it('of a file that is gone', () => {
    expect(broken('b.py', 'from a import f\n', 'a.py', 'f = 1', null)).toEqual(['1 a.py is gone']);
  });

  it('are read in languages where they name something', () => {
    expect(importsIn('a.go', 'import "x"')).toEqual([]);
    expect(importsIn('a.ts', "import { a } from 'package';\nimport b from './b.ts';\n")).toEqual([]);
    expect(importsIn('a.py', 'from a import *\nimport b\n')).toEqual([]);
  });
});
