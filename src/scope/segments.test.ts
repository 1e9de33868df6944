import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globPattern, somePath } from '../../test/rig/globs.ts';
import { compileGlob } from './glob.ts';
import { covers } from './match.ts';
import { endsMayMeet } from './segments.ts';

const may = (a: string, b: string) => endsMayMeet(compileGlob(a).ends(), compileGlob(b).ends());

describe('endsMayMeet', () => {
  it.each([
    ['tests/**/test_a_*.py', 'tests/**/test_b_*.py', false],
    ['**/a/*', '**/b/*', false],
    ['a/**', 'b/**', false],
    ['a/*/c.py', 'a/*/d.py', false],
    ['a/b.py', 'a/b/c.py', false],
    ['*a/x.py', '*b/x.py', false],
    ['ab*', 'a', false],
    ['**/*.py', 'a/b.py', true],
    ['a*', 'ab*', true],
    ['*a', '*ba', true],
    ['a/', 'a/b.py', true],
    ['{a/b,c}.py', 'c.py', true],
    ['**b.py', 'x/ab.py', true],
    ['[ab]c', 'ac', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(may(a, b)).toBe(expected);
    expect(may(b, a)).toBe(expected);
  });

  it('never denies two patterns that cover the same path', () => {
    let met = 0;
    fc.assert(
      fc.property(globPattern, globPattern, fc.array(somePath, { minLength: 10, maxLength: 10 }), (a, b, paths) => {
        if (!paths.some((path) => covers(a, path) && covers(b, path))) return;
        met++;
        expect(may(a, b)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(met).toBeGreaterThan(50);
  });
});
