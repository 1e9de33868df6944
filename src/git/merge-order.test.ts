import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Footprint, footprintOf, overlapsOf } from './footprint.ts';
import { mergeOrder } from './merge-order.ts';

const touching = (...paths: string[]): Footprint =>
  footprintOf(paths.map((path) => ({ path, status: 'M', mode: '100644', oid: '0' })));

/** Branches that touch few files of few, so that they meet often; some are not known. */
const path = fc.constantFrom('a', 'b', 'c', 'd', 'e/f', 'e', 'g/h', 'g/i', 'k', 'l', 'm', 'n');
const footprint = fc.array(path, { minLength: 1, maxLength: 3 }).map((paths) => touching(...paths));
const branches = fc.array(fc.option(footprint, { freq: 9 }), { maxLength: 9 });

/** Who gets in when each two that meet conflict. */
function merged(order: readonly number[], meets: readonly Set<number>[]): number[] {
  const into: number[] = [];
  for (const at of order) if (!into.some((other) => meets[at]!.has(other))) into.push(at);
  return into;
}

/** The most of which no two meet, by looking at every choice. */
function most(meets: readonly Set<number>[]): number {
  let best = 0;
  for (let choice = 0; choice < 2 ** meets.length; choice++) {
    const chosen = [...meets.keys()].filter((at) => choice & (1 << at));
    if (chosen.every((at) => chosen.every((other) => !meets[at]!.has(other)))) best = Math.max(best, chosen.length);
  }
  return best;
}

describe('the order of merging', () => {
  it('takes every branch once, and is the same each time', () => {
    fc.assert(
      fc.property(branches, (footprints) => {
        const order = mergeOrder(footprints);
        expect(order.toSorted((a, b) => a - b)).toEqual([...footprints.keys()]);
        expect(mergeOrder(footprints)).toEqual(order);
      }),
    );
  });

  it('puts none that meets nobody behind one that meets somebody, and those as they came', () => {
    fc.assert(
      fc.property(fc.array(footprint, { maxLength: 9 }), (footprints) => {
        const meets = overlapsOf(footprints);
        const order = mergeOrder(footprints);
        const alone = order.filter((at) => meets[at]!.size === 0);
        expect(order.slice(0, alone.length)).toEqual(alone);
        expect(alone).toEqual(alone.toSorted((a, b) => a - b));
      }),
    );
  });

  it('lets as many in as any order could, when each two that meet conflict', () => {
    fc.assert(
      fc.property(fc.array(footprint, { maxLength: 9 }), (footprints) => {
        const meets = overlapsOf(footprints);
        expect(merged(mergeOrder(footprints), meets)).toHaveLength(most(meets));
      }),
    );
  });

  it('meets over a file that is a folder on the other side, and over nothing else', () => {
    expect(overlapsOf([touching('a/b'), touching('a'), touching('a/c')])).toEqual([
      new Set([1]),
      new Set([0, 2]),
      new Set([1]),
    ]);
    expect(mergeOrder([touching('a'), touching('a/b'), null, touching('a/c'), touching('z')])).toEqual([4, 1, 3, 0, 2]);
  });

  it('of many that hang together, none comes behind who meets fewer', () => {
    const ring = Array.from({ length: 60 }, (_, n) => touching(`f${n}`, `f${(n + 1) % 60}`));
    const star = touching(...ring.map((_, n) => `f${n}`));
    const order = mergeOrder([star, ...ring]);
    expect(order.at(-1)).toBe(0);
    expect(merged(order, overlapsOf([star, ...ring])).length).toBeGreaterThanOrEqual(20);
  });
});
