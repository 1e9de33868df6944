import { describe, expect, it } from 'vitest';
import { aResult } from '../../test/rig/attempts.ts';
import { runCreated, runOpened } from '../../test/rig/events.ts';
import type { RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import type { Action } from '../schedule/action.ts';
import type { Reading } from '../schedule/admission.ts';
import { decide } from '../schedule/decide.ts';
import { makeSchedule } from '../schedule/schedule.ts';
import { type AdmissionOptions, admission } from './admission.ts';

const MB = 1e6;
const IDS = ['a', 'b', 'c', 'd'];

/** A run of four free tasks, decided by hand: what `step` decides is journaled, time passes when the test says so. */
function run(free: () => number, more: Partial<AdmissionOptions> = {}, disk = () => 1e12) {
  let now = 1000;
  let seq = 0;
  let looks = 0;
  let state = null as unknown as RunState;
  const append = (body: RunEventBody) => {
    state = reduce(state, { v: 1, seq: ++seq, at: now, run: 'r', ...body });
  };
  const created = runCreated(IDS, { settings: { maxConcurrent: 4, retries: 0 } });
  append(created);
  append(runOpened(created));
  const schedule = makeSchedule({
    tasks: IDS.map((id) => ({ id, wave: 1, deps: [], conflicts: [] })),
    overlaps: new Map(),
    duration: () => 1,
    barrier: 'none',
  });
  const reading = (): Reading => {
    looks++;
    const disks = [{ path: '/w', free: disk(), total: 1e12 }];
    return { memory: { free: free(), total: 1000 * MB }, load: 0, disks, files: null };
  };
  const look = admission({
    probe: reading,
    clock: { now: () => now, sleep: async () => {} },
    floors: { memory: 100 * MB, disk: 0, load: 16 },
    agentMemory: 200 * MB,
    taskMemory: null,
    workspaceSize: () => 50 * MB,
    ...more,
  });
  const step = (): Action[] => {
    const actions = decide(schedule, state, { maxConcurrent: 4, now, admission: look(state) }, new Set());
    for (const action of actions) {
      if (action.do === 'start') {
        const { task, attempt } = action;
        append({ type: 'attempt.started', task, attempt, agent: '', branch: '', workspace: '', base: '' });
      } else if (action.do === 'hold') append({ type: 'admission.held', hold: action.hold });
      else if (action.do === 'admit') append({ type: 'admission.resumed' });
      else if (action.do === 'start-wave') append({ type: 'wave.started', wave: action.wave });
    }
    return actions;
  };
  const end = (task: string, memory: number) => {
    append({ type: 'attempt.ended', task, attempt: 1, ...aResult({ memory }) });
    append({ type: 'attempt.verified', task, attempt: 1, head: 'h', evidence: [] });
    append({ type: 'task.integrated', task, attempt: 1, head: 'h', commit: 'c', commits: 1 });
  };
  return { step, end, append, state: () => state, looks: () => looks, pass: (ms: number) => (now += ms) };
}

const kinds = (actions: Action[]) => actions.map((action) => action.do);
const running = (state: RunState) => [...state.tasks.values()].filter(({ status }) => status.is === 'running').length;

describe('starts by what the machine has', () => {
  it('are held with a reason that is told once, and go on by themselves', () => {
    let free = 550 * MB;
    const world = run(() => free, { used: () => 200 * MB });
    expect(kinds(world.step())).toEqual(['start-wave', 'start', 'start', 'wake']);
    expect(kinds(world.step())).toEqual(['hold', 'wake']);
    expect(world.state().held).toMatchObject({ resource: 'memory' });
    free = 150 * MB; // what the two have taken
    for (let looks = 0; looks < 5; looks++) {
      world.pass(2000);
      expect(kinds(world.step())).toEqual(['wake']);
    }
    free = 1000 * MB;
    world.pass(2000);
    expect(kinds(world.step())).toEqual(['start', 'start', 'admit']);
    expect(world.state().held).toBeNull();
    expect(running(world.state())).toBe(4);
  });

  it('read the machine at most every two seconds, and not at all when nobody waits', () => {
    const world = run(() => 350 * MB);
    for (let rounds = 0; rounds < 50; rounds++) world.step();
    expect(world.looks()).toBe(1);
    world.pass(2000);
    world.step();
    expect(world.looks()).toBe(2);
    const idle = run(() => 1e12);
    idle.step();
    for (let rounds = 0; rounds < 50; rounds++) {
      idle.pass(2000);
      idle.step();
    }
    expect(idle.looks()).toBe(1);
  });

  it('go by what agents of this run have taken', () => {
    const world = run(() => 450 * MB, { used: () => 700 * MB });
    expect(kinds(world.step()).filter((each) => each === 'start')).toHaveLength(1);
    world.pass(5000);
    world.end('a', 30 * MB);
    world.append({ type: 'wave.started', wave: 1 });
    expect(kinds(world.step()).filter((each) => each === 'start')).toHaveLength(3);
  });

  it('keep room for what an agent that has just begun is going to take', () => {
    const world = run(() => 450 * MB, { used: () => 0 });
    expect(kinds(world.step()).filter((each) => each === 'start')).toHaveLength(1);
    world.pass(5000);
    expect(kinds(world.step())).not.toContain('start');
  });

  it('end the run, to be resumed, when the disk has no room for one workspace and nothing is left to make some', () => {
    const world = run(
      () => 1e12,
      {},
      () => 20 * MB,
    );
    expect(kinds(world.step())).toEqual(['hold', 'wake']);
    world.pass(14_000);
    expect(kinds(world.step())).toEqual(['wake']);
    world.pass(2000);
    expect(world.step()).toEqual([
      {
        do: 'finish',
        outcome: 'stopped',
        failure: { code: 'no-space', message: '20 MB free at /w, one more workspace needs 50 MB' },
      },
    ]);
  });

  it('wait for the disk as long as an agent runs that may make room', () => {
    let disk = 60 * MB;
    const world = run(
      () => 1e12,
      {},
      () => disk,
    );
    expect(kinds(world.step()).filter((each) => each === 'start')).toHaveLength(1);
    disk = 10 * MB;
    world.pass(2000);
    world.step();
    world.pass(3_600_000);
    expect(kinds(world.step())).toEqual(['wake']);
  });
});
