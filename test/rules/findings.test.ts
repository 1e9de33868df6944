import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));

/** First argument of `found.error(…)` and the like, and the codes that are chosen before they are reported. */
const said = read('src/plan').flatMap((text) => [
  ...text.matchAll(/found\.(?:error|warning|note)\(\s*'([a-z-]+)'/g),
  ...text.matchAll(/'((?:create|modify)-(?:twice|nested|not-exclusive|and-modify))'/g),
]);
const onDisk = read('src/project').flatMap((text) => [...text.matchAll(/\[\s*'([a-z-]+)',\s*(?:`|count)/g)]);
const codes = new Set([...said, ...onDisk].map((match) => match[1]!));

it('docs/findings.md names every code of a finding, and no other', () => {
  const rows = readFileSync(join(root, 'docs/findings.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]!));
  expect(codes.size).toBeGreaterThan(50);
  expect([...documented].sort()).toEqual([...codes].sort());
});
