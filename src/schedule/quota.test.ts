import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCreated } from '../../test/rig/events.ts';
import type { RunEvent, RunEventBody, RunSettings } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { fold, type RunState } from '../run/state.ts';
import { decide } from './decide.ts';
import { withJitter } from './quota.ts';
import { makeSchedule } from './schedule.ts';
import { simulate } from './simulate.ts';

const MINUTE = 60_000;

const created = (ids: string[], more: Partial<RunSettings> = {}) =>
  runCreated(ids, { settings: { retries: 0, ...more } });

const scheduleOf = (ids: string[]) =>
  makeSchedule({
    tasks: ids.map((id) => ({ id, wave: 1, deps: [], conflicts: [] })),
    overlaps: new Map(),
    duration: () => 1,
    barrier: 'none',
  });

/** Simulates an account that refuses while `isLimited`, and says until when as `says` has it. */
function play(
  ids: string[],
  isLimited: (now: number) => boolean,
  says: (now: number) => number | null,
  maxConcurrent = 3,
) {
  return simulate({
    schedule: scheduleOf(ids),
    created: created(ids, { maxConcurrent }),
    duration: () => 1000,
    result: (_task, _attempt, now) =>
      isLimited(now) ? { outcome: 'rate-limited', limit: { resetsAt: says(now), text: 'limit' } } : {},
  });
}

const of = <T extends RunEvent['type']>(events: RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

describe('an account that is limited', () => {
  it('starts nothing before its reset, then one alone, then all', () => {
    const reset = 100_000;
    const { events, state } = play(
      ['a', 'b', 'c', 'd', 'e'],
      (now) => now < reset,
      () => reset,
    );
    const starts = of(events, 'attempt.started').map(({ at }) => at);
    expect(starts.filter((at) => at > 0 && at < reset)).toEqual([]);
    expect(starts.filter((at) => at === reset)).toHaveLength(1);
    expect(starts.filter((at) => at === reset + 1000)).toHaveLength(3);
    expect(state.outcome).toBe('integrated');
    expect(state.quota.size).toBe(0);
  });

  it('that does not say until when is asked after 1, 2, 4 … 30 minutes, by one attempt each time', () => {
    const { events } = play(
      ['a', 'b', 'c'],
      (now) => now < 200 * MINUTE,
      () => null,
    );
    const parks = of(events, 'quota.parked');
    expect(parks.map(({ at, until }) => (until - at) / MINUTE)).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30]);
    expect(parks.map(({ strikes }) => strikes)).toEqual(parks.map((_, index) => index + 1));
    for (const park of parks) {
      const tries = of(events, 'attempt.started').filter(({ at }) => at === park.until);
      expect(tries).toHaveLength(1);
    }
  });

  it('costs no attempt, and all is integrated once it opens; the fold of the events is the same state', () => {
    const windows = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 300 })), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        windows,
        fc.boolean(),
        (count, maxConcurrent, closed, known) => {
          const ids = Array.from({ length: count }, (_, index) => `t${index}`);
          const windowAt = (now: number) =>
            closed.find(([from, length]) => now >= from * 1000 && now < (from + length) * 1000);
          const says = (now: number) => {
            const found = windowAt(now);
            return found && known ? (found[0] + found[1]) * 1000 : null;
          };
          const { events, state, peak } = play(ids, (now) => windowAt(now) !== undefined, says, maxConcurrent);
          expect(state.outcome).toBe('integrated'); // though no task has an attempt to spare
          expect(peak).toBeLessThanOrEqual(maxConcurrent);
          expect(fold(events, reduce)).toEqual(state);
          let until = 0;
          for (const event of events) {
            if (event.type === 'quota.parked') until = event.until;
            if (event.type === 'attempt.started') expect(event.at).toBeGreaterThanOrEqual(until);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('decisions about accounts', () => {
  /** The state after these events, each at the time it is given with. */
  function stateOf(ids: string[], events: [number, RunEventBody][], more: Partial<RunSettings> = {}): RunState {
    const selection = { tasks: ids, skip: [], retry: [] };
    const all: [number, RunEventBody][] = [
      [0, created(ids, more)],
      [0, { type: 'run.opened', pid: 1, host: '', epoch: 1, selection }],
      [0, { type: 'wave.started', wave: 1 }],
      ...events,
    ];
    return fold(
      all.map(([at, body], index): RunEvent => ({ v: 1, seq: index + 1, at, run: 'r', ...body })),
      reduce,
    );
  }
  const start = (task: string, account: string): RunEventBody => ({
    type: 'attempt.started',
    task,
    attempt: 1,
    agent: account,
    branch: '',
    workspace: '',
    base: '',
    account,
  });
  const park = (account: string, until: number): RunEventBody => ({
    type: 'quota.parked',
    account,
    until,
    resetsAt: until,
    reason: 'usage-limit',
    text: '',
    strikes: 0,
    by: { task: 'a', attempt: 1 },
  });
  const limit = (task: string, resetsAt: number | null): RunEventBody => ({
    type: 'attempt.limited',
    task,
    attempt: 1,
    limit: { resetsAt, text: '' },
  });
  const ids = ['a', 'b', 'c'];
  const actions = (state: RunState, now: number) =>
    decide(
      scheduleOf(ids),
      state,
      { maxConcurrent: 5, now, accountOf: (task) => (task === 'c' ? 'two' : 'one') },
      new Set(),
    );

  it('end the running agents that report it too, once; those that get answers go on', () => {
    const events: [number, RunEventBody][] = [
      [1, start('a', 'one')],
      [1, start('b', 'one')],
      [2, limit('b', null)],
      [3, limit('a', 1000)],
    ];
    expect(actions(stateOf(ids, events), 4)).toMatchObject([{ do: 'park', account: 'one', waitMs: 996 }]);
    const parked = stateOf(ids, [...events, [4, park('one', 1000)]]);
    expect(actions(parked, 5).filter((action) => action.do === 'end')).toEqual([
      { do: 'end', task: 'a', attempt: 1, why: 'limit' },
      { do: 'end', task: 'b', attempt: 1, why: 'limit' },
    ]);
    const answered: RunEventBody = {
      type: 'attempt.usage',
      task: 'b',
      attempt: 1,
      tokens: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: null, source: 'unknown' },
    };
    const asked: RunEventBody = { type: 'attempt.ending', task: 'a', attempt: 1, why: 'limit' };
    const later = stateOf(ids, [...events, [4, park('one', 1000)], [5, asked], [5, answered]]);
    expect(actions(later, 6).filter((action) => action.do === 'end')).toEqual([]);
  });

  it('leave other accounts alone', () => {
    const state = stateOf(ids, [
      [1, start('a', 'one')],
      [2, park('one', 1000)],
    ]);
    expect(actions(state, 3)).toEqual([
      { do: 'start', task: 'c', attempt: 1 },
      { do: 'wake', at: 1000 },
    ]);
  });

  it('survive a restart; a person may try at once', () => {
    const selection = { tasks: ids, skip: ['c'], retry: [] };
    const again = (now?: true): RunEventBody => ({
      type: 'run.opened',
      pid: 2,
      host: '',
      epoch: 2,
      selection,
      ...(now && { now }),
    });
    const before: [number, RunEventBody][] = [
      [1, start('a', 'one')],
      [2, park('one', 1000)],
    ];
    expect(actions(stateOf(ids, [...before, [500, again()]]), 501)).toEqual([{ do: 'wake', at: 1000 }]);
    expect(actions(stateOf(ids, [...before, [500, again(true)]]), 501)).toEqual([
      { do: 'start', task: 'b', attempt: 1 },
    ]);
  });

  it('do not wait for a gate that nobody is behind', () => {
    const state = stateOf(
      ['a'],
      [
        [1, start('a', 'one')],
        [2, park('one', 1_000_000)],
        [3, { type: 'task.integrated', task: 'a', attempt: 1, head: '', commit: '', commits: 1 }],
        [4, { type: 'wave.completed', wave: 1, integrated: 1, total: 1 }],
      ],
    );
    expect(decide(scheduleOf(['a']), state, { maxConcurrent: 1, now: 5 }, new Set())).toEqual([
      { do: 'finish', outcome: 'integrated' },
    ]);
  });
});

it('jitter is up to a tenth of the wait, and never over half a minute', () => {
  expect(withJitter(1000, 0)).toBe(1000);
  expect(withJitter(1000, 1)).toBe(1100);
  expect(withJitter(3_600_000, 1)).toBe(3_630_000);
});
