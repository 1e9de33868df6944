import { describe, expect, it } from 'vitest';
import { outputTail } from './output-tail.ts';

const tail = (...texts: string[]) => outputTail(...texts.map((text) => Buffer.from(text)));

describe('outputTail', () => {
  it('joins the streams, drops colours and overwritten progress', () => {
    expect(tail('\x1b[1mbuilding\x1b[0m\r\n10%\r50%\rdone\n', '', 'error: no\n')).toBe('building\ndone\nerror: no');
    expect(tail('\x1b]0;title\x07text')).toBe('text');
  });

  it('keeps the end of a long output', () => {
    const long = Array.from({ length: 1000 }, (_, n) => `line ${n}`).join('\n');
    expect(tail(long).split('\n')).toHaveLength(60);
    expect(tail(long).endsWith('line 999')).toBe(true);
    expect(tail('x'.repeat(100_000))).toHaveLength(6000);
    expect(tail()).toBe('');
  });
});
