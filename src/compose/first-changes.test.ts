import { expect, it } from 'vitest';
import { firstDifference } from './first-changes.ts';

it.each([
  ['a\nb\nc\n', 'a\nB\nc\n', 2],
  ['a\nb\n', 'a\nb\nc\n', 3],
  ['a\nb\nc\n', 'a\nb\n', 2],
  ['', 'a\n', 1],
  ['a\n', '', 1],
  ['a\nb', 'a\nbc', 2],
  ['a\r\nb\r\n', 'a\r\nb\n', 2],
])('%j, then %j: line %i', (before, after, line) => {
  expect(firstDifference(Buffer.from(before), Buffer.from(after))).toBe(line);
});
