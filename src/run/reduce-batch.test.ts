import { describe, expect, it } from 'vitest';
import { aResult } from '../../test/rig/attempts.ts';
import { journaled, runCreated, runOpened } from '../../test/rig/events.ts';
import { batchLines } from './describe-batch.ts';
import type { RunEventBody } from './event.ts';
import { reduce } from './reduce.ts';
import { fold } from './state.ts';
import { summarize } from './summarize.ts';

const IDS = ['a', 'b', 'c'];
/** Three tasks that are about to land. */
const created = runCreated(IDS, { settings: { gate: 'checks' } });
const opened = runOpened(created);
const LANDING: RunEventBody[] = [
  created,
  opened,
  ...IDS.flatMap((task): RunEventBody[] => [
    { type: 'attempt.started', task, attempt: 1, agent: 'command', branch: task, workspace: task, base: 'base' },
    { type: 'attempt.ended', task, attempt: 1, ...aResult({ head: 'h' }) },
    { type: 'attempt.verified', task, attempt: 1, head: 'h', evidence: [] },
    { type: 'landing.started', task, attempt: 1, head: 'h', onto: 'base' },
  ]),
];
const CHECKING: RunEventBody = { type: 'landing.checking', onto: 'base', commit: 'x', tasks: ['a', 'b'], round: 2 };

const folded = (...more: RunEventBody[]) => fold(journaled([...LANDING, ...more]), reduce);
const now = (...more: RunEventBody[]) => summarize(folded(...more), 5000).tasks.map((task) => task.now);

describe('a landing that is checked', () => {
  it('says who is checked with whom, and who waits for that', () => {
    expect(now()).toEqual(['landing', 'landing', 'landing']);
    expect(now(CHECKING)).toEqual([
      'checked together with b, round 2',
      'checked together with a, round 2',
      'lands behind the checks of others',
    ]);
    expect(now({ ...CHECKING, tasks: ['c'], round: 1 })[2]).toBe('checked before it lands');
    expect(summarize(folded(CHECKING), 5000).checking).toMatchObject({ tasks: ['a', 'b'], round: 2 });
    expect(summarize(folded(CHECKING), 5000, false).checking).toBeNull();
  });

  it('stopped, its tasks are ready as before until the run is opened again', () => {
    const stopped: RunEventBody[] = [CHECKING, { type: 'landing.stopped', tasks: IDS }];
    const state = folded(...stopped);
    expect([...state.standing.verified]).toEqual(IDS);
    expect(state.checking).toBe('stopped');
    expect(folded(...stopped, opened).checking).toBeNull();
    expect([...folded(CHECKING, opened).standing.verified]).toEqual(IDS); // killed in the middle
  });

  it('keeps what came of it, and tells what is flaky or was not checked, each once', () => {
    const failure = { name: 'adds', file: 'sum.test.ts', line: 3 };
    const open = {
      name: 'lint',
      kind: 'lint',
      command: 'eslint .',
      exit: null,
      counts: null,
      failures: [],
      ms: 0,
    } as const;
    const checked: RunEventBody = {
      type: 'landing.checked',
      onto: 'base',
      commit: 'd',
      tasks: IDS,
      culprits: [{ task: 'c', with: [] }],
      checks: [{ ...open, outcome: 'not-checked', why: 'eslint is not installed', failures: [] }],
      flaky: [{ check: 'test', ...failure }],
      runs: 3,
      ms: 10,
    };
    const state = folded(CHECKING, checked, checked);
    expect(state.checking).toBeNull();
    expect(state.batches).toHaveLength(2);
    expect(batchLines(state)).toEqual([
      'flaky, it passed when run again: test: sum.test.ts:3 adds',
      'lint said nothing of what landed: not checked: eslint is not installed',
    ]);
  });
});
