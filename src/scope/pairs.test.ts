import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globPattern } from '../../test/rig/globs.ts';
import { entry, scope } from '../../test/rig/scopes.ts';
import { scopesOverlap } from './overlap.ts';
import { overlappingPairs } from './pairs.ts';
import type { Scope } from './scope.ts';

const sorted = (pairs: Map<string, Set<string>>) =>
  [...pairs].map(([id, partners]) => [id, [...partners].sort()]).sort();

/** The same question, asked pair by pair. */
function naive(tasks: { id: string; scope: Scope }[]): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>();
  for (const a of tasks) {
    for (const b of tasks) {
      if (a.id === b.id || scopesOverlap(a.scope, b.scope).length === 0) continue;
      pairs.set(a.id, (pairs.get(a.id) ?? new Set()).add(b.id));
    }
  }
  return pairs;
}

describe('overlappingPairs', () => {
  it('is symmetric and leaves out tasks that meet nobody', () => {
    const tasks = [
      { id: 'a', scope: scope({ create: ['src/a.ts'], modify: ['config/urls.py'] }) },
      { id: 'b', scope: scope({ create: ['src/b.ts'], modify: ['config/*.py'] }) },
      { id: 'c', scope: scope({ create: ['src/c.ts'] }) },
      { id: 'd', scope: scope({ create: ['src/c.ts/../x', 'lib'] }) },
      { id: 'e', scope: scope({ modify: ['lib/deep/e.ts'] }) },
    ];
    expect(sorted(overlappingPairs(tasks))).toEqual([
      ['a', ['b']],
      ['b', ['a']],
      ['d', ['e']],
      ['e', ['d']],
    ]);
  });

  it('respects symbols', () => {
    const tasks = ['A.x', 'A.y', 'A', 'B'].map((symbol) => ({
      id: symbol,
      scope: { ...scope({}), modify: [entry(`f.py::${symbol}`)] },
    }));
    expect(sorted(overlappingPairs(tasks))).toEqual([
      ['A', ['A.x', 'A.y']],
      ['A.x', ['A']],
      ['A.y', ['A']],
    ]);
  });

  it('does not take a file for the folder that another task puts in its place', () => {
    const tasks = [
      { id: 'file', scope: scope({ modify: ['a.a'] }) },
      { id: 'folder', scope: scope({ create: ['a.a/**'] }) },
      { id: 'inside', scope: scope({ create: ['**/[ab]'] }) },
    ];
    expect(sorted(overlappingPairs(tasks))).toEqual([
      ['file', ['folder']],
      ['folder', ['file', 'inside']],
      ['inside', ['folder']],
    ]);
  });

  it('agrees with asking pair by pair', () => {
    const line = fc
      .tuple(globPattern, fc.constantFrom('', '', '', '/', '::A', '::A.x', '::B'))
      .map(([pattern, tail]) => pattern + tail);
    const lists = fc.record({
      create: fc.array(line, { maxLength: 3 }),
      modify: fc.array(line, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(lists, { maxLength: 8 }), (all) => {
        const tasks = all.map((each, index) => ({ id: `t${index}`, scope: scope(each) }));
        expect(sorted(overlappingPairs(tasks))).toEqual(sorted(naive(tasks)));
      }),
      { numRuns: 300 },
    );
  });

  it('tells a thousand deep globs apart', () => {
    const tasks = Array.from({ length: 1000 }, (_, index) => ({
      id: `task-${index}`,
      scope: scope({ create: [`src/m${index}/**`, `tests/**/test_m${index}_*.py`] }),
    }));
    tasks.push({ id: 'last', scope: scope({ modify: ['tests/deep/test_m7_views.py', 'src/m9/deep/*.py'] }) });
    expect(sorted(overlappingPairs(tasks))).toEqual([
      ['last', ['task-7', 'task-9']],
      ['task-7', ['last']],
      ['task-9', ['last']],
    ]);
  });

  it('compares few pairs among a thousand tasks', () => {
    const tasks = Array.from({ length: 1000 }, (_, index) => ({
      id: `task-${index}`,
      scope: scope({
        create: [`src/m${index}/{a,b}.ts`, `src/m${index}/tests/*.py`, `**/m${index}.test.ts`],
        modify: index % 100 === 0 ? ['src/index.ts'] : [],
      }),
    }));
    const pairs = overlappingPairs(tasks);
    expect(pairs.get('task-100')).toEqual(new Set(tasks.filter((_, i) => i % 100 === 0 && i !== 100).map((t) => t.id)));
    expect(pairs.size).toBe(10);
  });
});
