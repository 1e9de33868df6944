import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { changedFiles } from './diff.ts';
import { createGit, type Git } from './git.ts';
import { workBetween } from './work.ts';

let scratch: Scratch;
let started: string[];
let git: Git;
beforeEach(() => {
  scratch = scratchRepository({ 'a/one.txt': 'one\n', 'a/two.txt': 'two\n', 'b/x': 'x\n', top: 'top\n' });
  const plain = createGit({ cwd: scratch.repo, env: scratch.env });
  started = [];
  const fields: Git['fields'] = (args, options) => {
    started.push(args[0]!);
    return plain.fields(args, options);
  };
  git = { ...plain, fields };
});
afterEach(() => scratch.remove());

const head = () => scratch.git('rev-parse', 'HEAD');

it('tells commits, newest first, and what they changed in all, as git does, without a process', async () => {
  const base = head();
  scratch.commit('feat: ünï\n\n:100644 no change\n\nlast line', {
    'a/ü "q".txt': '1\n',
    'a/one.txt': 'ONE\n',
    gone: '1',
  });
  scratch.git('rm', '-q', '-r', 'gone', 'b');
  scratch.commit('second', { b: 'a file now\n', 'c/d/e': 'deep\n' });
  scratch.git('update-index', '--chmod=+x', 'top');
  scratch.git('commit', '-q', '-m', 'mode');
  const work = await workBetween(git, base, head());
  expect(started).toEqual([]);
  expect(work.descends).toBe(true);
  expect(work.commits.map(({ oid }) => oid)).toEqual(scratch.git('rev-list', `${base}..HEAD`).split('\n'));
  for (const { oid, parents, message, changes } of work.commits) {
    expect(message).toBe(scratch.git('log', '-1', '--format=%B', oid).trimEnd());
    expect(changes).toEqual(await changedFiles(git, parents[0]!, oid));
  }
  expect(work.changes).toEqual(await changedFiles(git, base, head()));
});

it('is the same where git has to be asked: a merge, a base that was left', async () => {
  const base = head();
  const side = scratch.commit('side', { side: '1\n' });
  scratch.git('reset', '-q', '--hard', base);
  const mine = scratch.commit('mine', { mine: '1\n' });
  scratch.git('merge', '-q', '--no-edit', side);
  const merged = await workBetween(git, base, head());
  expect(merged).toMatchObject({ descends: true, changes: [{ path: 'mine' }, { path: 'side' }] });
  expect(merged.commits.map(({ parents }) => parents.length)).toEqual([2, 1, 1]);
  const left = await workBetween(git, side, mine);
  expect(left).toMatchObject({ descends: false, commits: [{ oid: mine }] });
  expect(left.changes).toEqual(await changedFiles(git, side, mine));
});

it('reads a message in another encoding through git', async () => {
  const base = head();
  scratch.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '--allow-empty', '-m', 'latin');
  const work = await workBetween(git, base, head());
  expect(work.commits).toMatchObject([{ message: 'latin', changes: [] }]);
  expect(started).toEqual(['log']);
});
