import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, displayWidth, pad } from './width.ts';

describe('what a terminal needs for a text', () => {
  it.each([
    ['task-001', 8],
    ['✓ ● ○ ⊘ ↻ – …', 13],
    ['Größe', 5],
    ['gro\u0308ße', 5],
    ['家族', 4],
    ['ｆｕｌｌ', 8],
    ['한국어', 6],
    ['😀', 2],
    ['e\u200d', 1],
    ['', 0],
  ])('%j: %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  it('cuts between characters', () => {
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('家族の管理', 6)).toBe('家族…');
    expect(clip('家族の管理', 5)).toBe('家族…');
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abc', 1)).toBe('…');
    expect(clip('abc', 0)).toBe('');
    expect(clip('a\u001b[2Jb\tc\n', 20)).toBe('a [2Jb c ');
  });

  it('never gives more columns than were asked for, nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(30), (text, width) => {
        const clipped = clip(text, width);
        expect(displayWidth(clipped)).toBeLessThanOrEqual(width);
        expect(clipped).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(displayWidth(pad(clipped, width))).toBe(width);
        expect(displayWidth(pad(clipped, width, true))).toBe(width);
      }),
    );
  });
});
