import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aResult } from '../../test/rig/attempts.ts';
import { runCreated, runOpened } from '../../test/rig/events.ts';
import type { AttemptSpec, Executor, ExecutorEvent } from '../executor/executor.ts';
import type { Journal } from '../journal/journal.ts';
import { JournalError } from '../journal/write.ts';
import type { RunEvent } from '../run/event.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import { reduce } from '../run/reduce.ts';
import { fold, type RunState } from '../run/state.ts';
import { makeSchedule } from '../schedule/schedule.ts';
import { systemClock } from '../util/clock.ts';
import { queue } from '../util/queue.ts';
import { runEngine } from './engine.ts';
import type { Ports } from './ports.ts';

/** A journal that keeps its lines in memory; `failAfter` makes its disk full. */
function memoryJournal(failAfter = Number.POSITIVE_INFINITY) {
  const events: RunEvent[] = [];
  const losing = new AbortController();
  const journal: Journal = {
    run: 'r1',
    epoch: 1,
    lost: losing.signal,
    append(body) {
      const event: RunEvent = { v: 1, seq: events.length + 1, at: 1000 + events.length, run: 'r1', ...body };
      events.push(event);
      return event;
    },
    async flush() {
      if (events.length > failAfter) throw new Error('no space left on device');
    },
    close: async () => {},
  };
  return { journal, events, lose: (code: 'fenced' | 'gone') => losing.abort(new JournalError(code, code)) };
}

/** An executor whose attempts end when the test says so, or at once. */
function scriptedExecutor(outcome: (spec: AttemptSpec) => Outcome | 'hold') {
  const submitted: AttemptSpec[] = [];
  const running = new Set<string>();
  let peak = 0;
  const events = queue<ExecutorEvent>();
  const end = (spec: { task: string; attempt: number }, how: Outcome) => {
    running.delete(spec.task);
    events.push({ type: 'attempt.ended', task: spec.task, attempt: spec.attempt, ...aResult({ outcome: how }) });
  };
  const executor: Executor = {
    async submit(spec) {
      submitted.push(spec);
      running.add(spec.task);
      peak = Math.max(peak, running.size);
      const how = outcome(spec);
      if (how !== 'hold') setImmediate(() => end(spec, how));
    },
    cancel: async (key) => end(key, 'cancelled'),
    reattach: async () => [],
    events: (signal) => events.read(signal),
    workers: async () => [],
  };
  return { executor, submitted, running, end, peak: () => peak };
}

/** Time that passes only by sleeping. */
function quickClock() {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { now: () => now, sleep };
}

interface World {
  tasks: { id: string; wave: number; deps: string[] }[];
  executor: Executor;
  maxConcurrent?: number;
  retries?: number;
  gate?: 'checks';
  dependencies?: boolean;
  land?: Ports['land'];
  validate?: Ports['validate'];
  install?: Ports['installDependencies'];
}

function setUp(world: World, journal: Journal) {
  const { tasks, executor } = world;
  const { maxConcurrent = 3, retries = 1, gate, dependencies = false } = world;
  const settings = { maxConcurrent, retries, ...(gate && { gate }) };
  const created = runCreated(tasks, { settings, validated: tasks.map(({ wave }) => wave), dependencies });
  let state: RunState = reduce(null, journal.append(created));
  state = reduce(state, journal.append(runOpened(created)));
  const schedule = makeSchedule({
    tasks: tasks.map((task) => ({ ...task, conflicts: [] })),
    overlaps: new Map(),
    duration: () => 1,
    barrier: 'none',
  });
  let commits = 0;
  const ports: Ports = {
    executor,
    specify: (task, attempt, now) => ({
      run: now.id,
      task,
      attempt,
      title: task,
      agent: 'command',
      prompt: '',
      base: now.tip,
      branch: task,
      workspace: `/w/${task}`,
      timeoutMs: 1,
      stallMs: 0,
    }),
    verify: async (_, attempt) => {
      const { outcome } = attempt.result!;
      if (outcome === 'success') return { evidence: [], failure: null };
      return { evidence: [], failure: { code: 'agent', outcome, message: '', exit: 1, signal: null } };
    },
    land:
      world.land ??
      (async ({ tasks }) => tasks.map(({ task }) => ({ task, landed: true, commit: `c${++commits}`, commits: 1 }))),
    validationCommand: () => 'true',
    validate: world.validate ?? (async () => ({ ok: true, ms: 1 })),
    installDependencies: world.install ?? (async () => ({ ok: true, commit: 'deps' })),
  };
  return { state, schedule, ports };
}

const CHAIN = [
  { id: 'a', wave: 1, deps: [] },
  { id: 'b', wave: 2, deps: ['a'] },
];

async function play(
  world: World,
  {
    signal = new AbortController().signal,
    onEvent,
  }: { signal?: AbortSignal; onEvent?: (event: RunEvent) => void } = {},
) {
  const { journal, events } = memoryJournal();
  const { state, schedule, ports } = setUp(world, journal);
  const final = await runEngine({
    journal,
    state,
    schedule,
    ports,
    clock: systemClock,
    signal,
    ...(onEvent && { onEvent }),
  });
  return { state: final, events };
}

describe('the engine', () => {
  it('runs every task once, dependencies first, and never more at once than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (raw, maxConcurrent) => {
          const tasks = raw.map((deps, index) => ({
            id: `t${index}`,
            wave: 1 + (index % 3),
            deps: index === 0 ? [] : [...new Set(deps.map((dep) => `t${dep % index}`))],
          }));
          const scripted = scriptedExecutor(() => 'success');
          const { state } = await play({ tasks, executor: scripted.executor, maxConcurrent });
          expect(state.outcome).toBe('integrated');
          const order = scripted.submitted.map((spec) => spec.task);
          expect(new Set(order).size).toBe(tasks.length);
          expect(scripted.peak()).toBeLessThanOrEqual(maxConcurrent);
          for (const task of tasks)
            for (const dep of task.deps) expect(order.indexOf(dep)).toBeLessThan(order.indexOf(task.id));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tries again with the failure, then gives up and blocks what is behind', async () => {
    const scripted = scriptedExecutor(() => 'crashed');
    const { state, events } = await play({ tasks: CHAIN, executor: scripted.executor });
    expect(scripted.submitted.map((spec) => [spec.task, spec.attempt])).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    expect(events.find((event) => event.type === 'attempt.started' && event.attempt === 2)).toMatchObject({
      because: { code: 'agent', outcome: 'crashed' },
    });
    expect(state.outcome).toBe('failed');
    expect(state.tasks.get('b')!.status).toMatchObject({ is: 'blocked', by: { task: 'a' } });
  });

  it('a conflict costs an attempt and the next one starts from the new tip', async () => {
    let calls = 0;
    const scripted = scriptedExecutor(() => 'success');
    const { state } = await play({
      tasks: [{ id: 'a', wave: 1, deps: [] }],
      executor: scripted.executor,
      land: async () => [
        ++calls === 1
          ? { task: 'a', landed: false, failure: { code: 'merge-conflict', paths: ['x'], onto: 'tip', messages: [] } }
          : { task: 'a', landed: true, commit: 'c', commits: 2 },
      ],
    });
    expect(scripted.submitted).toHaveLength(2);
    expect(state.tasks.get('a')!.status).toMatchObject({ is: 'integrated', attempt: 2, commit: 'c' });
  });

  it('lands onto the tip that the one before left', async () => {
    const tips: string[] = [];
    const landed: string[] = [];
    let commits = 0;
    const scripted = scriptedExecutor(() => 'success');
    await play({
      tasks: [1, 2, 3, 4, 5].map((n) => ({ id: `t${n}`, wave: 1, deps: [] })),
      executor: scripted.executor,
      maxConcurrent: 5,
      land: async ({ tip, tasks }) => {
        tips.push(tip);
        landed.push(...tasks.map(({ task }) => task));
        return tasks.map(({ task }) => ({ task, landed: true, commit: `c${++commits}`, commits: 1 }));
      },
    });
    expect(landed.sort()).toEqual(['t1', 't2', 't3', 't4', 't5']);
    // Each landing begins at the last commit of the one before.
    expect(tips[0]).toBe('base');
    expect(tips.length).toBeLessThanOrEqual(5);
    expect(tips.every((tip, at) => at === 0 || tip !== tips[at - 1])).toBe(true);
  });

  it('installs dependencies before the first task, and stops when that fails', async () => {
    const order: string[] = [];
    const scripted = scriptedExecutor((spec) => {
      order.push(`${spec.task} on ${spec.base}`);
      return 'success';
    });
    await play({ tasks: CHAIN, executor: scripted.executor, dependencies: true });
    expect(order[0]).toBe('a on deps');
    const failure = { code: 'dependencies', command: 'npm i', exit: 1, tail: 'no network' } as const;
    const failing = await play({
      tasks: CHAIN,
      executor: scripted.executor,
      dependencies: true,
      install: async () => ({ ok: false, failure }),
    });
    expect(failing.state).toMatchObject({ outcome: 'failed', failure });
    expect(order).toHaveLength(2);
  });

  it('a failed wave validation stops what depends on the wave', async () => {
    const failure = { code: 'validation', wave: 1, command: 'false', exit: 1, tail: '' } as const;
    const scripted = scriptedExecutor((spec) => (spec.task === 'b' ? 'hold' : 'success'));
    const { state } = await play({
      tasks: CHAIN,
      executor: scripted.executor,
      maxConcurrent: 1,
      validate: async () => {
        // b has started on the tip of a by now; it may end, but must not land.
        setImmediate(() => scripted.end({ task: 'b', attempt: 1 }, 'success'));
        return { ok: false, failure };
      },
    });
    expect(state.tasks.get('b')!.status).toMatchObject({ is: 'blocked', by: { wave: 1 }, held: { attempt: 1 } });
    expect(state.outcome).toBe('failed');
  });

  it('a signal ends the running agents, lands what is done, and leaves the rest for resume', async () => {
    const controller = new AbortController();
    const scripted = scriptedExecutor((spec) => (spec.task === 'a' ? 'success' : 'hold'));
    const { state, events } = await play(
      { tasks: [...CHAIN, { id: 'c', wave: 2, deps: ['b'] }], executor: scripted.executor },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'attempt.started' && event.task === 'b') setImmediate(() => controller.abort('SIGINT'));
        },
      },
    );
    expect(state.outcome).toBe('stopped');
    expect(state.tasks.get('a')!.status.is).toBe('integrated');
    expect(state.tasks.get('b')!.status.is).toBe('waiting');
    expect(state.tasks.get('b')!.allowance).toBe(3); // being stopped cost it no attempt
    expect(events.map((event) => event.type)).toContain('run.stopping');
  });

  it('a signal ends the checks of a landing: what was to land is ready as before, and nothing is checked any more', async () => {
    const controller = new AbortController();
    const scripted = scriptedExecutor(({ task }) => (task === 'c' ? 'hold' : 'success'));
    let asked = 0;
    const tasks = ['a', 'b', 'c'].map((id) => ({ id, wave: 1, deps: [] }));
    const { state, events } = await play(
      {
        tasks,
        executor: scripted.executor,
        gate: 'checks',
        land: async (request, tell) => {
          asked++;
          tell({
            type: 'landing.checking',
            onto: 'base',
            commit: 'x',
            tasks: request.tasks.map(({ task }) => task),
            round: 1,
          });
          controller.abort('SIGINT');
          return 'stopped';
        },
      },
      { signal: controller.signal },
    );
    expect(state.outcome).toBe('stopped');
    expect(asked).toBe(1);
    const ready = [...state.tasks.values()].filter(({ status }) => status.is === 'verified');
    expect(ready.map(({ seed }) => seed.id)).toContain('a');
    expect(state.standing.landing.size).toBe(0);
    expect(events.map(({ type }) => type)).toContain('landing.stopped');
    expect(fold(events, reduce)).toEqual(state);
  });

  it('what was checked is told before what has landed and what has not', async () => {
    const scripted = scriptedExecutor(() => 'success');
    const failure: Failure = { code: 'checks', checks: [], with: ['a'], onto: 'base' };
    let commits = 0;
    const { state, events } = await play({
      tasks: ['a', 'b'].map((id) => ({ id, wave: 1, deps: [] })),
      executor: scripted.executor,
      retries: 0,
      gate: 'checks',
      land: async ({ tip, tasks }, tell) => {
        const ids = tasks.map(({ task }) => task);
        const culprits = ids.includes('b') ? [{ task: 'b', with: ['a'] }] : [];
        const commit = `c${++commits}`;
        tell({
          type: 'landing.checked',
          onto: tip,
          commit,
          tasks: ids,
          culprits,
          checks: [],
          flaky: [],
          runs: 2,
          ms: 5,
        });
        return ids.map((task) =>
          task === 'b' ? { task, landed: false, failure } : { task, landed: true, commit, commits: 1 },
        );
      },
    });
    expect(state.batches.flatMap(({ culprits }) => culprits)).toEqual([{ task: 'b', with: ['a'] }]);
    expect(state.tasks.get('b')!.status).toMatchObject({ is: 'failed', failure: { code: 'checks', with: ['a'] } });
    expect(state.tasks.get('a')!.status.is).toBe('integrated');
    const types = events.map(({ type }) => type);
    expect(types.indexOf('landing.checked')).toBeLessThan(types.indexOf('task.integrated'));
  });

  it('rejects when the journal cannot be written, and starts nothing it could not record', async () => {
    const { journal } = memoryJournal(2);
    const scripted = scriptedExecutor(() => 'success');
    const { state, schedule, ports } = setUp({ tasks: CHAIN, executor: scripted.executor }, journal);
    const run = runEngine({
      journal,
      state,
      schedule,
      ports,
      clock: quickClock(),
      signal: new AbortController().signal,
    });
    await expect(run).rejects.toThrow('no space left');
    expect(scripted.submitted).toEqual([]);
  });

  it.each([
    ['gone', 'ends the agents, which nobody could take over', []],
    ['fenced', 'leaves the agents to who has taken over', ['a']],
  ] as const)('rejects when the journal is %s while nothing happens, and %s', async (code, _, left) => {
    const { journal, lose } = memoryJournal();
    const scripted = scriptedExecutor(() => 'hold');
    const { state, schedule, ports } = setUp({ tasks: CHAIN, executor: scripted.executor }, journal);
    const signal = new AbortController().signal;
    const run = runEngine({ journal, state, schedule, ports, clock: quickClock(), signal });
    while (scripted.running.size === 0) await new Promise(setImmediate);
    lose(code);
    await expect(run).rejects.toThrow(expect.objectContaining({ code }));
    expect([...scripted.running]).toEqual(left);
  });

  it('waits for a journal whose disk is full for a while, and loses nothing', async () => {
    const { journal, events } = memoryJournal();
    let full = 5;
    const flush = async () => {
      if (full-- > 0) throw new Error('no space left on device');
    };
    const scripted = scriptedExecutor(() => 'success');
    const { state, schedule, ports } = setUp({ tasks: CHAIN, executor: scripted.executor }, { ...journal, flush });
    const signal = new AbortController().signal;
    await runEngine({ journal: { ...journal, flush }, state, schedule, ports, clock: quickClock(), signal });
    expect(state.outcome).toBe('integrated');
    expect(scripted.submitted.map(({ task }) => task)).toEqual(CHAIN.map(({ id }) => id));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished' });
  });

  it('an effect that throws fails its task and not the run', async () => {
    const scripted = scriptedExecutor(() => 'success');
    const { state } = await play({
      tasks: [
        { id: 'a', wave: 1, deps: [] },
        { id: 'z', wave: 1, deps: [] },
      ],
      executor: scripted.executor,
      maxConcurrent: 1,
      land: async ({ tasks }) => {
        if (tasks[0]!.task === 'a') throw new Error('git broke');
        return [{ task: 'z', landed: true, commit: 'c', commits: 1 }];
      },
    });
    expect(state.tasks.get('a')!.status).toMatchObject({ is: 'failed', failure: { code: 'internal' } });
    expect(state.tasks.get('z')!.status.is).toBe('integrated');
  });
});
