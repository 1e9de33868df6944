import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hold } from '../run/hold.ts';
import { type AdmissionInput, admit } from './admission.ts';

const MB = 1e6;
const GB = 1e9;

function input(more: Partial<AdmissionInput['reading']> = {}, rest: Partial<AdmissionInput> = {}): AdmissionInput {
  return {
    reading: {
      memory: { free: 8 * GB, total: 16 * GB },
      load: 0.5,
      disks: [{ path: '/w', free: 50 * GB, total: 100 * GB }],
      files: 1000,
      ...more,
    },
    needs: { memory: 250 * MB, disk: 100 * MB },
    floors: { memory: null, disk: null, load: 16 },
    running: 2,
    started: 0,
    promised: 0,
    held: null,
    ...rest,
  };
}

describe('admission', () => {
  it('is bound by what is scarcest', () => {
    expect(admit(input()).room).toBe(29); // (8 GB - 512 MB) / 250 MB
    expect(admit(input({ files: 100 })).room).toBe(6);
    expect(admit(input({ disks: [{ path: '/w', free: 900 * MB, total: 100 * GB }] })).room).toBe(3);
    expect(admit(input({ memory: null, load: null, disks: [], files: null })).room).toBe(Number.POSITIVE_INFINITY);
  });

  it('says what is short', () => {
    const held = (more: Partial<AdmissionInput['reading']>) => admit(input(more));
    expect(held({ memory: { free: 700 * MB, total: 16 * GB } })).toEqual({
      room: 0,
      hold: { resource: 'memory', free: 700 * MB, need: 762 * MB },
    });
    expect(held({ disks: [{ path: '/w', free: 100 * MB, total: 1 * GB }] })).toEqual({
      room: 0,
      hold: { resource: 'disk', free: 100 * MB, need: 150 * MB, path: '/w' },
    });
    expect(held({ files: 9 })).toEqual({ room: 0, hold: { resource: 'files', free: 9, need: 16 } });
    expect(held({ load: 17 })).toEqual({ room: 0, hold: { resource: 'load', free: 17, need: 16 } });
  });

  it('counts what was started since the reading, and what agents are still going to take', () => {
    expect(admit(input({}, { started: 20 })).room).toBe(9);
    expect(admit(input({}, { promised: 5 * GB })).room).toBe(9);
    expect(admit(input({ load: 9 }, { started: 0 })).room).toBe(1); // a busy machine: one at a time
    expect(admit(input({ load: 9 }, { started: 1 }))).toMatchObject({ room: 0, hold: { resource: 'load' } });
  });

  it('asks for more once it has held, so that it does not waver', () => {
    const reading = { memory: { free: 780 * MB, total: 16 * GB } };
    expect(admit(input(reading)).room).toBe(1);
    expect(admit(input(reading, { held: { resource: 'memory', free: 1, need: 2 } })).room).toBe(0);
    expect(admit(input(reading, { held: { resource: 'files', free: 1, need: 2 } })).room).toBe(1);
  });

  it('never stands still: with nothing running one may start, unless the disk is too small for it', () => {
    const amount = fc.integer({ min: 0, max: 2_000 }).map((mb) => mb * MB);
    const readings = fc.record({
      memory: fc.option(fc.record({ free: amount, total: amount })),
      load: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      disks: fc.array(fc.record({ path: fc.constant('/w'), free: amount, total: amount }), { maxLength: 2 }),
      files: fc.option(fc.integer({ min: -5, max: 100 })),
    });
    const holds = fc.option(fc.constantFrom<Hold['resource']>('memory', 'disk', 'load', 'files'));
    fc.assert(
      fc.property(readings, holds, (reading, resource) => {
        const held = resource === null ? null : { resource, free: 0, need: 0 };
        const { room, hold } = admit(input(reading, { running: 0, held }));
        expect(room > 0 || hold?.resource === 'disk').toBe(true);
        expect(room > 0).toBe(hold === null);
      }),
    );
  });
});
