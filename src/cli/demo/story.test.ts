import { describe, expect, it } from 'vitest';
import { aResult } from '../../../test/rig/attempts.ts';
import { journaled, runCreated, runOpened } from '../../../test/rig/events.ts';
import type { RunEventBody, TaskId } from '../../run/event.ts';
import type { Failure } from '../../run/failure.ts';
import { reduce } from '../../run/reduce.ts';
import { fold } from '../../run/state.ts';
import { story } from './story.ts';

const oid = (letter: string) => letter.repeat(40);
const refused: Failure = {
  code: 'boundary-violation',
  violations: [{ path: 'src/a/x.ts', kind: 'added', rule: 'boundary', entry: 'src/a/*', severity: 'fail' }],
};

const created = runCreated(
  [
    { id: 'a', wave: 1, deps: [] },
    { id: 'b', wave: 1, deps: [] },
    { id: 'c', wave: 2, deps: ['a', 'b'] },
  ],
  { validated: [1] },
);

const started = (task: TaskId, attempt = 1): RunEventBody => ({
  type: 'attempt.started',
  task,
  attempt,
  agent: 'command',
  branch: `feature/${task}`,
  workspace: `/w/${task}`,
  base: oid('a'),
});
const ended = (task: TaskId, attempt = 1): RunEventBody => ({
  type: 'attempt.ended',
  task,
  attempt,
  ...aResult({ claim: { task_completed: true } }),
});
const integrated = (task: TaskId, attempt = 1): RunEventBody[] => [
  { type: 'attempt.verified', task, attempt, head: oid('b'), evidence: [] },
  { type: 'landing.started', task, attempt, head: oid('b'), onto: oid('a') },
  { type: 'task.integrated', task, attempt, head: oid('b'), commit: oid('c'), commits: 1 },
];

/** The story of a run in which these events followed each other, a second apart. */
function told(...bodies: RunEventBody[]): string[] {
  return story(fold(journaled([created, runOpened(created), ...bodies], 1000), reduce));
}

describe('the story of a run', () => {
  it('has nothing to tell before something happened', () => {
    expect(told()).toEqual([]);
  });

  it('tells who worked at the same time, only of those', () => {
    expect(told(started('a'), started('b'), ended('a'))).toEqual([
      'a and b were written at the same time, each in a worktree of its own',
    ]);
    expect(told(started('a'), ended('a'), started('b'))).toEqual([]);
  });

  it('puts what an agent claimed beside what was found', () => {
    const failed: RunEventBody = { type: 'attempt.failed', task: 'a', attempt: 1, failure: refused, evidence: [] };
    const first =
      'attempt 1 of a was refused (changed what it must not touch: src/a/x.ts (src/a/*)), though its agent claimed success';
    expect(told(started('a'), ended('a'), failed)).toEqual([first]);
    expect(told(started('a'), ended('a'), failed, started('a', 2), ended('a', 2), ...integrated('a', 2))).toEqual([
      `${first}; attempt 2 was told so in its prompt, and passed`,
    ]);
  });

  it('tells what was built on what, what was validated, and where it landed', () => {
    const whole = ['a', 'b', 'c'].flatMap((task) => [started(task), ended(task), ...integrated(task)]);
    expect(
      told(
        ...whole,
        { type: 'wave.validating', wave: 1, commit: oid('c'), command: 'true' },
        { type: 'wave.validated', wave: 1, commit: oid('c'), ms: 1 },
        { type: 'run.finished', outcome: 'integrated' },
        { type: 'target.landed', target: 'main', from: oid('a'), to: oid('c'), how: 'fast-forward' },
      ),
    ).toEqual([
      'c began once a and b were merged, on top of that',
      'the tests of 1 wave ran on the merged tree, not on single branches',
      'all of it grew on copse/p; main was fast-forwarded at the end, your checkout was left alone until then',
    ]);
  });
});
