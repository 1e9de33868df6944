import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { readObjects } from './objects.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'a\n', 'large.bin': 'x'.repeat(1_100_000) });
});
afterEach(() => scratch.remove());

it('reads what there is, of large ones only how large they are, and stumbles over nothing', async () => {
  const git = createGit({ cwd: scratch.repo, env: scratch.env });
  scratch.git('update-index', '--add', '--cacheinfo', `160000,${'b'.repeat(40)},module`);
  scratch.git('commit', '-q', '-m', 'a submodule');
  const names = ['HEAD:a.txt', 'HEAD:module', 'HEAD:no\nline', 'HEAD:large.bin', 'HEAD:', 'c'.repeat(40), 'HEAD:a.txt'];
  const found = await readObjects(git, names);
  expect([...found.keys()]).toEqual(['HEAD:a.txt', 'HEAD:large.bin', 'HEAD:']);
  expect(found.get('HEAD:a.txt')).toEqual({ type: 'blob', size: 2, bytes: Buffer.from('a\n') });
  expect(found.get('HEAD:large.bin')).toEqual({ type: 'blob', size: 1_100_000, bytes: null });
  expect(found.get('HEAD:')).toMatchObject({ type: 'tree' });
});

it('answers all who ask at the same time, each what they asked for', async () => {
  const git = createGit({ cwd: scratch.repo, env: scratch.env });
  const asked = [['HEAD:a.txt'], [], ['HEAD:none', 'HEAD:a.txt'], ['HEAD:large.bin']];
  const all = await Promise.all(asked.map((names) => readObjects(git, names)));
  expect(all.map((found) => [...found.keys()])).toEqual([['HEAD:a.txt'], [], ['HEAD:a.txt'], ['HEAD:large.bin']]);
  // Made after git was started.
  const oid = scratch.commit('later', { 'b.txt': 'b\n' });
  expect((await readObjects(git, [`${oid}:b.txt`])).get(`${oid}:b.txt`)?.bytes?.toString()).toBe('b\n');
});
