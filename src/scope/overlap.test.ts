import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { globPattern, somePath } from '../../test/rig/globs.ts';
import { entry, scope } from '../../test/rig/scopes.ts';
import { expandBraces } from './braces.ts';
import { covers } from './match.ts';
import { commonPath, contradictionsOf, patternsOverlap, scopesOverlap, symbolsOverlap } from './overlap.ts';

describe('patternsOverlap', () => {
  it.each([
    ['a.py', 'a.py', true],
    ['a.py', 'b.py', false],
    ['./a.py', 'a.py', true],
    ['apps/*', 'apps/a.py', true],
    ['apps/*', 'apps/sub/a.py', false],
    ['apps/**', 'apps/sub/a.py', true],
    ['apps/', 'apps/sub/*.py', true],
    ['apps/users', 'apps/users/models.py', true],
    ['apps/users', 'apps/users2/models.py', false],
    ['**/*.py', 'apps/*', true],
    ['**/*.py', 'apps/*.ts', false],
    ['*.test.ts', 'a.*', true],
    ['a*b', 'ab*', true],
    ['a*c', 'b*c', false],
    ['a?c', 'abc', true],
    ['[ab].py', '[bc].py', true],
    ['[ab].py', '[cd].py', false],
    ['[!a].py', 'a.py', false],
    ['x[!a]y', 'x/y', false],
    ['{a,b}.py', '{b,c}.py', true],
    ['{a,b}.py', '{c,d}.py', false],
    ['src/*/index.ts', 'src/a/**', true],
    ['src/*/index.ts', 'src/index.ts', false],
    ['app/[id]/page.tsx', 'app/[id]/*.tsx', true],
    ['*/x', '**/y/x', true],
    ['a/*/b.py', 'a/b.py', false],
    ['', 'a', false],
    ['.', 'a', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(patternsOverlap(a, b)).toBe(expected);
    expect(patternsOverlap(b, a)).toBe(expected);
  });

  it('has no false "no": a path that both match is an overlap', () => {
    const both = (pattern: string, path: string) =>
      expandBraces(pattern).some((each) => picomatch(each, { dot: true })(path));
    let met = 0;
    fc.assert(
      fc.property(globPattern, globPattern, fc.array(somePath, { minLength: 10, maxLength: 10 }), (a, b, paths) => {
        for (const path of paths) {
          if (!both(a, path) || !both(b, path)) continue;
          met++;
          expect(patternsOverlap(a, b)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    expect(met).toBeGreaterThan(20); // else the property proves nothing; 100 to 170 in most runs
  });

  it('has no false "yes": it shows a well-formed path that both cover', () => {
    fc.assert(
      fc.property(globPattern, globPattern, (a, b) => {
        const path = commonPath(a, b);
        expect(patternsOverlap(b, a)).toBe(path !== null);
        if (path === null) return;
        expect(path.split('/')).not.toContain('');
        expect([covers(a, path), covers(b, path)]).toEqual([true, true]);
      }),
      { numRuns: 2000 },
    );
  });

  it('every pattern that covers anything overlaps with itself', () => {
    fc.assert(
      fc.property(globPattern, (pattern) => {
        expect(patternsOverlap(pattern, pattern)).toBe(true);
      }),
    );
  });

  it('answers on hostile patterns, and rather says yes than never', () => {
    const stars = '*a'.repeat(300);
    expect(patternsOverlap(`${stars}*x`, `${stars}*y`)).toBe(false); // the ends differ
    expect(patternsOverlap(`${stars}*`, `${'*b'.repeat(300)}*`)).toBe(true);
    expect(patternsOverlap(`${'**/a/'.repeat(200)}*`, `${'**/b/'.repeat(200)}*`)).toBe(false);
    expect(patternsOverlap(`${'**/a/'.repeat(200)}**/c`, `${'**/b/'.repeat(200)}**/c`)).toBe(true);
    expect(patternsOverlap(`${'{a,aa}'.repeat(200)}*`, `${'{a,aaa}'.repeat(200)}*`)).toBe(true);
  });
});

describe('symbolsOverlap', () => {
  it.each([
    [undefined, undefined, true],
    [undefined, 'A', true],
    ['A', 'A', true],
    ['A', 'A.b', true],
    ['A.b', 'A', true],
    ['A.b', 'A.c', false],
    ['A', 'AB', false],
    ['A.b', 'A.bc', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(symbolsOverlap(a, b)).toBe(expected);
  });
});

describe('scopesOverlap', () => {
  it('names the path and both lines', () => {
    const a = scope({ create: ['apps/users/*'], modify: ['config/urls.py'] });
    const b = scope({ create: ['apps/users/models.py', 'apps/orders/*'], modify: ['config/urls.py'] });
    expect(scopesOverlap(a, b).map((met) => [met.path, met.a.pattern, met.b.pattern])).toEqual([
      ['apps/users/models.py', 'apps/users/*', 'apps/users/models.py'],
      ['config/urls.py', 'config/urls.py', 'config/urls.py'],
    ]);
  });

  it('lets two tasks modify different symbols of one file', () => {
    const acl = (symbol: string) => ({ ...scope({}), modify: [entry(`apps/acl.py::${symbol}`)] });
    expect(scopesOverlap(acl('AclFilter.to_sql'), acl('AclFilter.parse'))).toEqual([]);
    expect(scopesOverlap(acl('AclFilter.to_sql'), acl('AclFilter'))).toHaveLength(1);
    expect(scopesOverlap(acl('AclFilter'), scope({ modify: ['apps/acl.py'] }))).toHaveLength(1);
  });

  it('does not look at boundaries', () => {
    expect(scopesOverlap(scope({ boundary: ['a'] }), scope({ create: ['a'] }))).toEqual([]);
  });
});

describe('contradictionsOf', () => {
  it('finds lines that the own BOUNDARY forbids as a whole', () => {
    const own = scope({ create: ['src/a.ts', 'src/new/*'], modify: ['lib/b.ts'], boundary: ['src/*', 'lib/c.ts'] });
    expect(contradictionsOf(own).map((each) => [each.a.pattern, each.b.pattern])).toEqual([['src/a.ts', 'src/*']]);
  });

  it('accepts other symbols of the same file', () => {
    const own = (wall: string) => scope({ modify: ['a.py::A.x'], boundary: [wall] });
    expect(contradictionsOf(own('a.py::B'))).toEqual([]);
    expect(contradictionsOf(own('a.py::A'))).toHaveLength(1);
  });
});
