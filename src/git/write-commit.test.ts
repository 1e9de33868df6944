import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { commitTree } from './merge.ts';
import { writeCommit } from './write-commit.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'a\n' });
});
afterEach(() => scratch.remove());

/** A git that tells which of its commands were called. */
function counting(env = scratch.env, cwd = scratch.repo): { git: Git; called: string[] } {
  const called: string[] = [];
  const real = createGit({ cwd, env });
  const tell = <T>(args: readonly string[], answer: T): T => {
    called.push(args[0]!);
    return answer;
  };
  const git: Git = {
    ...real,
    run: (args, options) => tell(args, real.run(args, options)),
    text: (args, options) => tell(args, real.text(args, options)),
  };
  return { git, called };
}

const treeAt = (repo: string) => scratch.git('-C', repo, 'rev-parse', 'HEAD^{tree}');

describe('writeCommit', () => {
  it.each(['sha1', 'sha256'])('writes what git would write, without git: %s', async (format) => {
    const repo = join(scratch.repo, '..', format);
    scratch.git('init', '-q', `--object-format=${format}`, repo);
    scratch.git('-C', repo, 'commit', '-q', '--allow-empty', '-m', 'first');
    const [tree, head] = [treeAt(repo), scratch.git('-C', repo, 'rev-parse', 'HEAD')];
    const { git, called } = counting(scratch.env, repo);
    await writeCommit(git, { tree, parents: [head], message: 'learns where it is' });
    called.length = 0;
    for (const [date, message] of [
      'm',
      'Merge: ünï\n\nCopse-Task: p/t\n',
      '\n\n# no comment\n',
      '-F x\r\n',
    ].entries()) {
      for (const parents of [[], [head]]) {
        const commit = { tree, parents, message, date };
        const oid = await writeCommit(git, commit);
        expect(called).toEqual([]);
        expect(await commitTree(createGit({ cwd: repo, env: scratch.env }), commit)).toBe(oid);
        expect(scratch.git('-C', repo, 'cat-file', '-t', oid)).toBe('commit');
        expect(statSync(join(repo, '.git/objects', oid.slice(0, 2), oid.slice(2))).mode & 0o777).toBe(0o444);
      }
    }
    expect(scratch.git('-C', repo, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('dates it now', async () => {
    const tree = treeAt(scratch.repo);
    const before = Math.floor(Date.now() / 1000);
    const oid = await writeCommit(counting().git, { tree, parents: [], message: 'm' });
    const [author, committer] = scratch.git('show', '-s', '--format=%at%n%ct', oid).split('\n').map(Number);
    expect(author).toBe(committer);
    expect(author).toBeGreaterThanOrEqual(before);
    expect(author).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it.each<[string, () => { env?: NodeJS.ProcessEnv; parents?: string[] }]>([
    ['dates of the environment', () => ({ env: { ...scratch.env, GIT_AUTHOR_DATE: '@7 +0000' } })],
    ['a parent named twice', () => ({ parents: ['HEAD', 'HEAD'].map((name) => scratch.git('rev-parse', name)) })],
    ['a parent that is no object id', () => ({ parents: ['HEAD'] })],
    [
      'a repository of a group',
      () => {
        scratch.git('config', 'core.sharedRepository', 'group');
        return {};
      },
    ],
  ])('leaves to git: %s', async (_name, prepare) => {
    const tree = treeAt(scratch.repo);
    const { env = scratch.env, parents = [] } = prepare();
    const { git, called } = counting(env);
    const oid = await writeCommit(git, { tree, parents, message: 'm' });
    expect(called).toContain('commit-tree');
    expect(scratch.git('cat-file', '-t', oid)).toBe('commit');
  });

  it('leaves nothing behind where it cannot write, and asks git', async () => {
    const commit = { tree: treeAt(scratch.repo), parents: [], message: 'm', date: 7 };
    const { git, called } = counting();
    const oid = await writeCommit(git, commit);
    expect(called).not.toContain('commit-tree');
    const folder = join(scratch.repo, '.git/objects', oid.slice(0, 2));
    rmSync(folder, { recursive: true });
    mkdirSync(join(folder, oid.slice(2), 'in-the-way'), { recursive: true });
    await writeCommit(git, commit);
    expect(called).toContain('commit-tree');
    expect(readdirSync(folder)).toEqual([oid.slice(2)]);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file');
    await expect(writeCommit(git, commit)).rejects.toThrow(/commit-tree/);
  });
});
