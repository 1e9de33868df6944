import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandBraces, MAX_ALTERNATIVES } from './braces.ts';

describe('expandBraces', () => {
  it.each([
    ['apps/users/{models,views}.py', ['apps/users/models.py', 'apps/users/views.py']],
    ['{a,b}{1,2}', ['a1', 'a2', 'b1', 'b2']],
    ['{a,{b,c}d}.py', ['a.py', 'bd.py', 'cd.py']],
    ['x{,.bak}', ['x', 'x.bak']],
    ['f{1..3}', ['f1', 'f2', 'f3']],
    ['f{3..1}', ['f3', 'f2', 'f1']],
    ['f{08..10}', ['f08', 'f09', 'f10']],
    ['f{-1..1}', ['f-1', 'f0', 'f1']],
    ['{a..c}x', ['ax', 'bx', 'cx']],
    ['plain.py', ['plain.py']],
    ['', ['']],
    ['{a}', ['{a}']],
    ['{}', ['{}']],
    ['{a,b', ['{a,b']],
    ['a,b}', ['a,b}']],
    ['{a,b}}', ['a}', 'b}']],
    ['{{a,b}', ['{a', '{b']],
    ['\\{a,b}', ['\\{a,b}']],
    ['{a\\,b,c}', ['a\\,b', 'c']],
    ['{1..99999999999}', ['{1..99999999999}']],
  ])('%s', (pattern, expected) => {
    expect(expandBraces(pattern)).toEqual(expected);
  });

  it('leaves a pattern with too many alternatives as it is', () => {
    const explosive = '{a,b,c,d,e,f,g,h,i,j}'.repeat(10);
    expect(expandBraces(explosive)).toEqual([explosive]);
    expect(expandBraces('{1..1000}')).toHaveLength(MAX_ALTERNATIVES);
    expect(expandBraces('{1..1000}{a,b}')).toEqual(['{1..1000}{a,b}']);
  });

  it('ends on hostile nesting', () => {
    const deep = `${'{a,'.repeat(20_000)}b${'}'.repeat(20_000)}`;
    expect(expandBraces(deep).length).toBeLessThanOrEqual(MAX_ALTERNATIVES);
    expect(expandBraces('{'.repeat(100_000))).toHaveLength(1);
  });

  it('never gives more than the limit, and never throws', () => {
    const hostile = fc.array(fc.constantFrom('{', '}', ',', '..', 'a', '1', '9', '\\', '/'), { maxLength: 60 });
    fc.assert(
      fc.property(hostile, (parts) => {
        const expanded = expandBraces(parts.join(''));
        expect(expanded.length).toBeGreaterThan(0);
        expect(expanded.length).toBeLessThanOrEqual(MAX_ALTERNATIVES);
      }),
    );
  });
});
