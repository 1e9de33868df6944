import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallestCulprits } from './culprits.ts';

/** Checks that fail whenever all tasks of one of these sets are there; counts what is run. */
function checks(breaking: readonly (readonly number[])[]) {
  const run: (readonly number[])[] = [];
  const holds = (subset: readonly number[]) => !breaking.some((set) => set.every((task) => subset.includes(task)));
  const passes = async (subset: readonly number[]) => {
    run.push(subset);
    return holds(subset);
  };
  return { passes, holds, run };
}

const upTo = (n: number) => Array.from({ length: n }, (_, at) => at);

const guess = (suspects: readonly number[]) => (failing: readonly number[]) =>
  suspects.filter((task) => failing.includes(task));

/** Tasks in the order of landing, sets of them that break something, and a guess at who did. */
const batch = fc.integer({ min: 1, max: 24 }).chain((n) =>
  fc.record({
    tasks: fc.constant(upTo(n)),
    breaking: fc.array(fc.uniqueArray(fc.nat(n - 1), { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
    suspects: fc.uniqueArray(fc.nat(n - 1), { maxLength: 3 }),
  }),
);

describe('culprits', () => {
  it('every set fails, and no part of it; the rest passes, and lacks nobody but the last of each set', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ({ tasks, breaking, suspects }) => {
        const { passes, holds } = checks(breaking);
        const { sets, rest } = await smallestCulprits(tasks, passes, guess(suspects));
        for (const set of sets) {
          expect(holds(set)).toBe(false);
          for (const one of set) expect(holds(set.filter((task) => task !== one))).toBe(true);
          expect(set).toEqual(set.toSorted((a, b) => a - b));
        }
        expect(holds(rest)).toBe(true);
        expect(rest).toEqual(tasks.filter((task) => !sets.some((set) => set.at(-1) === task)));
        expect(new Set(sets.map((set) => set.at(-1))).size).toBe(sets.length);
      }),
      { numRuns: 500 },
    );
  });

  it('takes few runs, none twice, each in the order of landing', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async ({ tasks, breaking, suspects }) => {
        const { passes, run } = checks(breaking);
        const { sets } = await smallestCulprits(tasks, passes, guess(suspects));
        const halves = Math.ceil(Math.log2(tasks.length));
        expect(run.length).toBeLessThanOrEqual(sets.reduce((sum, set) => sum + 1 + set.length * (halves + 2), 1));
        expect(new Set(run.map(String)).size).toBe(run.length);
        for (const subset of run) expect(subset).toEqual(subset.toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  it('of checks that make no sense, too, comes an end: what is called failing failed, what lands passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.func(fc.boolean()), async (n, whim) => {
        const { sets, rest } = await smallestCulprits(upTo(n), async (subset) => whim(subset));
        for (const set of sets) expect(whim(set)).toBe(false);
        expect(rest.length === 0 || whim(rest)).toBe(true);
      }),
    );
  });

  it.each([
    ['all pass: one run', 16, [], [], 1],
    ['one of sixteen: it, halves, the rest', 16, [[11]], [], 7],
    ['one that was suspected', 16, [[11]], [11], 3],
    ['one while another was suspected', 16, [[11]], [3], 8],
    ['one alone', 1, [[0]], [], 1],
  ])('%s', async (_, n, breaking, suspects, runs) => {
    const { passes, run } = checks(breaking as number[][]);
    const { sets } = await smallestCulprits(upTo(n), passes, guess(suspects as number[]));
    expect(sets).toEqual(breaking);
    expect(run.length).toBeLessThanOrEqual(runs);
  });

  it('of two that fail together the later one goes, and the other is named', async () => {
    const { passes } = checks([[2, 5]]);
    for (const suspects of [[], [2], [5], [2, 5], [0]]) {
      expect(await smallestCulprits(upTo(8), passes, guess(suspects))).toEqual({
        sets: [[2, 5]],
        rest: [0, 1, 2, 3, 4, 6, 7],
      });
    }
  });
});
