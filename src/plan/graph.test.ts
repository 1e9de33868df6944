import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallPlan } from '../../test/rig/plan-source.ts';
import { collectFindings } from './findings.ts';
import { checkCycles, inDependencyOrder, longestChain, orderedBy } from './graph.ts';
import { parsePlan } from './parse.ts';

type Edges = Record<string, string[]>;

function graph(edges: Edges) {
  const at = { file: 'f', line: 1, column: 1 };
  return new Map(Object.entries(edges).map(([id, deps]) => [id, { deps: deps.map((dep) => ({ id: dep, at })) }]));
}

function cycles(edges: Edges): string[] {
  const found = collectFindings();
  checkCycles(graph(edges), found);
  return found.list.map(({ message }) => message);
}

const graphs = fc.integer({ min: 1, max: 8 }).chain((size) => {
  const id = fc.integer({ min: 0, max: size - 1 }).map((number) => `t${number}`);
  const deps = fc.uniqueArray(id, { maxLength: 3 });
  return fc
    .array(deps, { minLength: size, maxLength: size })
    .map((lists): Edges => Object.fromEntries(lists.map((list, index) => [`t${index}`, list])));
});

describe('cycles', () => {
  it.each([
    [{ a: ['a'] }, ['a depends on itself']],
    [{ a: ['b'], b: ['a'] }, ['the tasks depend on each other: a → b → a']],
    [
      { a: ['b'], b: ['c'], c: ['d', 'b'], d: ['a'], e: ['a'], f: ['g'], g: ['f'] },
      ['the tasks depend on each other: a → b → c → d → a', 'the tasks depend on each other: f → g → f'],
    ],
    [{ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ] as [Edges, string[]][])('%j', (edges, expected) => {
    expect(cycles(edges).sort()).toEqual(expected);
  });

  it('are found exactly when no order puts every dependency first; each path is real', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const messages = cycles(edges);
        expect(messages.length === 0).toBe(inDependencyOrder(graph(edges)).length === Object.keys(edges).length);
        for (const message of messages) {
          const path = message.split(': ')[1]?.split(' → ') ?? [];
          path.slice(1).forEach((id, index) => {
            expect(edges[path[index]!]).toContain(id);
          });
        }
      }),
    );
  });

  it('are shown at the line that closes them', () => {
    const { diagnostics } = parsePlan(smallPlan({ a1: { deps: 'a2' }, a2: { deps: 'a1' } }));
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: 'cycle', level: 'error', file: 'tasks/a1.md', line: 4, column: 8 }),
    );
  });

  it('of ten thousand tasks do not exhaust the stack', () => {
    const chain = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, [`t${(i + 1) % 10_000}`]]));
    expect(cycles(chain)).toHaveLength(1);
  });
});

describe('order and chains', () => {
  it('every dependency comes first', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const order = inDependencyOrder(graph(edges));
        for (const id of order)
          for (const dep of edges[id]!) expect(order.indexOf(dep)).toBeLessThan(order.indexOf(id));
      }),
    );
  });

  it('the longest chain is a chain, and no shorter than any other', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        fc.pre(cycles(edges).length === 0);
        const chain = longestChain(graph(edges));
        chain.slice(1).forEach((id, index) => {
          expect(edges[id]).toContain(chain[index]);
        });
        const depth = (id: string): number => 1 + Math.max(0, ...edges[id]!.map(depth));
        expect(chain.length).toBe(Math.max(...Object.keys(edges).map(depth)));
      }),
    );
  });

  it('knows who waits for whom, through others too', () => {
    const ordered = orderedBy(graph({ a: [], b: ['a'], c: ['b'], d: [] }));
    expect([ordered('a', 'c'), ordered('c', 'a'), ordered('a', 'd')]).toEqual([true, true, false]);
  });
});
