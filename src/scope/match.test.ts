import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { globPattern, somePath } from '../../test/rig/globs.ts';
import { expandBraces } from './braces.ts';
import { covers } from './match.ts';

const reads = (pattern: string, path: string) => covers(pattern, path, 'write');
const stops = (pattern: string, path: string) => covers(pattern, path, 'boundary');

describe('patterns of CREATE and MODIFY', () => {
  it.each([
    ['Makefile', 'Makefile', true],
    ['Makefile', 'a/Makefile', false],
    ['apps/*', 'apps/a.py', true],
    ['apps/*', 'apps/sub/a.py', false],
    ['apps/*', 'apps', false],
    ['apps/**', 'apps/sub/a.py', true],
    ['apps/**', 'application/a.py', false],
    ['apps/', 'apps/sub/a.py', true],
    ['apps/', 'apps', true],
    ['./apps//users/', 'apps/users/a.py', true],
    ['apps/users', 'apps/users/models.py', true], // a folder by its looks
    ['.github', '.github/workflows/ci.yml', true],
    ['apps/a.py', 'apps/a.py/b', false],
    ['packages/*/src', 'packages/x/src/deep/i.ts', true],
    ['packages/x*', 'packages/xy/a.ts', false],
    ['**/*.py', 'a.py', true],
    ['**/*.py', 'a/b/c.py', true],
    ['**.py', 'a/b/c.py', true],
    ['a**b', 'axxb', true],
    ['a**b', 'a/b', false],
    ['a/**/z.py', 'a/z.py', true],
    ['a/**/z.py', 'a/b/c/z.py', true],
    ['a/**/z.py', 'a/bz.py', false],
    ['*', '.env', true],
    ['src/*.ts', 'src/.hidden.ts', true],
    ['?.py', 'a.py', true],
    ['?.py', '😀.py', true],
    ['a?b', 'a/b', false],
    ['[abc].py', 'b.py', true],
    ['[!abc].py', 'b.py', false],
    ['[^abc].py', 'd.py', true],
    ['x[!a]y', 'x/y', false],
    ['[a-c]1', 'b1', true],
    ['[]x]', ']', true],
    ['[a', '[a', true],
    ['app/[id]/page.tsx', 'app/[id]/page.tsx', true],
    ['app/[...slug]/*.tsx', 'app/[...slug]/page.tsx', true],
    ['app/(shop)/page.tsx', 'app/(shop)/page.tsx', true],
    ['app/(shop)/page.tsx', 'app/shop/page.tsx', false],
    ['{a,b}/x.py', 'b/x.py', true],
    ['{a/b,c}/x.py', 'a/b/x.py', true],
    ['{a/b,c}/x.py', 'a/x.py', false],
    ['v{1..3}.py', 'v3.py', true],
    ['v{1..3}.py', 'v4.py', false],
    ['{**/,}x.py', 'x.py', true],
    ['\\*.py', '*.py', true],
    ['\\*.py', 'a.py', false],
    ['.', 'anything/at/all', true],
    ['/etc/x', 'etc/x', true],
    ['', 'a', false],
    ['', '', false],
    ['**', '', false],
    ['a/**', 'a', true],
    ['a*/**', 'ab', false],
    ['a*/**', 'ab/c', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(reads(pattern, path)).toBe(expected);
  });
});

describe('patterns of BOUNDARY also cover what is below', () => {
  it.each([
    ['apps/orders/*', 'apps/orders/a.py', true],
    ['apps/orders/*', 'apps/orders/sub/deep/a.py', true],
    ['apps/orders/*', 'apps/orders', false],
    ['apps/orders/*', 'apps/orders2/a.py', false],
    ['apps/orders', 'apps/orders/a.py', true],
    ['apps/orders/', 'apps/orders', true],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/sub/a.ts', false],
    ['*', 'a/b/c', true],
    ['apps/{orders,products}/*', 'apps/products/x/y', true],
    ['v1.0', 'v1.0/readme', true],
    ['.', 'a', true],
    ['', 'a', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(stops(pattern, path)).toBe(expected);
  });
});

describe('against picomatch', () => {
  // The oracle knows no "looks like a folder": a path is covered when it or a folder above it matches.
  const oracle = (pattern: string, path: string, below: boolean) => {
    const tests = expandBraces(pattern).map((each) => picomatch(each, { dot: true }));
    const above = path.split('/').map((_, index, segments) => segments.slice(0, index + 1).join('/'));
    return (below ? above : [path]).some((each) => tests.some((test) => test(each)));
  };

  it('boundaries agree exactly', () => {
    fc.assert(
      fc.property(globPattern, somePath, (pattern, path) => {
        expect(stops(pattern, path)).toBe(oracle(pattern, path, true));
      }),
      { numRuns: 2000 },
    );
  });

  it('writes lie between the pattern as written and what is below it', () => {
    fc.assert(
      fc.property(globPattern, somePath, (pattern, path) => {
        if (oracle(pattern, path, false)) expect(reads(pattern, path)).toBe(true);
        if (reads(pattern, path)) expect(oracle(pattern, path, true)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('a pattern that ends in a wildcard is as written', () => {
    fc.assert(
      fc.property(globPattern, somePath, (pattern, path) => {
        fc.pre(!pattern.endsWith('*')); // `***` has no agreed meaning
        expect(reads(`${pattern}*`, path)).toBe(oracle(`${pattern}*`, path, false));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hostile patterns', () => {
  it('are matched in polynomial time', () => {
    const path = 'a'.repeat(4000);
    expect(reads(`${'*a'.repeat(200)}b.x`, path)).toBe(false);
    expect(reads(`${'**/'.repeat(200)}b.x`, `${'a/'.repeat(500)}a`)).toBe(false);
    expect(reads(`${'{a,aa}'.repeat(100)}b.x`, path)).toBe(false);
    expect(reads('['.repeat(50_000), path)).toBe(false);
    expect(reads('{'.repeat(50_000), path)).toBe(false);
  });

  it('never throw, and match themselves when they are plain text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 20 }), (pattern, path) => {
        expect(typeof reads(pattern, path)).toBe('boolean');
        expect(typeof stops(pattern, path)).toBe('boolean');
      }),
    );
    const segment = fc.stringMatching(/^[\w.()@+-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        const path = segments.join('/');
        expect(path === '.' || path.startsWith('./') || reads(path, path)).toBe(true);
      }),
    );
  });
});
