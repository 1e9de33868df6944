import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { guardRepository } from './guard.ts';
import { mergeTrees } from './merge.ts';
import { openRepository, type Repository } from './repository.ts';
import { addWorktree, populate } from './worktree.ts';

// Programs that an agent puts into the configuration which all worktrees share.

let scratch: Scratch;
let repository: Repository;
let called: string;
beforeEach(async () => {
  scratch = scratchRepository({ '.gitattributes': '*.txt filter=f merge=m\n', 'a.txt': 'a\n' });
  called = join(scratch.root, 'called');
  await begin();
});
afterEach(() => scratch.remove());

/** As when a run begins; the same `run` again is that run resumed. */
async function begin(run = 'first'): Promise<void> {
  const plain = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
  repository = await guardRepository(plain, join(scratch.root, `${run}.json`));
}

/** A program that tells that it ran, and passes its input on. */
const spy = (name: string) => `sh -c 'echo ${name} >> ${called}; cat'`;
const calls = () => (existsSync(called) ? readFileSync(called, 'utf8').trim().split('\n') : []);

async function worktree(name = 'w') {
  const path = join(scratch.root, name);
  const base = scratch.git('rev-parse', 'HEAD');
  expect(await addWorktree(repository, { path, base, branch: null })).toEqual({ ok: true });
  const git = repository.git.at(path);
  await populate(git);
  return { path, git };
}

describe('guardRepository', () => {
  it.each([
    ['the shared config', '--local'],
    ['the user’s own config, which was not there before', '--global'],
  ])('passes over a filter that came since, in %s', async (_name, where) => {
    delete scratch.env.GIT_CONFIG_GLOBAL;
    await begin('second');
    scratch.git('config', where, 'filter.f.clean', spy('clean'));
    scratch.git('config', where, 'filter.f.smudge', spy('smudge'));
    scratch.git('config', where, 'filter.f.process', spy('process'));
    scratch.git('config', where, 'filter.f.required', 'true');
    const { path, git } = await worktree();
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\n');
    writeFileSync(join(path, 'b.txt'), 'b\n');
    await git.bytes(['add', '-A']);
    expect(await git.text(['show', ':b.txt'])).toBe('b');
    expect(calls()).toEqual([]);
    scratch.git('config', where, '--unset', 'filter.f.process');
    scratch.git('-C', path, 'add', '--renormalize', 'b.txt'); // a git that is not ours
    expect(calls()).not.toEqual([]);
  });

  it('a filter that was there goes on as it was, whatever it is now', async () => {
    scratch.git('config', 'filter.f.clean', 'tr a-z A-Z');
    await begin('second');
    const { path, git } = await worktree();
    for (const set of [
      ['filter.f.clean', spy('clean')],
      ['--unset', 'filter.f.clean'],
    ]) {
      scratch.git('config', ...set);
      writeFileSync(join(path, 'b.txt'), 'b\n');
      await git.bytes(['add', '-A']);
      expect(await git.text(['show', ':b.txt'])).toBe('B');
      await git.bytes(['rm', '-qf', 'b.txt']);
    }
    expect(calls()).toEqual([]);
  });

  it('a merge driver that came since makes a conflict, and does not run', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const ours = scratch.commit('ours', { 'a.txt': 'ours\n' });
    scratch.git('reset', '-q', '--hard', base);
    const theirs = scratch.commit('theirs', { 'a.txt': 'theirs\n' });
    scratch.git('config', 'merge.m.driver', `echo driver >> ${called}`);
    expect(await mergeTrees(repository.git, ours, theirs)).toMatchObject({ clean: false, paths: ['a.txt'] });
    expect(calls()).toEqual([]);
  });

  it.each([
    ['hooks', (evil: string) => scratch.git('config', 'core.hooksPath', evil)],
    ['a file-system monitor', (evil: string) => scratch.git('config', 'core.fsmonitor', join(evil, 'post-checkout'))],
    ['an external diff', (evil: string) => scratch.git('config', 'diff.external', join(evil, 'post-checkout'))],
    [
      'an included file',
      (evil: string) => {
        writeFileSync(join(evil, 'config'), `[filter "f"]\nclean = ${join(evil, 'post-checkout')}\n`);
        scratch.git('config', 'include.path', join(evil, 'config'));
      },
    ],
    [
      'a config of the worktree alone',
      (evil: string) => {
        scratch.git('config', 'extensions.worktreeConfig', 'true');
        scratch.git(
          '-C',
          join(scratch.root, 'w'),
          'config',
          '--worktree',
          'filter.f.clean',
          join(evil, 'post-checkout'),
        );
      },
    ],
  ])('runs no program from %s', async (_name, set) => {
    const { path, git } = await worktree();
    const evil = join(scratch.root, 'evil');
    mkdirSync(evil);
    for (const hook of ['post-checkout', 'reference-transaction', 'pre-commit', 'post-index-change']) {
      writeFileSync(join(evil, hook), `#!/bin/sh\necho ${hook} >> '${called}'\n`, { mode: 0o755 });
    }
    set(evil);
    writeFileSync(join(path, 'a.txt'), 'changed\n');
    await git.bytes(['status', '--porcelain']);
    await git.bytes(['add', '-A']);
    await git.bytes(['diff', '--raw', '--no-ext-diff', 'HEAD', '--']);
    await git.bytes(['reset', '-q', '--hard']);
    await worktree('w2');
    expect(calls()).toEqual([]);
  });

  it('trusts after a restart what the run began with', async () => {
    scratch.git('config', 'filter.f.smudge', spy('smudge'));
    await begin();
    const { path } = await worktree();
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\n');
    expect(calls()).toEqual([]);
  });

  it('keeps a key whole that holds an equal sign, and the variables that were given', async () => {
    Object.assign(scratch.env, { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Given' });
    await begin('second');
    scratch.git('config', 'filter.a=b.clean', spy('clean'));
    scratch.commit('odd', { '.gitattributes': '*.txt filter=a=b\n' });
    const { path, git } = await worktree();
    const before = calls().length;
    writeFileSync(join(path, 'b.txt'), 'b\n');
    await git.bytes(['add', '-A']);
    expect(calls()).toHaveLength(before);
    expect(await git.text(['config', 'user.name'])).toBe('Given');
  });
});
