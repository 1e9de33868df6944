import { expect, it } from 'vitest';
import { hasMarkers } from './markers.ts';

it.each([
  ['a whole conflict', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n', true],
  ['one line of it', 'a\n<<<<<<< feature/x\n', true],
  ['the base of another style', 'a\n||||||| 1234567\n', true],
  ['one line between more than there were', 'Title\n=======\n=======\n=======\n', true],
  ['headings of both sides', 'Title\n=======\nOther\n=======\n', false],
  ['what one side had', 'Title\n>>>>>>> shown as text\n', false],
  ['lines that only look alike', '<<<<<<<<< x\n  >>>>>>> x\n', false],
  ['nothing', '', false],
])('%s', (_, text, marked) => {
  expect(hasMarkers(text, ['Title\n=======\n>>>>>>> shown as text\n', 'Other\n=======\n'])).toBe(marked);
});
