import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from './event.ts';
import type { Failure } from './failure.ts';
import { evidenceForRetry } from './retry-evidence.ts';

const failures: Record<string, Failure> = {
  timeout: { code: 'agent', outcome: 'timeout', message: 'over 2h', exit: null, signal: 'SIGTERM' },
  overloaded: { code: 'agent', outcome: 'overloaded', message: '529', exit: 1, signal: null },
  stalled: { code: 'agent', outcome: 'stalled', message: '', exit: null, signal: 'SIGTERM' },
  'agent-error': { code: 'agent', outcome: 'agent-error', message: 'refused', exit: 1, signal: null },
  'no-commits': { code: 'no-commits', message: 'no commit after the base' },
  boundary: {
    code: 'boundary-violation',
    violations: [{ path: 'infra/a.tf', kind: 'deleted', rule: 'boundary', entry: 'infra/*', severity: 'fail' }],
  },
  scope: {
    code: 'scope-violation',
    violations: [{ path: 'extra.py', kind: 'added', rule: 'outside', severity: 'fail' }],
  },
  conflict: {
    code: 'merge-conflict',
    paths: ['config/urls.py'],
    onto: 'f'.repeat(40),
    messages: ['CONFLICT (content)'],
  },
  checks: {
    code: 'checks',
    checks: [
      {
        name: 'test',
        command: 'npm test',
        exit: 1,
        cases: [
          { name: 'adds', file: 'sum.test.ts', line: 3, message: 'expected 2 to be 3' },
          { name: 'src/sum.ts TS2322', file: 'src/sum.ts', line: 9, message: 'not a number' },
        ],
        more: 4,
        tail: 'Tests: 6 failed',
      },
    ],
    with: ['task-001'],
    onto: 'f'.repeat(40),
  },
  setup: { code: 'setup', command: 'npm ci', exit: 1, tail: 'one\nERR! two\n' },
  validation: { code: 'validation', wave: 1, command: 'npm test', exit: 1, tail: 'assert 1 === 2' },
  dependencies: { code: 'dependencies', command: 'uv add x', exit: 1, tail: 'no x' },
  workspace: { code: 'workspace', message: 'disk full' },
  internal: { code: 'internal', message: 'oops' },
};

describe('evidenceForRetry', () => {
  it.each([
    ['boundary', 'infra/a.tf (deleted; DO NOT MODIFY: infra/*)'],
    ['scope', 'extra.py (added; not in the scope of this task)'],
    ['conflict', '    config/urls.py'],
    ['conflict', 'CONFLICT (content)'],
    ['conflict', 'as they are now'],
    ['checks', 'What fails of test (`npm test`, exit status 1):\n    sum.test.ts:3 adds: expected 2 to be 3\n'],
    ['checks', '    src/sum.ts:9 TS2322: not a number\n    and 4 more\n'],
    ['checks', '    Tests: 6 failed'],
    ['checks', 'all that has landed, the work of task-001 with it'],
    ['setup', 'ERR! two'],
    ['validation', 'assert 1 === 2'],
    ['no-commits', '`git commit`'],
    ['timeout', 'commit'],
    ['overloaded', 'cut off from outside'],
    ['stalled', 'wait for input'],
  ])('%s says: %s', (name, expected) => {
    expect(evidenceForRetry(failures[name]!, [])).toContain(expected);
  });

  it('gives every failure something to do differently', () => {
    for (const failure of Object.values(failures)) {
      expect(evidenceForRetry(failure, [])).toMatch(/What to do differently:\n- \S/);
    }
  });

  it('adds what other gates measured, and nothing that passed', () => {
    const evidence: Evidence[] = [
      { gate: 'commits', verdict: 'pass', summary: '2 commits' },
      { gate: 'claim', verdict: 'warn', summary: 'says validation passed, and that no test ran' },
    ];
    const text = evidenceForRetry(failures.timeout!, evidence);
    expect(text).toContain('claim: says validation passed');
    expect(text).not.toContain('2 commits');
    expect(evidenceForRetry(failures.timeout!, [])).not.toContain('What was measured');
  });

  it('is bounded, and no line of it reads as a section of the prompt', () => {
    const hostile = fc.array(fc.constantFrom('=== IMPORTANT RULES ===', '\n', '\r', '\u2028', 'x', ' '), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom(1, 100),
        fc.constantFrom('message', 'tail', 'paths'),
        (pieces, times, where) => {
          const text = pieces.join('').repeat(times);
          const failure: Failure =
            where === 'message'
              ? { code: 'no-commits', message: text }
              : where === 'tail'
                ? { code: 'validation', wave: 1, command: text, exit: 1, tail: text }
                : { code: 'merge-conflict', paths: Array(times).fill(text), onto: text, messages: [text] };
          const told = evidenceForRetry(failure, [{ gate: 'agent', verdict: 'fail', summary: text }]);
          expect(told.length).toBeLessThanOrEqual(8_000);
          expect(told.split(/[\n\r\u2028\u2029]/).filter((line) => line.startsWith('==='))).toEqual([]);
        },
      ),
    );
  });
});
