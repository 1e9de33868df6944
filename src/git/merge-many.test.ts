import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { commitTree, mergeTrees, treeOf } from './merge.ts';
import { type Branch, mergeMany } from './merge-many.ts';

const FILES = {
  'a/one.txt': 'one\n',
  'a/two.txt': 'two\n',
  'b/one.txt': 'b one\n',
  'b/deep/x.txt': 'x\n',
  top: 'top\n',
};

let scratch: Scratch;
let git: Git;
beforeEach(() => {
  scratch = scratchRepository(FILES);
  git = createGit({ cwd: scratch.repo, env: scratch.env });
});
afterEach(() => scratch.remove());

type Edit =
  | { kind: 'write'; path: string; text: string }
  | { kind: 'delete'; path: string }
  | { kind: 'move'; path: string; to: string };

/** Makes a commit on `parent` through a scratch index only: fast, and safe against the checkout. */
function commitOn(parent: string, edits: Edit[]): string {
  const entries = new Map<string, string>();
  for (const line of scratch.git('ls-tree', '-r', parent).split('\n')) {
    const [meta = '', path = ''] = line.split('\t');
    if (path) entries.set(path, meta.split(' ')[2]!);
  }
  for (const edit of edits) {
    const old = entries.get(edit.path);
    if (edit.kind !== 'write') entries.delete(edit.path);
    const path = edit.kind === 'move' ? edit.to : edit.path;
    if (edit.kind === 'delete' || (edit.kind === 'move' && !old)) continue;
    for (const other of [...entries.keys()]) {
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) entries.delete(other);
    }
    entries.set(path, edit.kind === 'write' ? blob(edit.text) : old!);
  }
  scratch.git('read-tree', '--empty');
  const info = [...entries].flatMap(([path, oid]) => ['--cacheinfo', `100644,${oid},${path}`]);
  if (info.length > 0) scratch.git('update-index', '--add', ...info);
  return scratch.git('commit-tree', '-p', parent, '-m', 'work', scratch.git('write-tree'));
}

const blobs = new Map<string, string>();
function blob(text: string): string {
  scratch.write('../blob', text);
  const oid = scratch.git('hash-object', '-w', '--no-filters', '../blob');
  blobs.set(text, oid);
  return oid;
}

/** What git says when the branches are merged one at a time. */
async function oneByOne(onto: string, branches: Branch[]): Promise<(string | null)[]> {
  let tip = onto;
  const trees: (string | null)[] = [];
  for (const { head, message } of branches) {
    const merge = await mergeTrees(git, tip, head);
    if (merge.clean) tip = await commitTree(git, { tree: merge.tree, parents: [tip, head], message });
    trees.push(merge.clean ? merge.tree : null);
  }
  return trees;
}

describe('mergeMany', () => {
  it('makes one merge commit a branch, in order, with message and parents', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const odd = ['plain.txt', 'né\nw "q" \\.txt', '-rf'];
    const branches = odd.map((path, n) => ({
      head: commitOn(base, [{ kind: 'write', path, text: path }]),
      message: `Merge ${n}: tïtle\n\nCopse-Task: p/${n}`,
    }));
    const { tip, results } = await mergeMany(git, base, branches);
    expect(results.every(({ clean }) => clean)).toBe(true);
    expect(scratch.git('log', '--first-parent', '--reverse', '--format=%P|%B|%an', `${base}..${tip}`)).toBe(
      branches
        .map(({ head, message }, n) => {
          const before = n === 0 ? base : (results[n - 1] as { commit: string }).commit;
          return `${before} ${head}|${message}\n|Ada`;
        })
        .join('\n'),
    );
    expect(scratch.git('ls-tree', '-r', '-z', '--name-only', tip).split('\0').filter(Boolean).sort()).toEqual(
      [...Object.keys(FILES), ...odd].sort(),
    );
    expect(scratch.git('for-each-ref', 'refs/copse')).toBe('');
  });

  it('leaves a conflicting branch out and goes on', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const heads = ['ours', 'theirs', 'else'].map((text, n) =>
      commitOn(base, [{ kind: 'write', path: n < 2 ? 'top' : 'new', text }]),
    );
    const { tip, results } = await mergeMany(
      git,
      base,
      heads.map((head, n) => ({ head, message: `${n}` })),
    );
    expect(results).toMatchObject([{ clean: true }, { clean: false, paths: ['top'] }, { clean: true, commit: tip }]);
  });

  it('follows a folder that one branch renamed and another added to', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const renamed = commitOn(base, [
      { kind: 'move', path: 'a/one.txt', to: 'z/one.txt' },
      { kind: 'move', path: 'a/two.txt', to: 'z/two.txt' },
    ]);
    const added = commitOn(base, [{ kind: 'write', path: 'a/new.txt', text: 'new' }]);
    const branches = [renamed, added].map((head) => ({ head, message: 'm' }));
    const { tip, results } = await mergeMany(git, base, branches);
    expect(results.map(({ clean }) => clean)).toEqual((await oneByOne(base, branches)).map((tree) => tree !== null));
    const last = results[1]!;
    if (last.clean) expect(scratch.git('ls-tree', '-r', '--name-only', tip)).toContain('z/new.txt');
  });

  it('merges a branch that stands on another against that one', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const below = commitOn(base, [{ kind: 'write', path: 'new/n.txt', text: '1\n' }]);
    const above = commitOn(below, [{ kind: 'move', path: 'new/n.txt', to: 'z/q' }]);
    const branches = [below, above].map((head) => ({ head, message: 'm' }));
    const { tip } = await mergeMany(git, base, branches);
    expect(await treeOf(git, tip)).toBe((await oneByOne(base, branches))[1]);
    expect(scratch.git('ls-tree', '-r', '--name-only', tip)).not.toContain('new/n.txt');
  });

  it('takes nothing at all, heads already merged, and histories that were replaced', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    expect(await mergeMany(git, base, [])).toEqual({ tip: base, results: [], order: [] });
    const apart = scratch.git('commit-tree', '-m', 'apart', `${base}^{tree}`);
    const { results } = await mergeMany(git, base, [
      { head: base, message: 'again' },
      { head: apart, message: 'apart' },
    ]);
    expect(results).toMatchObject([{ clean: true }, { clean: false, paths: [] }]);
  });

  it('always agrees with merging one at a time', { timeout: 240_000 }, async () => {
    const paths = [
      'a/one.txt',
      'a/two.txt',
      'b/one.txt',
      'b/deep/x.txt',
      'top',
      'a',
      'b/deep',
      'new/n.txt',
      'a/new.txt',
      'z/q',
    ];
    const path = fc.constantFrom(...paths);
    const edit: fc.Arbitrary<Edit> = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), path, text: fc.constantFrom('1\n', '2\n', 'one\n', 'x\n') }),
      fc.record({ kind: fc.constant('delete' as const), path }),
      fc.record({ kind: fc.constant('move' as const), path, to: path }),
    );
    const branch = fc.record({ from: fc.nat(3), edits: fc.array(edit, { minLength: 1, maxLength: 3 }) });
    const root = scratch.git('rev-parse', 'HEAD');
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 2 }), fc.array(branch, { maxLength: 5 }), async (own, wanted) => {
        // The first branches start at the root, later ones also at what was merged or written before.
        const known = [root, commitOn(root, own)];
        const onto = known[1]!;
        const branches: Branch[] = [];
        for (const { from, edits } of wanted) {
          const head = commitOn(known[from % known.length]!, edits);
          known.push(head);
          branches.push({ head, message: 'm' });
        }
        const { results } = await mergeMany(git, onto, branches);
        const trees = await Promise.all(results.map((merged) => (merged.clean ? treeOf(git, merged.commit) : null)));
        expect(trees).toEqual(await oneByOne(onto, branches));
      }),
      { numRuns: 25 },
    );
  });
});
