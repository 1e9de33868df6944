import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARSER_NAMES, type ParserName } from '../../run/check.ts';
import { parseOutput } from './formats.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const read = (name: string) => readFileSync(join(fixtures, name), 'utf8');
const parse = (text: string, parser: ParserName = 'auto') => parseOutput(text, { parser, root: '/tree' })!;

/** `failed a.test.js:3 breaks`, a line a case, the passed ones left out. */
function told(text: string, parser?: ParserName): string[] {
  const { cases } = parse(text, parser);
  return cases
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ outcome, file, line, name }) =>
      [outcome, file && `${file}:${line ?? '-'}`, name].filter(Boolean).join(' '),
    );
}

describe('recorded outputs, recognised without being told what they are', () => {
  it('TAP of node:test: nested tests, todo and skip; a test with subtests is no case', () => {
    expect(told(read('tap.txt'))).toEqual([
      'failed a.test.js:3 breaks',
      'failed a.test.js:4 group > inner # hash',
      'skipped a.test.js:5 later',
      'skipped skipped',
    ]);
    expect(parse(read('tap.txt')).counts).toEqual({ passed: 2, failed: 2, skipped: 2 });
    expect(parse(read('tap.txt')).cases[1]?.message).toMatch(/^2 == 3\n\s+TestContext/);
  });

  it('TAP of others: no version, dashes or blocks', () => {
    expect(told('1..3\nok 1 a\nnot ok 2 b\nok 3 - c # SKIP none\n')).toEqual(['failed b', 'skipped c']);
  });

  it('node:test for people', () => {
    expect(told(read('spec.txt'))).toEqual([
      'failed a.test.js:3 breaks',
      'failed a.test.js:4 group > inner # hash',
      'skipped later',
      'skipped skipped',
    ]);
  });

  it('pytest with -rA: every case, also one whose name has a dash, errors with their place', () => {
    expect(told(read('pytest.txt'))).toEqual([
      'failed test_a.py:- test_a.py::TestX::test_err',
      'failed test_a.py:5 test_a.py::test_bad',
      'failed test_a.py:9 test_a.py::test_p[a - b]',
      'failed test_u.py:4 test_u.py::T::test_bad',
    ]);
    expect(parse(read('pytest.txt')).counts).toEqual({ passed: 3, failed: 4, skipped: 2 });
  });

  it('pytest by itself: failures by name, the rest by number', () => {
    expect(told(read('pytest-plain.txt'))).toHaveLength(4);
    expect(parse(read('pytest-plain.txt')).counts).toEqual({ passed: 3, failed: 4, skipped: 2 });
    expect(parse('collected 0 items\n\n====== no tests ran in 0.01s ======\n').counts).toBeNull();
  });

  it('unittest, and what `manage.py test` writes', () => {
    expect(told(read('unittest.txt'))).toEqual(['failed test_u.py:4 test_u.T.test_bad', 'skipped test_u.T.test_skip']);
    expect(parse(read('unittest.txt')).counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('vitest: for people and as JSON, with the same ids', () => {
    expect(told(read('vitest.txt'))).toEqual(['failed a.test.ts:2 a.test.ts > math > breaks']);
    expect(told(read('vitest.json'))).toEqual([
      'failed a.test.ts:2 a.test.ts > math > breaks',
      'skipped a.test.ts:- a.test.ts > math > later',
    ]);
    expect(parse(read('vitest.txt')).counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('jest: failing tests, and a file that does not load', () => {
    expect(told(read('jest.txt'))).toEqual([
      'failed src/math.test.js:3 src/math.test.js > math > breaks',
      'failed src/broken.test.js:1 src/broken.test.js > Test suite failed to run',
    ]);
  });

  it('go test -json: subtests, and a package that does not build', () => {
    expect(told(read('go-test.jsonl'))).toEqual([
      'failed cart/cart_test.go:14 example.org/shop/shop/cart TestTotal/empty',
      'skipped example.org/shop/shop/cart TestSlow',
      'failed api/api.go:7 example.org/shop/shop/api',
    ]);
  });

  it('cargo test', () => {
    expect(told(read('cargo.txt'))).toEqual(['skipped tests::later', 'failed src/lib.rs:1 tests::bad']);
  });

  it('JUnit: attributes in any quotes, entities, CDATA, and output that looks like a failure', () => {
    expect(told(read('junit.xml'))).toEqual([
      'failed apps/users/tests.py:9 apps.users.tests > test_bad',
      'skipped x.Y > later',
      'failed Cart.java:12 org.shop.CartTest > total',
    ]);
    expect(parse(read('junit.xml')).cases[0]?.name).toBe('apps.users.tests.Test > test_a<b>');
  });
});

describe('complaints, a line each', () => {
  it.each([
    ['tsc', "src/a.ts(3,5): error TS2322: Type 'x' is wrong.", 'failed src/a.ts:3 src/a.ts TS2322'],
    ['tsc for people', '/tree/src/a.ts:3:5 - error TS2322: wrong', 'failed src/a.ts:3 src/a.ts TS2322'],
    ['mypy', 'apps/a.py:3: error: Missing return  [return]', 'failed apps/a.py:3 apps/a.py return'],
    ['ruff', 'a.py:1:8: F401 [*] `os` imported but unused', 'failed a.py:1 a.py F401'],
    ['ruff, long', 'F401 [*] `os` imported but unused\n --> a.py:1:8\n  |', 'failed a.py:1 a.py F401'],
    ['go vet', '# example.org/x\nvet: ./a.go:3:2: undefined: y', 'failed a.go:3 a.go'],
    ['cargo, short', 'src/main.rs:3:5: error[E0308]: mismatched types', 'failed src/main.rs:3 src/main.rs E0308'],
    ['rustc', 'error[E0308]: mismatched types\n  --> src/main.rs:3:5', 'failed src/main.rs:3 src/main.rs E0308'],
    ['eslint', '/tree/src/a.js\n  3:5  error  no  no-x\n  4:1  warning  hm  no-y\n', 'failed src/a.js:3 src/a.js no-x'],
  ])('%s', (_, text, line) => {
    expect(told(text)).toEqual([line]);
  });

  it('lists of files', () => {
    expect(told('a.go\nb/c.go\n', 'files')).toEqual(['failed a.go:- a.go format', 'failed b/c.go:- b/c.go format']);
  });

  it('a complaint keeps its id when its line moves, and has another one in another file or with other words', () => {
    const id = (text: string) => parse(text).cases[0]!.id;
    expect(id('a.ts(3,5): error TS1: no y at 3')).toBe(id('a.ts(90,2): error TS1: no y at 90'));
    expect(id('a.ts(3,5): error TS1: no y')).not.toBe(id('b.ts(3,5): error TS1: no y'));
    expect(id('a.ts(3,5): error TS1: no y')).not.toBe(id('a.ts(3,5): error TS1: no z'));
  });

  it('prose is no complaint', () => {
    expect(parseOutput('all is well: 3 errors were mended\nerror: none', { parser: 'auto', root: '/tree' })).toBeNull();
  });
});

describe('outputs that were cut or are of something else', () => {
  const names = readdirSync(fixtures);

  it('no parser throws, whatever part of an output it gets', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(...PARSER_NAMES),
        fc.nat(),
        fc.nat(),
        (name, parser, a, b) => {
          const text = read(name);
          const [from, to] = [a % text.length, b % text.length].sort((x, y) => x - y);
          for (const each of parseOutput(text.slice(from, to), { parser, root: '/tree' })?.cases ?? []) {
            expect(each.id).not.toBe('');
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
