import { describe, expect, it } from 'vitest';
import { isNoSpace, NoSpaceError, untilThereIsRoom } from './no-space.ts';

const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

function clock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

describe('a full disk', () => {
  it('is known by its code, by what a program says of it, and behind another error', () => {
    expect(isNoSpace(full())).toBe(true);
    expect(isNoSpace(Object.assign(new Error('x'), { code: 'EDQUOT' }))).toBe(true);
    expect(isNoSpace(new Error('git add failed (128): fatal: file write error: No space left on device'))).toBe(true);
    expect(isNoSpace(new Error('the journal cannot be written', { cause: full() }))).toBe(true);
    expect(isNoSpace(new Error('fatal: bad object'), ['/'])).toBe(false);
    expect(isNoSpace('ENOSPC')).toBe(false);
  });

  it('is waited for, and the work done again', async () => {
    let tries = 0;
    let told = 0;
    const work = async () => {
      if (++tries < 4) throw full();
      return 'done';
    };
    const done = untilThereIsRoom(work, { places: [], clock: clock(), givesUp: () => false, onWait: () => told++ });
    expect(await done).toBe('done');
    expect(told).toBe(1);
  });

  it('is not waited for longer than is wanted, nor is anything else', async () => {
    const options = { places: [], clock: clock(), givesUp: (ms: number) => ms >= 5000 };
    await expect(untilThereIsRoom(async () => Promise.reject(full()), options)).rejects.toBeInstanceOf(NoSpaceError);
    expect(options.clock.now()).toBe(5000);
    await expect(untilThereIsRoom(async () => Promise.reject(new Error('other')), options)).rejects.toThrow('other');
  });
});
