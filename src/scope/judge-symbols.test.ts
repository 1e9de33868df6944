import { describe, expect, it } from 'vitest';
import { scope } from '../../test/rig/scopes.ts';
import { judgeChanges } from './judge.ts';
import type { Change, Scope, ScopePolicy } from './scope.ts';
import { type FileSymbols, filesWithSymbols, symbolCovers, type Touched } from './symbols.ts';

/** `Order.add`, `+Order.add` (added), `-parse` (removed), `*` (no definition), `Acme/Order.add` (in the namespace Acme). */
function part(text: string): Touched {
  const change = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'modified';
  const name = text.replace(/^[+-]/, '');
  const namespaces = name.split('/').length - 1;
  return { symbol: name === '*' ? null : name.replaceAll('/', '.'), namespaces, change, line: 7 };
}

/** Judges a change of a.py that touches these parts; `rule severity symbol entry` each. */
function judged(own: Scope, parts: string[] | string, kind: Change['kind'] = 'modified', policy: ScopePolicy = 'warn') {
  const facts: FileSymbols = typeof parts === 'string' ? { unknown: parts } : { touched: parts.map(part) };
  const symbols = new Map([['a.py', facts]]);
  return judgeChanges(own, [{ path: 'a.py', kind }], { policy, symbols }).map(
    ({ rule, severity, symbol, line, entry }) => {
      expect(line).toBe(symbol === undefined ? undefined : 7);
      return [rule, severity, symbol, entry].filter(Boolean).join(' ');
    },
  );
}

const method = scope({ modify: ['a.py::A.f'] });

describe('judgeChanges with symbols', () => {
  it.each<[string, Scope, string[], string[]]>([
    ['what is its own', method, ['A.f'], []],
    ['only imports', method, [], []],
    ['a member of its own', scope({ modify: ['a.py::A'] }), ['A', 'A.f', '+A.g', '-A.B.h'], []],
    ['others', method, ['A.f', 'A.g', '+b'], ['outside warn A.g', 'outside warn b']],
    ['a name that begins alike', method, ['A.ff'], ['outside warn A.ff']],
    ['what holds it', method, ['A'], ['outside warn A']],
    ['no definition', method, ['*'], ['outside warn <module>']],
    ['others that are removed', method, ['-b'], ['outside fail b']],
    ['all of a class, once', method, ['+B', '+B.x', '+B.y', 'B.z'], ['outside warn B', 'outside warn B.z']],
    ['in a namespace', method, ['Acme/Shop/A.f'], []],
    ['in a class that is no namespace', method, ['Acme.A.f'], ['outside warn Acme.A.f']],
    ['several symbols', scope({ modify: ['a.py::A.f', '*.py::b'] }), ['A.f', 'b', 'c'], ['outside warn c']],
    ['the whole file as well', scope({ modify: ['a.py::A.f', 'a.py'] }), ['c', '*'], []],
    ['to be created', scope({ create: ['a.py::b'] }), ['+b'], []],
    ['to be created, but there', scope({ create: ['a.py::b'] }), ['b'], ['created-existing warn b a.py::b']],
    [
      'to be modified, but not there',
      scope({ modify: ['a.py::b'] }),
      ['+b', '+b.c'],
      ['modified-missing warn b a.py::b'],
    ],
    ['either', scope({ create: ['a.py::b'], modify: ['a.py::b'] }), ['+b'], []],
  ])('%s', (_, own, parts, expected) => {
    expect(judged(own, parts)).toEqual(expected);
  });

  it('BOUNDARY is a hard stop, inside of what is its own as well', () => {
    const walled = scope({ modify: ['a.py::A'], boundary: ['a.py::A.g', 'a.py::c'] });
    expect(judged(walled, ['A.f', '+A.g.h', 'c', 'd'])).toEqual([
      'boundary fail A.g.h a.py::A.g',
      'boundary fail c a.py::c',
      'outside warn d',
    ]);
    expect(judged(scope({ modify: ['a.py'], boundary: ['*.py::c'] }), ['A', '-c'])).toEqual([
      'boundary fail c *.py::c',
    ]);
    expect(judged(scope({ modify: ['b.py'], boundary: ['a.py::c'] }), ['A'])).toEqual(['outside warn']);
    expect(judged(scope({ modify: ['a.py::A'], boundary: ['a.py'] }), ['A'])).toEqual(['boundary fail a.py']);
  });

  it('enforce makes failures of warnings', () => {
    expect(judged(method, ['A.g', '*'], 'modified', 'enforce')).toEqual(['outside fail A.g', 'outside fail <module>']);
    expect(judged(scope({ modify: ['a.py::b'] }), ['+b'], 'modified', 'enforce')).toEqual([
      'modified-missing fail b a.py::b',
    ]);
  });

  it('a file that is new belongs to who made it; one that is gone is lost to the others', () => {
    expect(judged(scope({ create: ['a.py::b'] }), ['+b', '+c', '*'], 'added')).toEqual([]);
    expect(judged(method, ['+A', '+A.f'], 'added')).toEqual(['modified-missing warn a.py::A.f']);
    expect(judged(method, ['-A', '-A.f'], 'deleted')).toEqual(['outside fail']);
    expect(judged(scope({ modify: ['a.py::A'] }), ['-A', '-A.f'], 'deleted')).toEqual([]);
  });

  it('where nobody can tell, the file counts as a whole', () => {
    expect(judged(method, 'no grammar')).toEqual([]);
    expect(judged(scope({ boundary: ['a.py::A'] }), 'no grammar')).toEqual(['boundary fail a.py::A']);
    expect(judged(scope({ modify: ['a.py::B'], boundary: ['a.py::A'] }), 'no grammar')).toEqual([
      'boundary warn a.py::A',
    ]);
  });
});

it('symbolCovers', () => {
  expect(symbolCovers('A', part('A'))).toBe(true);
  expect(symbolCovers('A', part('A.b'))).toBe(true);
  expect(symbolCovers('A', part('AB'))).toBe(false);
  expect(symbolCovers('N.A', part('N/A.b'))).toBe(true);
  expect(symbolCovers('b', part('N/A.b'))).toBe(false);
  expect(symbolCovers('N', part('N/A.b'))).toBe(true);
});

it('only files in which the scope names a symbol are looked into', () => {
  const changes = ['a.py', 'b.py', 'lib/c.py'].map((path): Change => ({ path, kind: 'modified' }));
  expect(filesWithSymbols(scope({ modify: ['a.py', 'b.py::x'], boundary: ['lib/*::y'] }), changes)).toEqual([
    'b.py',
    'lib/c.py',
  ]);
  expect(filesWithSymbols(scope({ modify: ['a.py'] }), changes)).toEqual([]);
});
