import { describe, expect, it } from 'vitest';
import type { Failure } from './failure.ts';
import { toResolve } from './resolve.ts';
import { type AttemptState, NO_COST, NO_TOKENS } from './state.ts';

const conflict: Failure = { code: 'merge-conflict', paths: ['a'], onto: 'f'.repeat(40), messages: [] };
const stopped: Failure = { code: 'agent', outcome: 'cancelled', message: '', exit: null, signal: null };
const parked: Failure = { ...stopped, outcome: 'rate-limited', limit: { resetsAt: null, text: '' } };
const refused: Failure = { code: 'unresolved', paths: ['a'], message: '' };
const AGENT = { onConflict: 'agent', pattern: 'worktree' } as const;

/** Attempts that ended so, in order; `R` before: was to resolve the first one. */
function attempts(...ended: (Failure | null | ['R', Failure | null])[]): AttemptState[] {
  return ended.map((end, at) => {
    const [resolves, failure] = Array.isArray(end) ? [{ attempt: 1, head: 'a' }, end[1]] : [null, end];
    return { number: at + 1, failure, resolves, result: { head: `head-${at + 1}` } } as AttemptState;
  });
}

describe('toResolve', () => {
  it.each<[string, AttemptState[], number | null]>([
    ['nothing was tried', [], null],
    ['a conflict', attempts(conflict), 1],
    ['another failure', attempts(stopped), null],
    ['an agent is at it', attempts(conflict, ['R', null]), null],
    ['its agent was stopped', attempts(conflict, ['R', stopped]), 1],
    ['its agent was parked, twice', attempts(conflict, ['R', parked], ['R', parked]), 1],
    ['its agent failed', attempts(conflict, ['R', refused]), null],
    ['what it merged conflicts with what has landed since', attempts(conflict, ['R', conflict]), 2],
    ['the task was done again, and conflicts again', attempts(conflict, ['R', refused], conflict), 3],
    ['the task was done again, and failed', attempts(conflict, stopped), null],
  ])('%s', (_, before, expected) => {
    expect(toResolve(before, AGENT)?.number ?? null).toBe(expected);
  });

  it.each([{ pattern: 'worktree' as const }, { ...AGENT, pattern: 'branch' as const }])('never with %j', (settings) => {
    expect(toResolve(attempts(conflict), settings)).toBeNull();
  });

  it('needs a commit to merge', () => {
    const [attempt] = attempts(conflict);
    expect(toResolve([{ ...attempt!, result: null, tokens: NO_TOKENS, cost: NO_COST }], AGENT)).toBeNull();
  });
});
