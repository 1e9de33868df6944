import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtPackage } from '../../rig/package.ts';

let folder: string;
beforeAll(() => {
  folder = builtPackage();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copse(...node: string[]) {
  const argv = [...node, join(folder, 'bin/copse.js'), 'status'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it.each(['18.20.4', '20.18.3'])('refuses Node %s', (version) => {
  const file = join(folder, 'old.cjs');
  const old = `{ value: { ...process.versions, node: '${version}' } }`;
  writeFileSync(file, `Object.defineProperty(process, 'versions', ${old});\n`);
  expect(copse('--require', file)).toEqual({
    status: 7,
    stdout: '',
    stderr: `copse: it needs Node 20.19 or newer, and this is ${version} [node-too-old]\n  next: install a newer one: https://nodejs.org\n`,
  });
});

it('says that it was not built, and how that is done', () => {
  rmSync(join(folder, 'dist'), { recursive: true });
  const { status, stderr } = copse();
  expect(status).toBe(7);
  expect(stderr).toBe(
    `copse: this copy of copse was not built [not-built]\n  next: cd '${folder}' && npm ci && npm run build\n`,
  );
});
