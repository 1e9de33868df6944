import { expect, it } from 'vitest';
import { helpText } from './help.ts';
import { COMMANDS } from './table.ts';

it('fits 80 columns and names every command', () => {
  const text = helpText(COMMANDS);
  for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  for (const { usage, summary } of COMMANDS)
    expect(text).toMatch(new RegExp(`^ {2}${usage.replace(/[[\]]/g, '\\$&')} +${summary}$`, 'm'));
});
