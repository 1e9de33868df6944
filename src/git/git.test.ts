import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { outsideEnv } from './env.ts';
import { createGit, GitError, requireGit } from './git.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

describe('createGit', () => {
  it('is not led astray by what a git hook leaves in the environment', async () => {
    const other = scratchRepository();
    try {
      const env = {
        ...scratch.env,
        GIT_DIR: join(other.repo, '.git'),
        GIT_WORK_TREE: other.repo,
        GIT_INDEX_FILE: join(other.repo, '.git/index.lock'),
        GIT_PREFIX: 'sub/',
        GIT_CONFIG_PARAMETERS: "'core.bare'='true'",
      };
      const git = createGit({ cwd: scratch.repo, env });
      expect(await git.text(['rev-parse', '--show-toplevel'])).toBe(scratch.repo);
    } finally {
      other.remove();
    }
  });

  it('throws what git said, with its arguments', async () => {
    const git = createGit({ cwd: scratch.repo, env: scratch.env });
    const error = await git.text(['rev-parse', '--verify', 'nowhere']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({ args: ['rev-parse', '--verify', 'nowhere'], exit: 128 });
    expect((error as GitError).message).toContain('Needed a single revision');
  });

  it('refuses a machine without git, and tells it from a folder that is gone', async () => {
    const nowhere = { ...scratch.env, PATH: scratch.root };
    await expect(createGit({ cwd: scratch.repo, env: nowhere }).text(['version'])).rejects.toMatchObject({
      code: 'git-missing',
      exit: 7,
    });
    const gone = createGit({ cwd: join(scratch.root, 'gone'), env: scratch.env });
    await expect(gone.text(['version'])).rejects.toBeInstanceOf(GitError);
  });

  it('runs no hook and no fsmonitor of the repository', async () => {
    const called = join(scratch.root, 'called');
    const script = `#!/bin/sh\necho "$0" >> '${called}'\n`;
    for (const hook of ['reference-transaction', 'post-index-change', 'post-checkout', 'pre-commit', 'fsmonitor']) {
      writeFileSync(join(scratch.repo, '.git/hooks', hook), script, { mode: 0o755 });
    }
    scratch.git('config', 'core.fsmonitor', join(scratch.repo, '.git/hooks/fsmonitor'));
    const git = createGit({ cwd: scratch.repo, env: scratch.env });
    await git.text(['update-ref', 'refs/copse/x', 'HEAD']);
    await git.text(['status', '--porcelain']);
    await git.text(['reset', '--hard', '-q']);
    expect(existsSync(called)).toBe(false);
    scratch.git('branch', 'control');
    expect(readFileSync(called, 'utf8')).toContain('reference-transaction');
  });
});

describe('requireGit', () => {
  const withVersion = (version: string) => {
    const bin = join(scratch.root, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'git'), `#!/bin/sh\necho 'git version ${version}'\n`);
    chmodSync(join(bin, 'git'), 0o755);
    return createGit({ cwd: scratch.repo, env: { ...scratch.env, PATH: `${bin}:${scratch.env.PATH}` } });
  };

  it.each(['2.37.7', '1.9.1', '2.9.0 (Apple Git-1)', 'unknown'])('refuses %s', async (version) => {
    await expect(requireGit(withVersion(version))).rejects.toMatchObject({ code: 'git-too-old', exit: 7 });
  });

  it.each([
    ['2.38.0', '2.38.0'],
    ['2.39.5 (Apple Git-154)', '2.39.5'],
    ['2.50.1.windows.1', '2.50.1.windows.1'],
    ['3.0.0-rc0', '3.0.0'],
  ])('takes %s', async (version, found) => {
    expect(await requireGit(withVersion(version))).toBe(found);
  });
});

describe('outsideEnv', () => {
  it('keeps nothing of git but how to reach a server and where the settings are', () => {
    const env = outsideEnv({
      PATH: '/bin',
      GIT_DIR: '/x',
      GIT_INDEX_FILE: '/y',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_SSH_COMMAND: 'ssh -i key',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_PARAMETERS: "'a.b'='c'",
    });
    expect(env).toEqual({ PATH: '/bin', GIT_SSH_COMMAND: 'ssh -i key', GIT_CONFIG_GLOBAL: '/dev/null' });
  });
});
