import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFailure, failureToken, listed, oneLine } from './describe.ts';
import type { Failure, Outcome } from './failure.ts';

const agent = (outcome: Exclude<Outcome, 'success'>, exit: number | null = null, signal: string | null = null) =>
  ({ code: 'agent', outcome, message: '', exit, signal }) satisfies Failure;

const boundary: Failure = {
  code: 'boundary-violation',
  violations: [{ path: 'infra/a.tf', kind: 'modified', rule: 'boundary', entry: 'infra/*', severity: 'fail' }],
};
const conflict: Failure = { code: 'merge-conflict', paths: ['a.py', 'b.py'], onto: 'f'.repeat(40), messages: [] };
const validation: Failure = { code: 'validation', wave: 2, command: 'npm test', exit: 1, tail: '' };

describe('failureToken', () => {
  it.each<[Failure, string]>([
    [agent('timeout'), 'timeout'],
    [agent('timeout', null, 'SIGTERM'), 'timeout'],
    [agent('stalled', 137), 'stalled'],
    [agent('agent-error', 7), 'exit_code_7'],
    [agent('crashed', 7), 'exit_code_7'],
    [agent('crashed', null, 'SIGKILL'), 'signal_sigkill'],
    [agent('crashed', 0), 'crashed'],
    [agent('agent-error', 0), 'agent_error'],
    [agent('rate-limited', 1), 'rate_limited'],
    [boundary, 'boundary_violation'],
    [conflict, 'merge_conflict'],
    [validation, 'validation'],
    [{ code: 'no-commits', message: 'x' }, 'no_commits'],
  ])('%j: %s', (failure, token) => {
    expect(failureToken(failure)).toBe(token);
    expect(token).toMatch(/^[a-z0-9_]+$/); // one word of a `key=value` line
  });
});

describe('describeFailure', () => {
  it.each<[Failure, string]>([
    [agent('timeout', null, 'SIGTERM'), 'the agent ran out of time: ended by SIGTERM'],
    [{ ...agent('agent-error', 7), message: 'no key' }, 'the agent gave up: exit status 7: no key'],
    [boundary, 'changed what it must not touch: infra/a.tf (infra/*)'],
    [conflict, 'conflicts with what has landed since (ffffffffffff): a.py, b.py'],
    [validation, 'validation of wave 2 failed with exit status 1: npm test'],
    [{ code: 'setup', command: 'npm ci', exit: null, tail: '' }, 'set-up failed without an exit status: npm ci'],
    [{ code: 'internal', message: 'x is not a function' }, 'a bug in copse: x is not a function'],
  ])('%j', (failure, text) => {
    expect(describeFailure(failure)).toBe(text);
  });

  it('is one bounded line, whatever the message holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (message) => {
        const text = describeFailure({ ...agent('crashed', 1), message });
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(text.length).toBeLessThanOrEqual(400);
      }),
    );
  });
});

describe('oneLine and listed', () => {
  it('cut and count', () => {
    expect(oneLine(' a\n\tb\u001b[31m ', 20)).toBe('a b');
    expect(oneLine('abcdef', 4)).toBe('abc…');
    expect(listed(['a', 'b'], 2)).toBe('a, b');
    expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  });
});
