import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Builds the package as it is published (`files` of package.json, nothing else) in a new folder, so that a test of the
 * binary needs no build before it and finds out what was forgotten. Gives the folder; the caller removes it.
 */
export function builtPackage(): string {
  const root = resolve(import.meta.dirname, '../..');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'copse-package-')));
  const argv = ['scripts/build.js', join(folder, 'dist')];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`build → ${status}\n${stdout}${stderr}`);
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  for (const name of ['package.json', ...files]) {
    const from = join(root, name);
    if (name !== 'dist' && existsSync(from)) cpSync(from, join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
