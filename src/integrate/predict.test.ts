import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from '../git/git.ts';
import { liveCommit } from '../git/live-commit.ts';
import { predictConflicts } from './predict.ts';

let scratch: Scratch;
let git: Git;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'one\ntwo\nthree\nfour\nfive\n', 'b.txt': 'b\n' });
  git = createGit({ cwd: scratch.repo, env: scratch.env });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

function branch(task: string, from: string, files: Record<string, string>) {
  scratch.git('checkout', '-q', '--detach', from);
  return { task, base: from, head: scratch.commit(task, files) };
}

it('tells pairs that change the same lines, and none that only change the same file', async () => {
  const branches = [
    branch('t1', base, { 'a.txt': 'ONE\ntwo\nthree\nfour\nfive\n' }),
    branch('t2', base, { 'a.txt': 'uno\ntwo\nthree\nfour\nfive\n', 'new.txt': '2\n' }),
    branch('t3', base, { 'a.txt': 'one\ntwo\nthree\nfour\nFIVE\n' }),
    branch('t4', base, { 'new.txt': '4\n' }),
    branch('t5', base, { 'c/d.txt': '5\n' }),
  ];
  expect(await predictConflicts(git, base, branches)).toEqual([
    { tasks: ['t1', 't2'], paths: ['a.txt'] },
    { tasks: ['t2', 't4'], paths: ['new.txt'] },
  ]);
});

it('tells what conflicts with what has landed, and does not blame it on a task that stands on it', async () => {
  const landed = branch('landed', base, { 'b.txt': 'landed\n', 'a.txt': 'one\ntwo\nthree\nfour\nfive\nsix\n' }).head;
  const branches = [
    branch('t1', base, { 'b.txt': 'mine\n' }),
    branch('t2', landed, { 'b.txt': 'landed\nand more\n', 'a.txt': 'ONE\ntwo\nthree\nfour\nfive\nsix\n' }),
    branch('t3', base, { 'x.txt': '3\n' }),
  ];
  expect(await predictConflicts(git, landed, branches)).toEqual([
    { tasks: ['t1'], paths: ['b.txt'] },
    { tasks: ['t1', 't2'], paths: ['b.txt'] },
  ]);
});

it('takes work as it stands, committed or not, and leaves it so', async () => {
  const [one, two] = ['one', 'two'].map((name) => `${scratch.root}/${name}`) as [string, string];
  for (const path of [one, two]) scratch.git('worktree', 'add', '-q', '--detach', path, base);
  scratch.write('../one/b.txt', 'first\n');
  scratch.write('../two/b.txt', 'second\n');
  scratch.write('../two/untracked.txt', 'x\n');
  scratch.git('-C', two, 'add', 'b.txt');
  const before = [one, two].map((path) => scratch.git('-C', path, 'status', '--porcelain'));
  const options = (name: string) => ({ gitDir: `${scratch.repo}/.git/worktrees/${name}`, junk: [], never: [] });
  const heads = await Promise.all([liveCommit(git.at(one), options('one')), liveCommit(git.at(two), options('two'))]);
  expect(scratch.git('ls-tree', '--name-only', heads[1]!).split('\n')).toContain('untracked.txt');
  const branches = heads.map((head, at) => ({ task: `t${at}`, base, head }));
  expect(await predictConflicts(git, base, branches)).toEqual([{ tasks: ['t0', 't1'], paths: ['b.txt'] }]);
  expect([one, two].map((path) => scratch.git('-C', path, 'status', '--porcelain'))).toEqual(before);
  expect(scratch.git('-C', one, 'rev-parse', 'HEAD')).toBe(base);
  expect(await liveCommit(git, { gitDir: `${scratch.repo}/.git`, junk: [], never: [] })).toBe(base);
});
