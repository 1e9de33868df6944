import { appendFileSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { openRepository, type Repository } from './repository.ts';
import { survey } from './survey.ts';

let scratch: Scratch;
let repository: Repository;
beforeEach(async () => {
  scratch = scratchRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': '*.log\n' });
  repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
});
afterEach(() => scratch.remove());

it('is the same as long as nothing changes that counts, and leaves the index alone', async () => {
  scratch.git('branch', 'x');
  scratch.git('tag', '-a', '-m', 'm', 'v1');
  scratch.write('a.txt', 'changed\n');
  const before = await survey(repository);
  expect(before.refs).toMatchObject({
    'refs/heads/main': scratch.git('rev-parse', 'main'),
    'refs/heads/x': scratch.git('rev-parse', 'x'),
    'refs/tags/v1': scratch.git('rev-parse', 'refs/tags/v1'),
  });
  utimesSync(join(scratch.repo, 'b.txt'), 1e9, 1e9); // looks changed until it is read
  const index = readFileSync(join(scratch.repo, '.git/index'));
  scratch.write('x.log', 'ignored');
  scratch.git('pack-refs', '--all', '--prune');
  scratch.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  scratch.git('update-ref', 'refs/copse/snapshots/run/task.1', 'HEAD');
  expect(await survey(repository)).toEqual(before);
  expect(readFileSync(join(scratch.repo, '.git/index')).equals(index)).toBe(true);
});

it('sees each change, also of what was changed before, in odd places', async () => {
  scratch.write('a.txt', 'changed\n');
  scratch.write('sub/deep/new name', '1');
  const before = await survey(repository);
  expect(Object.keys(before.files)).toEqual(['a.txt', 'sub/deep/new name']);
  appendFileSync(join(scratch.repo, 'a.txt'), 'more\n');
  scratch.write('sub/deep/new name', '2');
  const after = await survey(repository);
  for (const path of Object.keys(before.files)) expect(after.files[path]).not.toBe(before.files[path]);
});

it('knows the entries of the stash, and where every worktree stands', async () => {
  for (const text of ['one', 'two']) {
    scratch.write('a.txt', text);
    scratch.git('stash', '-q');
  }
  scratch.git('worktree', 'add', '-q', '--detach', '../other');
  const found = await survey(repository);
  expect(found.stash).toEqual([scratch.git('rev-parse', 'stash@{0}'), scratch.git('rev-parse', 'stash@{1}')]);
  expect(found.refs).not.toHaveProperty('refs/stash');
  expect(found.heads).toEqual({
    [scratch.repo]: 'ref: refs/heads/main',
    [join(scratch.root, 'other')]: scratch.git('rev-parse', 'HEAD'),
  });
});
