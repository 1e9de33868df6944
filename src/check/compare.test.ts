import { describe, expect, it } from 'vitest';
import type { Case } from '../run/check.ts';
import { blameBy, flakyOnes, newFailures, stackCheck } from './compare.ts';
import { type CheckRun, WHOLE } from './run.ts';
import { checkSpec } from './spec.ts';

const failed = (id: string, more: Partial<Case> = {}): Case => ({ id, name: id, outcome: 'failed', ...more });
const run = (cases: Case[], more: Partial<CheckRun> = {}): CheckRun => ({
  outcome: cases.length > 0 ? 'failed' : 'passed',
  exit: cases.length > 0 ? 1 : 0,
  failed: cases,
  counts: null,
  tail: 'the end',
  ms: 1,
  ...more,
});
const ids = (cases: readonly Case[]) => cases.map(({ id }) => id);
const spec = checkSpec({ name: 'tests', kind: 'tests', argv: ['x'] });
const told = (ran: CheckRun, fresh: readonly Case[] = [], flaky: readonly Case[] = []) =>
  stackCheck(spec, ran, { fresh, flaky, blame: () => [{ task: 'task-001', file: 'a' }] });

describe('what is new', () => {
  it('is what no base has; of complaints that look alike, only as many as there are more of', () => {
    const merged = run([failed('a'), failed('b'), failed('b'), failed('c')]);
    expect(ids(newFailures(merged, []))).toEqual(['a', 'b', 'b', 'c']);
    expect(ids(newFailures(merged, [run([failed('b'), failed('c')])]))).toEqual(['a', 'b']);
    expect(ids(newFailures(merged, [run([failed('c')]), run([failed('a')])]))).toEqual(['b', 'b']);
  });

  it('a base that fell over as a whole excuses no single case', () => {
    expect(ids(newFailures(run([failed('a')]), [run([failed(WHOLE)])]))).toEqual(['a']);
    expect(ids(newFailures(run([failed(WHOLE)]), [run([failed(WHOLE)])]))).toEqual([]);
  });
});

describe('what is flaky', () => {
  it('passes the second time', () => {
    const cases = [failed('a'), failed('b')];
    expect(ids(flakyOnes(cases, run([failed('b')])))).toEqual(['a']);
    expect(ids(flakyOnes(cases, run([])))).toEqual(['a', 'b']);
  });

  it('a second run that falls over, or is not made, excuses nothing', () => {
    const cases = [failed('a')];
    expect(flakyOnes(cases, run([failed(WHOLE)]))).toEqual([]);
    expect(flakyOnes(cases, run([], { outcome: 'nothing' }))).toEqual([]);
  });
});

describe('the verdict', () => {
  it('fails by what is new alone; what the base has is blamed on nobody', () => {
    const a = failed('a');
    expect(told(run([a]), [a])).toMatchObject({ outcome: 'failed', failures: [{ status: 'new', blame: [{}] }] });
    expect(told(run([a]))).toMatchObject({ outcome: 'warning', failures: [{ status: 'known', blame: [] }] });
    expect(told(run([a]), [a], [a])).toMatchObject({
      outcome: 'warning',
      failures: [{ status: 'flaky', blame: [{}] }],
    });
    expect(told(run([]))).toMatchObject({ outcome: 'passed' });
  });

  it('is never a pass for nothing', () => {
    expect(told(run([], { outcome: 'nothing', why: 'no' }))).toMatchObject({ outcome: 'not-checked', why: 'no' });
    expect(told(run([failed(WHOLE)], { exit: 127 }))).toMatchObject({ outcome: 'not-checked' });
    expect(told(run([], { why: 'it exits with 0 although 2 cases failed' }))).toMatchObject({ outcome: 'warning' });
  });
});

describe('who may have broken it', () => {
  const blame = blameBy(
    new Map([
      ['task-001', new Set(['src/sum.js', 'a.py'])],
      ['task-002', new Set(['test/x.test.js', 'a.py'])],
    ]),
  );
  const who = (more: Partial<Case>) => blame(failed('x', more)).map(({ task, file }) => `${task} ${file}`);

  it.each<[string, Partial<Case>, string[]]>([
    ['the file of the case', { file: 'test/x.test.js', message: 'at f (src/sum.js:1:2)' }, ['task-002 test/x.test.js']],
    ['a file of the stack', { file: 'old.test.js', message: 'at f (src/sum.js:1:2)' }, ['task-001 src/sum.js']],
    ['all that changed it', { message: 'File "a.py", line 3, in f' }, ['task-001 a.py', 'task-002 a.py']],
    ['what a test is named after', { file: 'test/sum.spec.js' }, ['task-001 src/sum.js']],
    ['nobody in particular', { file: 'other.py', message: 'boom' }, []],
  ])('%s', (_, more, expected) => {
    expect(who(more)).toEqual(expected);
  });
});
