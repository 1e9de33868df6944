import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noted } from '../../test/rig/events.ts';
import type { RunEvent } from '../run/event.ts';
import { decodeLine, encodeLine } from './codec.ts';

const event = (seq = 1): RunEvent => ({ v: 1, seq, at: 1_795_443_753_000, run: '20261123-142233-ab12', ...noted(seq) });
const bytes = (line: string) => Buffer.from(line.slice(0, -1));

describe('a journal line', () => {
  it('is one line of JSON that any tool reads', () => {
    const line = encodeLine(event(), 3);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.slice(0, -1)).not.toContain('\n');
    const { crc, epoch, ...rest } = JSON.parse(line);
    expect(rest).toEqual(event());
    expect(epoch).toBe(3);
    expect(crc).toBe(
      crc32(line.slice(0, line.indexOf(',"crc"')))
        .toString(16)
        .padStart(8, '0'),
    );
  });

  it('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (note, seq, epoch) => {
        const one: RunEvent = { ...event(), seq, type: 'task.noted', task: 't', note };
        // Lone surrogates are no text: JSON escapes them, so they survive too.
        expect(decodeLine(bytes(encodeLine(one, epoch)))).toEqual({ event: one, epoch });
      }),
    );
  });

  it('keeps an epoch of the event apart from that of the line', () => {
    const opened: RunEvent = {
      ...{ v: 1, seq: 2, at: 5, run: 'r' },
      ...{ type: 'run.opened', pid: 1, host: 'h', epoch: 7, selection: { tasks: [], skip: [], retry: [] } },
    } as RunEvent;
    expect(decodeLine(bytes(encodeLine(opened, 9)))).toEqual({ event: opened, epoch: 9 });
  });

  it('is refused after any one bit was flipped, and at any other length', () => {
    const whole = bytes(encodeLine(event(), 3));
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(whole);
        changed[at]! ^= 1 << bit;
        // The case of a hex digit is not information.
        if (changed.toString().toLowerCase() === whole.toString()) continue;
        expect(decodeLine(changed), `bit ${bit} of byte ${at}`).toBeNull();
      }
      expect(decodeLine(whole.subarray(0, at))).toBeNull();
      expect(decodeLine(whole.subarray(at + 1))).toBeNull();
    }
  });

  it.each(['', '{}', 'null', 'x'.repeat(100), '\0'.repeat(4096), JSON.stringify(event())])('is not %j', (line) => {
    expect(decodeLine(Buffer.from(line))).toBeNull();
  });
});
