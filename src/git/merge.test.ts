import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { commitTree, mergeTrees, treeOf } from './merge.ts';

const LINES = Array.from({ length: 30 }, (_, n) => `line ${n}\n`).join('');

let scratch: Scratch;
let git: Git;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': LINES, 'b.txt': 'b\n', 'bin.dat': 'a\0b', 'dir/x.txt': 'x\n' });
  git = createGit({ cwd: scratch.repo, env: scratch.env });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

/** A commit on top of the base with these changes; null deletes. */
function side(files: Record<string, string | null>): string {
  scratch.git('checkout', '-q', '--detach', base);
  for (const [path, text] of Object.entries(files)) if (text === null) scratch.git('rm', '-q', '--', path);
  const written = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null);
  const commit = scratch.commit('side', Object.fromEntries(written));
  scratch.git('checkout', '-q', 'main');
  return commit;
}

describe('mergeTrees', () => {
  it('merges two sides of one file without touching the checkout', async () => {
    const ours = side({ 'a.txt': LINES.replace('line 2\n', 'LINE 2\n') });
    const theirs = side({ 'a.txt': LINES.replace('line 27\n', 'LINE 27\n'), 'c.txt': 'c' });
    const before = scratch.git('status', '--porcelain=v2', '--branch');
    const merge = await mergeTrees(git, ours, theirs);
    expect(merge.clean).toBe(true);
    expect(scratch.git('show', `${merge.tree}:a.txt`)).toContain('LINE 2\n');
    expect(scratch.git('show', `${merge.tree}:a.txt`)).toContain('LINE 27\n');
    expect(scratch.git('status', '--porcelain=v2', '--branch')).toBe(before);
  });

  it.each([
    ['content', { 'b.txt': 'ours\n' }, { 'b.txt': 'theirs\n' }, ['b.txt'], /content/],
    ['modify/delete', { 'b.txt': null }, { 'b.txt': 'theirs\n' }, ['b.txt'], /modify\/delete/],
    ['binary', { 'bin.dat': 'a\0c' }, { 'bin.dat': 'a\0d' }, ['bin.dat'], /bin\.dat/],
    ['add/add', { 'n w.txt': 'ours\n' }, { 'n w.txt': 'theirs\n' }, ['n w.txt'], /add\/add/],
    ['odd names', { 'né\n"w': 'ours\n' }, { 'né\n"w': 'theirs\n' }, ['né\n"w'], /CONFLICT/],
    ['two files', { 'b.txt': 'o', 'bin.dat': 'o' }, { 'b.txt': 't', 'bin.dat': 't' }, ['b.txt', 'bin.dat'], /CONFLICT/],
  ])('reports a conflict as data: %s', async (_name, ours, theirs, paths, message) => {
    const merge = await mergeTrees(git, side(ours), side(theirs));
    expect(merge).toMatchObject({ clean: false, paths, tree: expect.stringMatching(/^\w{40}$/) });
    expect(merge.clean ? [] : merge.messages).toContainEqual(expect.stringMatching(message));
    expect(merge.clean ? [] : merge.messages).not.toContainEqual(expect.stringMatching('Auto-merging'));
  });

  it('reports file against folder', async () => {
    const merge = await mergeTrees(git, side({ f: 'a file' }), side({ 'f/g.txt': 'below' }));
    expect(merge).toMatchObject({ clean: false, messages: [expect.stringMatching('file/directory')] });
    expect(merge.clean ? [] : merge.paths.some((path) => path.startsWith('f'))).toBe(true);
  });

  it('calls histories without a common commit a conflict, and an unknown commit an error', async () => {
    scratch.git('checkout', '-q', '--orphan', 'apart');
    const apart = scratch.commit('apart');
    expect(await mergeTrees(git, base, apart)).toMatchObject({
      clean: false,
      messages: [expect.stringMatching('no commit in common')],
    });
    await expect(mergeTrees(git, base, 'f'.repeat(40))).rejects.toThrow(/merge-tree/);
  });
});

describe('commitTree', () => {
  it('writes the message as it is and, with a date, always the same commit', async () => {
    const commit = {
      tree: await treeOf(git, base),
      parents: [base],
      message: '-m "quoted"\n\n# no comment\n',
      date: 7,
    };
    const oid = await commitTree(git, commit);
    expect(await commitTree(git, commit)).toBe(oid);
    expect(scratch.git('log', '-1', '--format=%B%at %ct', oid)).toBe('-m "quoted"\n\n# no comment\n7 7');
  });

  it('has an identity where git has none, and never signs', async () => {
    scratch.git('config', 'commit.gpgSign', 'true');
    scratch.git('config', 'gpg.program', '/bin/false');
    const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL, ...anonymous } = scratch.env;
    const nobody = createGit({ cwd: scratch.repo, env: anonymous });
    const oid = await commitTree(nobody, { tree: await treeOf(git, base), parents: [], message: 'm' });
    expect(scratch.git('log', '-1', '--format=%an <%ae> %cn <%ce>', oid)).toBe(
      'copse <copse@localhost> copse <copse@localhost>',
    );
    const config = join(scratch.root, 'config');
    writeFileSync(config, '[user]\nname = Grace\nemail = grace@example.org\n');
    const grace = createGit({ cwd: scratch.repo, env: { ...anonymous, GIT_CONFIG_GLOBAL: config } });
    const hers = await commitTree(grace, { tree: await treeOf(git, base), parents: [], message: 'm' });
    expect(scratch.git('log', '-1', '--format=%an <%ce>', hers)).toBe('Grace <grace@example.org>');
  });
});
