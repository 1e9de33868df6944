import { expect, it } from 'vitest';
import { systemClock } from '../util/clock.ts';
import { whenToEnd } from './cut-off.ts';

/** Of an attempt that began an hour ago and had a minute. */
const late = (exited: Promise<unknown>) =>
  whenToEnd({
    exited,
    lastWord: new AbortController().signal,
    cancelled: new AbortController().signal,
    overfull: new AbortController().signal,
    startedAt: Date.now() - 3600_000,
    timeoutMs: 60_000,
    stallMs: 0,
    lingerMs: 0,
    output: [],
    clock: systemClock,
  });

it('an agent that ended while no copse was there has not used up its time', async () => {
  expect(await late(Promise.resolve())).toBe('exited');
  expect(await late(new Promise(() => {}))).toBe('timeout');
});
