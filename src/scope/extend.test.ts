import { describe, expect, it } from 'vitest';
import { scope } from '../../test/rig/scopes.ts';
import { filesToCreate } from './created.ts';
import { entryFrom, extendScope, isOwnedBy, isWalled, mayWrite } from './extend.ts';
import { judgeChanges } from './judge.ts';

const own = scope({ create: ['src/a/*.ts'], modify: ['src/b.ts::Order'], boundary: ['src/c/*', 'src/d.ts::Line'] });

describe('a scope that is extended', () => {
  it('allows to create and to modify what was granted, and promises none of it', () => {
    const more = extendScope(own, ['./src/x.ts', 'src/d.ts::Order']);
    const judged = (path: string, kind: 'added' | 'modified') =>
      judgeChanges(more, [{ path, kind }], { policy: 'enforce' });
    expect([judged('src/x.ts', 'added'), judged('src/x.ts', 'modified')]).toEqual([[], []]);
    expect(judged('src/y.ts', 'added')).toHaveLength(1);
    expect(filesToCreate(more)).toEqual([]);
  });

  it('stays as it is where it has it already, or allows everything', () => {
    expect(extendScope(own, ['src/a/x.ts', 'src/b.ts::Order.add'])).toBe(own);
    const open = scope({ boundary: ['infra/'] });
    expect(extendScope(open, ['src/x.ts'])).toBe(open);
  });
});

it.each([
  ['src/a/x.ts', true],
  ['src/a/x.ts::Order', true],
  ['src/a/deep/x.ts', false],
  ['src/b.ts', false],
  ['src/b.ts::Order', true],
  ['src/b.ts::Order.add', true],
  ['src/b.ts::Orders', false],
  ['src/**', false],
])('mayWrite %s: %s', (text, expected) => {
  expect(mayWrite(own, entryFrom(text))).toBe(expected);
});

it.each([
  ['src/c/deep/x.ts', true],
  ['src/d.ts', true],
  ['src/d.ts::Line.price', true],
  ['src/d.ts::Order', false],
  ['src/x.ts', false],
])('isWalled %s: %s', (text, expected) => {
  expect(isWalled(own, entryFrom(text))).toBe(expected);
});

it.each([
  ['src/a/x.ts', true],
  ['src/**', true],
  ['src/b.ts', true],
  ['src/b.ts::parse', false],
  ['src/x.ts', false],
])('isOwnedBy %s: %s', (text, expected) => {
  expect(isOwnedBy(own, entryFrom(text))).toBe(expected);
});
