import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCreated } from '../../test/rig/events.ts';
import type { RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { decide } from './decide.ts';
import { criticalPath, longestRemainingPaths, makeSchedule } from './schedule.ts';
import { simulate } from './simulate.ts';
import { unfinished } from './unfinished.ts';

type Created = ReturnType<typeof created>;

interface Node {
  id: string;
  wave: number;
  deps: string[];
  conflicts: string[];
}

function created(
  nodes: Node[],
  options: { maxConcurrent?: number; retries?: number; barrier?: 'none' | 'wave'; validated?: number[] } = {},
) {
  const { validated = [], ...settings } = options;
  return runCreated(nodes, { settings, validated });
}

const scheduleOf = (nodes: Node[], start: Created, duration = (_: string) => 1) =>
  makeSchedule({ tasks: nodes, overlaps: new Map(), duration, barrier: start.settings.barrier });

/** Plans without cycles: a task depends on earlier ones of the same or an earlier wave only. */
const plans = fc
  .array(
    fc.record({
      wave: fc.integer({ min: 1, max: 4 }),
      deps: fc.array(fc.nat(30), { maxLength: 3 }),
      conflict: fc.option(fc.nat(30), { freq: 4 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((raw): Node[] => {
    const sorted = raw.toSorted((a, b) => a.wave - b.wave);
    return sorted.map((node, index) => ({
      id: `t${String(index).padStart(2, '0')}`,
      wave: node.wave,
      deps: index === 0 ? [] : [...new Set(node.deps.map((dep) => `t${String(dep % index).padStart(2, '0')}`))],
      conflicts: node.conflict === null ? [] : [`t${String(node.conflict % sorted.length).padStart(2, '0')}`],
    }));
  })
  .map((nodes) => nodes.map((node) => ({ ...node, conflicts: node.conflicts.filter((id) => id !== node.id) })));

const worlds = fc.record({
  nodes: plans,
  maxConcurrent: fc.integer({ min: 1, max: 5 }),
  retries: fc.integer({ min: 0, max: 2 }),
  barrier: fc.constantFrom('none' as const, 'wave' as const),
  validated: fc.subarray([1, 2, 3, 4]),
  durations: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 14, maxLength: 14 }),
  /** Which attempts fail, by task index and attempt. */
  failing: fc.array(fc.constantFrom('success' as const, 'crashed' as const, 'auth' as const, 'network' as const), {
    minLength: 60,
    maxLength: 60,
  }),
});

function play(world: typeof worlds extends fc.Arbitrary<infer T> ? T : never) {
  const start = created(world.nodes, world);
  const index = new Map(world.nodes.map((node, at) => [node.id, at]));
  const schedule = scheduleOf(world.nodes, start);
  const result = simulate({
    schedule,
    created: start,
    duration: (task) => world.durations[index.get(task)!]!,
    outcome: (task, attempt) => world.failing[(index.get(task)! * 4 + attempt) % world.failing.length]!,
  });
  return { start, schedule, result };
}

describe('decide', () => {
  it('starts no task before its dependencies are integrated, and keeps every limit', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { result, start } = play(world);
        const integrated = new Set<string>();
        const running = new Set<string>();
        const holding = new Set<string>();
        const attempts = new Map<string, number>();
        for (const event of result.events) {
          if (event.type === 'attempt.started') {
            const node = world.nodes.find((each) => each.id === event.task)!;
            expect(node.deps.filter((dep) => !integrated.has(dep))).toEqual([]);
            for (const other of holding) {
              const peer = world.nodes.find((each) => each.id === other)!;
              expect(node.conflicts.includes(other) || peer.conflicts.includes(node.id)).toBe(false);
            }
            running.add(event.task);
            holding.add(event.task);
            attempts.set(event.task, (attempts.get(event.task) ?? 0) + 1);
            expect(running.size).toBeLessThanOrEqual(start.settings.maxConcurrent);
            expect(attempts.get(event.task)).toBeLessThanOrEqual(start.settings.retries + 1);
          }
          if (event.type === 'attempt.ended') running.delete(event.task);
          if (event.type === 'attempt.failed') holding.delete(event.task);
          if (event.type === 'task.integrated') {
            holding.delete(event.task);
            integrated.add(event.task);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('compares contracts once all is settled, and again after every landing; broken ones fail the run', () => {
    const nodes = [{ id: 'a', wave: 1, deps: [], conflicts: [] }];
    const start = created(nodes);
    const schedule = { ...scheduleOf(nodes, start), hasContracts: true };
    const { events, outcome } = simulate({ schedule, created: start, duration: () => 1 });
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['contracts.checked', 'run.finished']);
    expect(outcome).toBe('integrated');

    const state = events.slice(0, -2).reduce<RunState | null>((at, event) => reduce(at, event), null)!;
    const next = () => decide(schedule, state, { maxConcurrent: 1, now: 1e12 }, new Set());
    const append = (body: RunEventBody) => reduce(state, { v: 1, seq: state.seq + 1, at: 1e12, run: 'r', ...body });
    expect(next()).toEqual([{ do: 'check-contracts', commit: state.tip }]);
    append({ type: 'contracts.checking', commit: state.tip });
    expect(next()).toEqual([]);
    const broken = [{ contract: 'contracts/api.yaml', errors: ['no'] }];
    append({ type: 'contracts.checked', commit: state.tip, checks: [], broken });
    const failure = { code: 'contract-broken', contracts: broken };
    expect(next()).toEqual([{ do: 'finish', outcome: 'failed', failure }]);
    append({ type: 'integration.moved', from: state.tip, to: 'other' });
    expect(next()).toEqual([{ do: 'check-contracts', commit: 'other' }]);
  });

  it('ends with every task settled and nothing left to decide', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { result, schedule } = play(world);
        for (const task of result.state.tasks.values()) {
          expect(['integrated', 'failed', 'blocked']).toContain(task.status.is);
        }
        expect(decide(schedule, result.state, { maxConcurrent: 9, now: 1e12 }, new Set())).toEqual([]);
        const failures = [...result.state.tasks.values()].some((task) => task.status.is !== 'integrated');
        expect(result.outcome).toBe(failures ? 'failed' : 'integrated');
      }),
      { numRuns: 300 },
    );
  });

  it('knows after every event who is in each state, also when the run is opened again', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.nat(30), { maxLength: 4 }), (world, picks) => {
        const { events } = play(world).result;
        const ids = world.nodes.map((node) => node.id);
        const some = [...new Set(picks.map((pick) => ids[pick % ids.length]!))];
        const selection = { tasks: ids, skip: some, retry: ids.filter((id) => !some.includes(id)) };
        const again = { v: 1, at: 1, run: 'r', type: 'run.opened', pid: 1, host: '', epoch: 2, selection } as const;
        for (const cut of [events.length, 1 + (picks[0] ?? 0)]) {
          const cutEvents = events.slice(0, cut);
          let state: RunState | null = null;
          for (const event of [...cutEvents, { ...again, seq: cutEvents.length + 1 }]) {
            state = reduce(state, event);
            for (const [is, there] of Object.entries(state.standing)) {
              const expected = ids.filter((id) => state!.tasks.get(id)!.status.is === is);
              expect([...there].sort()).toEqual(expected);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('blocks exactly the tasks behind a failed one', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { result } = play(world);
        for (const node of world.nodes) {
          const statusOf = (id: string) => result.state.tasks.get(id)!.status.is;
          const dead = node.deps.some((dep) => statusOf(dep) === 'failed' || statusOf(dep) === 'blocked');
          expect(statusOf(node.id) === 'blocked').toBe(dead);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the order of the waves under a barrier', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { result } = play({ ...world, barrier: 'wave' });
        const waveOf = new Map(world.nodes.map((node) => [node.id, node.wave]));
        let highest = 0;
        for (const event of result.events) {
          if (event.type !== 'attempt.started') continue;
          expect(waveOf.get(event.task)!).toBeGreaterThanOrEqual(highest);
          highest = waveOf.get(event.task)!;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('goes on from any prefix of a journal to the same set of integrated tasks', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), (world, cut) => {
        const { result, schedule } = play({ ...world, failing: world.failing.map(() => 'success' as const) });
        const prefix = result.events.slice(0, 2 + (cut % (result.events.length - 1)));
        let state: RunState | null = null;
        for (const event of prefix) state = reduce(state, event);
        const rest = continueFrom(state!, schedule, world.maxConcurrent);
        expect([...rest.tasks.values()].map((task) => task.status.is)).toEqual(world.nodes.map(() => 'integrated'));
      }),
      { numRuns: 200 },
    );
  });

  it('an idle machine is never left idle: without limits the makespan is the critical path', () => {
    fc.assert(
      fc.property(
        plans,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 14, maxLength: 14 }),
        (nodes, durations) => {
          const free = nodes.map((node) => ({ ...node, conflicts: [] }));
          const start = created(free, { maxConcurrent: 99 });
          const index = new Map(free.map((node, at) => [node.id, at]));
          const duration = (task: string) => durations[index.get(task)!]!;
          const { makespan } = simulate({ schedule: scheduleOf(free, start, duration), created: start, duration });
          const longest = Math.max(...longestRemainingPaths(free, duration).values());
          expect(makespan).toBe(longest);
          const chain = criticalPath(free, duration);
          expect(chain.reduce((sum, id) => sum + duration(id), 0)).toBe(longest);
        },
      ),
    );
  });

  it('a failed wave validation holds back what depends on that wave and nothing else', () => {
    const nodes: Node[] = [
      { id: 'a', wave: 1, deps: [], conflicts: [] },
      { id: 'b', wave: 2, deps: ['a'], conflicts: [] },
      { id: 'c', wave: 2, deps: [], conflicts: [] },
    ];
    const start = created(nodes, { validated: [1], maxConcurrent: 1 });
    const schedule = scheduleOf(nodes, start);
    const { events } = simulate({ schedule, created: start, duration: () => 1 });
    let state: RunState | null = null;
    for (const event of events.slice(
      0,
      events.findIndex((each) => each.type === 'wave.validated'),
    )) {
      state = reduce(state, event);
    }
    const failure = { code: 'validation', wave: 1, command: 'x', exit: 1, tail: '' } as const;
    state = reduce(state, { v: 1, seq: 99, at: 5, run: 'r', type: 'wave.failed', wave: 1, failure });
    const actions = decide(schedule, state, { maxConcurrent: 3, now: 9 }, new Set());
    expect(state.tasks.get('b')!.status.is).toBe('waiting');
    expect(state.tasks.get('c')!.status.is).toBe('running');
    expect(actions.filter((action) => action.do === 'block')).toEqual([{ do: 'block', task: 'b', by: { wave: 1 } }]);
    expect(actions.filter((action) => action.do === 'start')).toEqual([]);
  });

  it('waits before it asks a full service again', () => {
    const nodes: Node[] = [{ id: 'a', wave: 1, deps: [], conflicts: [] }];
    const start = created(nodes, { retries: 2 });
    const outcomes = ['network', 'network', 'success'] as const;
    const { tasks, state } = simulate({
      schedule: scheduleOf(nodes, start),
      created: start,
      duration: () => 1000,
      outcome: (_, attempt) => outcomes[attempt - 1]!,
    });
    expect(state.tasks.get('a')!.status.is).toBe('integrated');
    expect(tasks.get('a')!.end).toBe(1000 + 15_000 + 1000 + 30_000 + 1000);
  });
});

it('what is unfinished is told of each schedule of a state anew, and follows it', () => {
  const nodes = ['a', 'b', 'c'].map((id): Node => ({ id, wave: 1, deps: [], conflicts: [] }));
  const start = created(nodes);
  const forwards = scheduleOf(nodes, start);
  const backwards = scheduleOf(nodes, start, (task) => task.charCodeAt(0));
  const ids = (schedule: typeof forwards, state: RunState) => [...unfinished(schedule, state)].map(({ id }) => id);
  const { state } = simulate({ schedule: forwards, created: start, duration: () => 1, select: ['a'] });
  expect(ids(forwards, state)).toEqual(['b', 'c']);
  expect(ids(backwards, state)).toEqual(['c', 'b', 'a']);
  const landed = { attempt: 1, head: '', commit: '', commits: 1 };
  reduce(state, { v: 1, seq: 99, at: 99, run: 'r', type: 'task.integrated', task: 'c', ...landed });
  expect(ids(forwards, state)).toEqual(['b', 'c']);
  expect(ids(backwards, state)).toEqual(['b', 'a']);
});

/** Re-opens a run as `resume` does and plays it to the end, all agents succeeding at once. */
function continueFrom(state: RunState, schedule: ReturnType<typeof scheduleOf>, maxConcurrent: number): RunState {
  let at = state.updatedAt;
  const append = (body: RunEventBody) => {
    state = reduce(state, { v: 1, seq: state.seq + 1, at: at++, run: 'r', ...body });
  };
  append({ type: 'run.opened', pid: 1, host: '', epoch: 2, selection: { ...state.selection, retry: [] } });
  for (const [task, { status }] of state.tasks) {
    if (status.is !== 'running') continue;
    const failure = { code: 'agent', outcome: 'lost', message: '', exit: null, signal: null } as const;
    append({ type: 'attempt.failed', task, attempt: status.attempt, failure, evidence: [] });
  }
  for (let step = 0; step < 2000; step++) {
    for (const action of decide(schedule, state, { maxConcurrent, now: at + 1e6 }, new Set())) {
      if (action.do === 'start') {
        const { task, attempt } = action;
        append({ type: 'attempt.started', task, attempt, agent: '', branch: '', workspace: '', base: '' });
        append({ type: 'attempt.ended', task, attempt, ...success });
      } else if (action.do === 'verify') {
        append({ type: 'attempt.verified', task: action.task, attempt: action.attempt, head: '', evidence: [] });
      } else if (action.do === 'land') {
        for (const { task, attempt, head } of action.tasks) {
          append({ type: 'task.integrated', task, attempt, head, commit: '', commits: 1 });
        }
      } else if (action.do === 'validate') append({ type: 'wave.validated', wave: action.wave, commit: '', ms: 0 });
      else if (action.do === 'start-wave') append({ type: 'wave.started', wave: action.wave });
      else if (action.do === 'complete-wave')
        append({ type: 'wave.completed', wave: action.wave, integrated: 0, total: 0 });
      else if (action.do === 'finish') append({ type: 'run.finished', outcome: action.outcome });
    }
    if (state.phase === 'finished') return state;
  }
  throw new Error('no end');
}

const success = {
  outcome: 'success' as const,
  message: '',
  exit: 0,
  signal: null,
  head: '',
  commits: 1,
  leftovers: [],
  marker: true,
  claim: null,
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  cost: { usd: null, source: 'unknown' as const },
  ms: 0,
};
