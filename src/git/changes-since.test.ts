import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { changesSince } from './changes-since.ts';
import { createGit, type Git } from './git.ts';
import { diffTrees } from './trees.ts';

let scratch: Scratch;
let git: Git;
beforeAll(() => {
  scratch = scratchRepository();
  git = createGit({ cwd: scratch.repo, env: scratch.env });
});
afterAll(() => scratch.remove());

const PATHS = ['a', 'a/one', 'a/two/x', 'b/one', 'b', 'c'] as const;

/** The tree of these files; a file that stands where another one needs a folder is left out. */
function treeOf(files: Record<string, string>): string {
  scratch.git('read-tree', '--empty');
  for (const [path, text] of Object.entries(files)) {
    if (Object.keys(files).some((other) => other.startsWith(`${path}/`))) continue;
    const oid = blobs.get(text)!;
    scratch.git('update-index', '--add', '--cacheinfo', `${text === 'x' ? '100755' : '100644'},${oid},${path}`);
  }
  return scratch.git('write-tree');
}

const blobs = new Map<string, string>();
beforeAll(() => {
  for (const text of ['1', '2', 'x']) {
    scratch.write(`../${text}`, text);
    blobs.set(text, scratch.git('hash-object', '-w', '--no-filters', `../${text}`));
  }
});

it('is what comparing the trees themselves gives, however the one has grown, back again too', async () => {
  const files = fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom('1', '2', 'x'), { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(files, fc.array(files, { minLength: 1, maxLength: 5 }), async (first, others) => {
      const from = treeOf(first);
      for (const to of [...others.map(treeOf), from]) {
        const found = (await changesSince(git, from, to))!;
        expect(found.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(await diffTrees(git, from, to));
      }
    }),
    { numRuns: 20 },
  );
});

it('does not know a tree that is not there', async () => {
  const from = treeOf({ c: '1' });
  expect(await changesSince(git, from, '0'.repeat(40))).toBeNull();
  await changesSince(git, from, treeOf({ c: '2' }));
  expect(await changesSince(git, from, '0'.repeat(40))).toBeNull();
});
