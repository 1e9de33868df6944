import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtPackage } from '../../../test/rig/package.ts';
import { parseShapes } from './parse-shapes.ts';
import { shapesBy } from './read-shapes.ts';

it('a process of its own reads what is read here', { timeout: 120_000 }, async () => {
  const files = [
    { path: 'app/a.py', text: 'class A:\n    x: "str" = "ü"\n' },
    { path: 'app/b.py', text: 'class B(A:\n  y int' },
    { path: 'notes.md', text: 'class C' },
  ];
  const folder = builtPackage();
  const there = await shapesBy(join(folder, 'bin/read-shapes.js'))(files);
  rmSync(folder, { recursive: true });
  expect(there).toEqual(await parseShapes(files));
  const modules = 'modules' in there ? [...there.modules] : [];
  expect(modules).toMatchObject([
    ['app/a.py', { hasErrors: false }],
    ['app/b.py', { hasErrors: true }],
  ]);
});

it('says why it could not', async () => {
  const read = await shapesBy('/nowhere/at-all.js')([]);
  expect(read).toEqual({ failed: expect.stringContaining("Cannot find module '/nowhere/at-all.js'") });
});
