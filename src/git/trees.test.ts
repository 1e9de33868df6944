import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { objectSite } from './loose-object.ts';
import { applyToTree, diffTrees, namesOfTree } from './trees.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'a/b.txt': 'b\n' });
});
afterEach(() => scratch.remove());

/** An object of type tree that git would not have made. */
function brokenTree(bytes: Buffer): string {
  const args = ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
  return spawnSync('git', args, { cwd: scratch.repo, env: scratch.env, input: bytes }).stdout.toString().trim();
}

it.each([
  ['no space', 'x'],
  ['no end of the name', '100644 name'],
  ['half an id', '100644 name\0half'],
  ['an entry, and rubbish behind it', `100644 name\0${'i'.repeat(20)}rubbish`],
])('a tree that is broken is left to git: %s', async (_, text) => {
  const git = createGit({ cwd: scratch.repo, env: scratch.env });
  const [broken, whole] = [brokenTree(Buffer.from(text)), scratch.git('rev-parse', 'HEAD^{tree}')];
  expect(broken).toMatch(/^[0-9a-f]{40}$/);
  expect(await diffTrees(git, whole, broken)).toBeNull();
  const change = { path: 'x', old: null, now: { mode: '100644', oid: whole } };
  expect(await applyToTree(git, (await objectSite(git))!, broken, [change])).toBeNull();
  expect(namesOfTree(Buffer.from(text), 20)).toEqual([]);
});

it('a tree that is missing is left to git', async () => {
  const git = createGit({ cwd: scratch.repo, env: scratch.env });
  expect(await diffTrees(git, scratch.git('rev-parse', 'HEAD^{tree}'), 'a'.repeat(40))).toBeNull();
});
