import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it.each([
  ['a\tb\nc', 'a\tb\nc'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bc\u009b2J', '2J'],
  ['a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  ['\u202egnp.exe\u202c', 'gnp.exe'],
  ['x\ud800y😀', 'x\ufffdy😀'],
])('%j is shown as %j', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});
