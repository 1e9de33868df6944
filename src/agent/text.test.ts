import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../util/plain-text.ts';
import { firstLines, lastLine, oneLine } from './text.ts';

describe('text of agents', () => {
  it('loses what could steer a terminal', () => {
    expect(
      plainText('a\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u001b\\ b\r\nc\u009b2J\u0000d\te'),
    ).toBe('ared link b\nc2Jd\te');
  });

  it('fits on one line of the given length, and ends in no half character', () => {
    expect(oneLine('  a\n\tb   c ')).toBe('a b c');
    expect(oneLine(`${'x'.repeat(7)}🌳🌳`, 9)).toBe(`${'x'.repeat(7)}…`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.integer({ min: 2, max: 60 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\n\r\u001b]/);
        expect(() => encodeURIComponent(line)).not.toThrow();
      }),
    );
  });

  it('is shortened to its first lines, saying how many are gone', () => {
    expect(firstLines('a\nb\nc\n', 3, 100)).toBe('a\nb\nc');
    expect(firstLines('a\nb\nc', 2, 100)).toBe('a\nb\n… 1 more line');
    expect(firstLines('aaaa\nbbbb\ncccc', 3, 6)).toBe('aaaa\nb\n… 1 more line');
  });

  it('has a last line', () => {
    expect(lastLine('one\n two \n\n')).toBe('two');
    expect(lastLine('')).toBe('');
  });
});
