import { expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

it.each([
  ['2h', 7_200_000],
  ['90s', 90_000],
  ['15m', 900_000],
  ['1.5h', 5_400_000],
  ['7200', 7_200_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  [' 2H ', 7_200_000],
  ['0', 0],
  ['3w', 1_814_400_000],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', 'h', '2', '-1h', '1 hour', '2h!', 'Infinity', '1e9', '30d', '1..5h', 'NaN', '0x10'])(
  'does not read %j unless it is a number of seconds',
  (text) => {
    expect(parseDuration(text)).toBe(text === '2' ? 2000 : null);
  },
);

it('reads ages that no timer could wait for when it is asked to', () => {
  const longest = Number.MAX_SAFE_INTEGER;
  expect([parseDuration('30d', longest), parseDuration('52w', longest)]).toEqual([2_592_000_000, 31_449_600_000]);
  expect(parseDuration('2weeks', longest)).toBe(null);
});
