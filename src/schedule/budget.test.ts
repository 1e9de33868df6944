import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCreated } from '../../test/rig/events.ts';
import { runSpent, spentOf } from '../run/budget.ts';
import type { RunEvent, RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { fold } from '../run/state.ts';
import { budgetReached, raised } from './budget.ts';
import { makeSchedule } from './schedule.ts';
import { simulate } from './simulate.ts';

interface World {
  /** US dollars of each attempt, used in turn. */
  costs: number[];
  maxUsd?: number;
  maxTaskUsd?: number;
  maxConcurrent: number;
  /** Which attempts fail, in turn. */
  failing: boolean[];
}

function play({ costs, maxConcurrent, failing, ...limits }: World, count = 8) {
  const ids = Array.from({ length: count }, (_, index) => `t${index}`);
  const created = runCreated(ids, { settings: { maxConcurrent, retries: 2, ...limits } });
  const schedule = makeSchedule({
    tasks: ids.map((id) => ({ id, wave: 1, deps: [], conflicts: [] })),
    overlaps: new Map(),
    duration: () => 1,
    barrier: 'none',
  });
  let ended = 0;
  return simulate({
    schedule,
    created,
    duration: (_, attempt) => 10 + attempt,
    result: () => {
      const usd = costs[ended % costs.length]!;
      const failed = failing[ended++ % failing.length]!;
      return {
        outcome: failed ? 'crashed' : 'success',
        cost: { usd, source: 'reported' },
        tokens: { input: Math.round(usd * 1000), output: 1, cacheRead: 0, cacheWrite: 0 },
      };
    },
  });
}

const worlds = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
  maxUsd: fc.integer({ min: 1, max: 200 }),
  maxConcurrent: fc.integer({ min: 1, max: 5 }),
  failing: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
});

describe('the budget of a run', () => {
  it('is never exceeded by more than what was in flight, and ends in a pause that nothing starts behind', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { events, state } = play(world);
        const spent = runSpent(state).usd;
        const dearest = Math.max(...world.costs);
        expect(spent).toBeLessThan(world.maxUsd + world.maxConcurrent * dearest);
        const pause = events.findIndex(({ type }) => type === 'budget.reached');
        if (state.outcome === 'paused') expect(spent).toBeGreaterThanOrEqual(world.maxUsd);
        if (pause >= 0) expect(events.slice(pause).some(({ type }) => type === 'attempt.started')).toBe(false);
        // No start is decided at or over the limit.
        let before = 0;
        for (const event of events) {
          if (event.type === 'attempt.started') expect(before).toBeLessThan(world.maxUsd);
          if (event.type === 'attempt.ended') before += event.cost.usd ?? 0;
        }
        expect(fold(events, reduce)).toEqual(state);
      }),
      { numRuns: 200 },
    );
  });

  it('holds starts back by what a task costs on average: near its end agents start one by one', () => {
    const { events } = play({ costs: [10], failing: [false], maxUsd: 100, maxConcurrent: 4 }, 20);
    let running = 0;
    let spent = 0;
    for (const event of events) {
      if (event.type === 'attempt.started') running++;
      if (event.type === 'attempt.ended') {
        running--;
        spent += event.cost.usd ?? 0;
      }
      if (spent > 0) expect(spent + running * 10).toBeLessThanOrEqual(100);
    }
    expect(spent).toBe(100);
  });

  it('a task fails when it has cost what one may, and the others go on', () => {
    const { state } = play({ costs: [4], failing: [true], maxTaskUsd: 7, maxConcurrent: 3 }, 3);
    for (const task of state.tasks.values()) {
      expect(task.attempts).toHaveLength(2); // of three it might have made
      expect(task.status).toMatchObject({ is: 'failed', failure: { code: 'task-budget', spent: 8, limit: 7 } });
      expect(spentOf(task).usd).toBe(8);
    }
    expect(state.outcome).toBe('failed');
  });

  it('counts usage that is said again once, and a session that goes on by what it used since', () => {
    const at = (body: RunEventBody, index: number): RunEvent => ({
      v: 1,
      seq: index + 1,
      at: index,
      run: 'r',
      ...body,
    });
    const { events } = play({ costs: [3], failing: [false], maxConcurrent: 1 }, 1);
    const upTo = events.slice(
      0,
      events.findIndex(({ type }) => type === 'attempt.ended'),
    );
    const tokens = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
    const usage: RunEventBody = {
      type: 'attempt.usage',
      task: 't0',
      attempt: 1,
      tokens,
      cost: { usd: 2, source: 'estimated' },
    };
    const state = fold([...upTo, at(usage, 10), at(usage, 11)], reduce);
    expect(runSpent(state)).toEqual({ usd: 2, tokens: 2 });
    expect(budgetReached({ ...state, settings: { ...state.settings, maxUsd: 2 } })).toEqual({
      what: 'cost',
      spent: 2,
      limit: 2,
    });
    expect(budgetReached({ ...state, settings: { ...state.settings, maxTokens: 3 } })).toBeNull();
  });
});

it('a limit to go on with is twice as much, and clear of what is spent', () => {
  expect(raised({ what: 'cost', spent: 20.1, limit: 20 })).toBe(40);
  expect(raised({ what: 'cost', spent: 0.42, limit: 0.1 })).toBe(0.63);
  expect(raised({ what: 'tokens', spent: 1_234_567, limit: 1_000_000 })).toBe(2_000_000);
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      (limit, over) => {
        expect(raised({ what: 'cost', spent: limit * over, limit })).toBeGreaterThan(limit * over);
      },
    ),
  );
});
