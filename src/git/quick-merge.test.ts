import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { commitTree, mergeTrees } from './merge.ts';
import { quickMerge } from './quick-merge.ts';

const FILES = {
  'a/one.txt': 'one\n',
  'a/two.txt': 'two\n',
  'b/deep/x.txt': 'x\n',
  'b/one.txt': 'b one\n',
  'b.txt': 'beside the folder\n',
  top: 'top\n',
};

let scratch: Scratch;
let git: Git;
let base: string;
beforeEach(() => {
  scratch = scratchRepository(FILES);
  git = createGit({ cwd: scratch.repo, env: scratch.env });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

type Edits = Record<string, string | null>;

/** A commit on `parent`, made through the index alone. */
function commitOn(parent: string, edits: Edits): string {
  scratch.git('read-tree', parent);
  for (const [path, text] of Object.entries(edits)) {
    if (text === null) scratch.git('update-index', '--force-remove', '--', path);
    else {
      scratch.write('../blob', text);
      const oid = scratch.git('hash-object', '-w', '--no-filters', '../blob');
      scratch.git('update-index', '--add', '--replace', '--cacheinfo', `100644,${oid},${path}`);
    }
  }
  return scratch.git('commit-tree', '-p', parent, '-m', 'work', scratch.git('write-tree'));
}

async function merged(onto: string, head: string): Promise<string> {
  const merge = await mergeTrees(git, onto, head);
  if (!merge.clean) throw new Error(merge.messages.join());
  return commitTree(git, { tree: merge.tree, parents: [onto, head], message: 'm' });
}

describe('quickMerge', () => {
  it.each<[string, Edits, Edits]>([
    ['files side by side', { 'a/one.txt': 'ONE\n' }, { 'a/two.txt': 'TWO\n', 'c/d/e': 'new\n' }],
    ['a folder that goes', { 'b/deep/x.txt': null }, { top: 'TOP\n' }],
    ['a folder that becomes a file', { 'b/deep/x.txt': null, 'b/deep': 'file\n' }, { top: 'TOP\n' }],
    ['a file that becomes a folder', { 'b.txt': null, 'b.txt/x': 'x\n' }, { top: 'TOP\n' }],
    ['names that sort around a folder', { 'b-': '1\n', b0: '2\n', 'b/a': '3\n' }, { 'b.': '4\n' }],
    ['nothing upstream', { top: null, 'a/ü': 'ü\n' }, {}],
    ['nothing of its own', {}, { top: null }],
  ])('makes the tree that git makes: %s', async (_, ours, theirs) => {
    const [head, onto] = [commitOn(base, ours), commitOn(base, theirs)];
    const tree = await quickMerge(git, { onto, head, base });
    expect(tree).toBe(((await mergeTrees(git, onto, head)) as { tree: string }).tree);
    scratch.git('read-tree', tree!); // all its objects are there
    expect(scratch.git('fsck', '--strict')).not.toMatch(/error|missing/);
  });

  it.each<[string, Edits, Edits]>([
    ['the same file', { top: '1\n' }, { top: '2\n' }],
    ['a file where the other made a folder', { new: '1\n' }, { 'new/x': '2\n' }],
    [
      'a folder that one may have renamed',
      { 'a/one.txt': null, 'a/two.txt': null, 'z/one.txt': 'one\n' },
      { 'a/3': '' },
    ],
  ])('leaves to git: %s', async (_, ours, theirs) => {
    const [head, onto] = [commitOn(base, ours), commitOn(base, theirs)];
    expect(await quickMerge(git, { onto, head, base })).toBeNull();
  });

  it('leaves to git what stands on a branch that has landed, and what merged or left its base', async () => {
    const below = commitOn(base, { 'n/1': '1\n' });
    const onto = await merged(commitOn(base, { top: 'TOP\n' }), below);
    expect(await quickMerge(git, { onto, head: commitOn(below, { 'n/2': '2\n' }), base })).toBeNull();
    const both = await merged(commitOn(base, { 'n/3': '3\n' }), onto);
    expect(await quickMerge(git, { onto, head: both, base })).toBeNull();
    expect(await quickMerge(git, { onto, head: base, base: below })).toBeNull();
    const apart = scratch.git('commit-tree', '-m', 'apart', `${base}^{tree}`);
    expect(await quickMerge(git, { onto, head: apart, base })).toBeNull();
  });

  it('is right for a branch that began after others which land later', async () => {
    const early = commitOn(base, { 'e/1': 'early\n' });
    const start = await merged(base, commitOn(base, { 'a/one.txt': 'first\n' }));
    const onto = await merged(start, early);
    const head = commitOn(start, { 'l/1': 'late\n' });
    const tree = await quickMerge(git, { onto, head, base: start });
    expect(tree).toBe(((await mergeTrees(git, onto, head)) as { tree: string }).tree);
  });

  it('never differs from git, over branches that land one after another', async () => {
    const path = fc.constantFrom('a/one.txt', 'a/new', 'b/deep/x.txt', 'b/deep', 'b', 'b.txt', 'top', 'c/d/e', 'c');
    const edits = fc.dictionary(path, fc.option(fc.constantFrom('1\n', '2\n', 'one\n')), { maxKeys: 3 });
    let quick = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 2, maxLength: 4 }), async (all) => {
        let onto = base;
        for (const each of all) {
          const head = commitOn(base, each);
          const [tree, byGit] = [await quickMerge(git, { onto, head, base }), await mergeTrees(git, onto, head)];
          if (tree !== null) {
            quick += 1;
            expect(byGit).toEqual({ clean: true, tree });
          }
          if (byGit.clean) onto = await commitTree(git, { tree: byGit.tree, parents: [onto, head], message: 'm' });
        }
      }),
      { numRuns: 20 },
    );
    expect(quick).toBeGreaterThan(10);
  });
});
