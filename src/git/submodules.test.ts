import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { openRepository } from './repository.ts';
import { absoluteUrl, updateSubmodules } from './submodules.ts';
import { addWorktree, populate } from './worktree.ts';

let scratch: Scratch;
let lib: Scratch;
let deep: Scratch;

async function worktreeOf(repo: string): Promise<string> {
  const repository = await openRepository(createGit({ cwd: repo, env: scratch.env }));
  const path = join(scratch.root, 'ws');
  await addWorktree(repository, { path, base: repository.head.oid, branch: { name: 'feature/x', old: null } });
  const git = repository.git.at(path);
  await populate(git);
  expect(await updateSubmodules(repository, git)).toEqual(['vendor/my lib']);
  return path;
}

describe('updateSubmodules', () => {
  beforeEach(() => {
    [scratch, lib, deep] = [
      scratchRepository(),
      scratchRepository({ 'lib.txt': 'lib' }),
      scratchRepository({ 'deep.txt': 'deep' }),
    ];
    const config = join(scratch.root, 'gitconfig');
    writeFileSync(config, '[protocol "file"]\nallow = always\n');
    for (const each of [scratch, lib]) each.env.GIT_CONFIG_GLOBAL = config;
    lib.git('submodule', '--quiet', 'add', deep.repo, 'inner');
    lib.commit('with inner');
    scratch.git('submodule', '--quiet', 'add', '--name', 'the.lib', lib.repo, 'vendor/my lib');
    scratch.commit('with lib');
  });
  afterEach(() => {
    for (const each of [scratch, lib, deep]) each.remove();
  });

  it('fills submodules and nested ones', async () => {
    const path = await worktreeOf(scratch.repo);
    expect(readFileSync(join(path, 'vendor/my lib/lib.txt'), 'utf8')).toBe('lib');
    expect(readFileSync(join(path, 'vendor/my lib/inner/deep.txt'), 'utf8')).toBe('deep');
  });

  it('leaves the configuration of a clone that never had them alone', async () => {
    const clone = join(scratch.root, 'clone');
    scratch.git('clone', '-q', scratch.repo, clone);
    const config = readFileSync(join(clone, '.git/config'), 'utf8');
    const path = await worktreeOf(clone);
    expect(readFileSync(join(path, 'vendor/my lib/lib.txt'), 'utf8')).toBe('lib');
    expect(readFileSync(join(clone, '.git/config'), 'utf8')).toBe(config);
  });

  it('does nothing where there are none', async () => {
    const repository = await openRepository(createGit({ cwd: deep.repo, env: deep.env }));
    expect(await updateSubmodules(repository, repository.git)).toEqual([]);
  });
});

describe('absoluteUrl', () => {
  it.each([
    ['https://host/org/app.git', '../lib.git', 'https://host/org/lib.git'],
    ['https://host/org/app', '../../other/lib', 'https://host/other/lib'],
    ['git@host:org/app.git', '../lib.git', 'git@host:org/lib.git'],
    ['git@host:app.git', '../lib.git', 'git@host:lib.git'],
    ['/srv/git/app/', './lib', '/srv/git/app/lib'],
    ['https://host/org/app', 'https://else/lib', 'https://else/lib'],
  ])('%s + %s', (base, url, expected) => {
    expect(absoluteUrl(base, url)).toBe(expected);
  });
});
