import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('docs/api.md says what the docstrings say', () => {
  const root = resolve(import.meta.dirname, '../..');
  const argv = ['scripts/api-reference.js', '--check'];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
