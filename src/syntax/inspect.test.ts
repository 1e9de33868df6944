import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inspectSymbols } from './inspect.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copse-inspect-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = [
  { path: 'a.py', before: 'x = 1\n', after: 'x = 2\n' },
  { path: 'b.py', before: '', after: '' },
];

/** What is known when this is the program that parses. */
function told(program: string) {
  const path = join(folder, 'program.cjs');
  writeFileSync(path, program);
  return inspectSymbols(files, path);
}

it('a program that fails tells nothing of any file, and the next one is asked all the same', async () => {
  const nothing = files.map(({ path }) => [path, { unknown: 'the parser failed' }]);
  expect([...(await inspectSymbols(files, join(folder, 'gone.js')))]).toEqual(nothing);
  expect([...(await told('process.exit(1)'))]).toEqual(nothing);
  expect([...(await told('process.abort()'))]).toEqual(nothing);
  expect([...(await told('console.log("no JSON")'))]).toEqual(nothing);
  expect([...(await told('console.log(JSON.stringify({ files: [{ touched: [] }] }))'))]).toEqual([
    ['a.py', { touched: [] }],
    nothing[1],
  ]);
});
