import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from './git.ts';
import { countCommits, isAncestor, log, mergeBase } from './history.ts';
import { commitTree, treeOf } from './merge.ts';
import {
  branchExists,
  branchObstacle,
  compareAndSwap,
  compareAndSwapOften,
  deleteRef,
  isBranchName,
  listRefs,
  readRef,
  resolve,
} from './refs.ts';

let scratch: Scratch;
let git: Git;
beforeEach(() => {
  scratch = scratchRepository();
  git = createGit({ cwd: scratch.repo, env: scratch.env });
});
afterEach(() => scratch.remove());

describe('compareAndSwap', () => {
  it('moves a ref only from where it is expected', async () => {
    const [first, second] = [scratch.git('rev-parse', 'HEAD'), scratch.commit('second')];
    const ref = 'refs/copse/x';
    expect(await compareAndSwap(git, ref, { next: first, old: second })).toBe(false);
    expect(await compareAndSwap(git, ref, { next: first, old: null })).toBe(true);
    expect(await compareAndSwap(git, ref, { next: second, old: null })).toBe(false);
    expect(await compareAndSwap(git, ref, { next: second, old: first })).toBe(true);
    expect(await readRef(git, ref)).toBe(second);
    expect(await deleteRef(git, ref, first)).toBe(false);
    expect(await deleteRef(git, ref, second)).toBe(true);
    expect(await readRef(git, ref)).toBeNull();
  });

  it('lets exactly one of many racers win each round', async () => {
    const ref = 'refs/heads/copse/race';
    let old: string | null = null;
    for (let round = 0; round < 3; round += 1) {
      const [tree, parent] = [await treeOf(git, 'HEAD'), scratch.git('rev-parse', 'HEAD')];
      const commits = await Promise.all(
        Array.from({ length: 12 }, (_, n) => commitTree(git, { tree, parents: [parent], message: `${round}.${n}` })),
      );
      const won = await Promise.all(commits.map((next) => compareAndSwap(git, ref, { next, old })));
      expect(won.filter(Boolean)).toHaveLength(1);
      old = await readRef(git, ref);
      expect(old).toBe(commits[won.indexOf(true)]);
    }
  });

  it('throws when the ref cannot be written, instead of calling it moved', async () => {
    scratch.git('branch', 'copse');
    const next = scratch.git('rev-parse', 'HEAD');
    await expect(compareAndSwap(git, 'refs/heads/copse/x', { next, old: null })).rejects.toThrow(/refs\/heads\/copse/);
    writeFileSync(join(scratch.repo, '.git/refs/heads/main.lock'), '');
    const quick = { run: git.run.bind(git) };
    const impatient: Git = {
      ...git,
      run: (args, options) => quick.run(args, { ...options, config: ['core.filesRefLockTimeout=1'] }),
    };
    await expect(compareAndSwap(impatient, 'refs/heads/main', { next, old: next })).rejects.toThrow(/main\.lock/);
  });
});

describe('compareAndSwapOften', () => {
  const ref = 'refs/heads/copse/x';
  const reason = 'copse: land';
  let [first, second] = ['', ''];
  beforeEach(() => {
    first = scratch.git('rev-parse', 'HEAD');
    second = scratch.commit('second');
    scratch.git('update-ref', '--create-reflog', ref, first);
  });

  /** Counts the gits that it starts. */
  function counted() {
    const count = { run: 0, converse: 0 };
    const counting: Git = {
      ...git,
      run: (...args) => {
        count.run++;
        return git.run(...args);
      },
      converse: (...args) => {
        count.converse++;
        return git.converse(...args);
      },
    };
    return { count, counting };
  }

  it('moves a ref only from where it is expected, and says so in its reflog', async () => {
    expect(await compareAndSwapOften(git, ref, { next: second, old: second, reason })).toBe(false);
    expect(await readRef(git, ref)).toBe(first);
    expect(await compareAndSwapOften(git, ref, { next: second, old: first, reason })).toBe(true);
    expect(await compareAndSwapOften(git, ref, { next: first, old: first, reason })).toBe(false);
    expect(await readRef(git, ref)).toBe(second);
    expect(scratch.git('reflog', '-1', '--format=%gs %H', ref)).toBe(`copse: land ${second}`);
  });

  it('moves one ref after another by the same git', async () => {
    const { count, counting } = counted();
    for (let [now, next] = [first, second], round = 0; round < 10; round++, [now, next] = [next, now]) {
      expect(await compareAndSwapOften(counting, ref, { next, old: now, reason })).toBe(true);
    }
    expect(count).toEqual({ run: 0, converse: 1 });
    scratch.git('update-ref', ref, first); // by somebody else, while that git lives
    expect(await compareAndSwapOften(counting, ref, { next: second, old: first, reason })).toBe(true);
    expect(await readRef(git, ref)).toBe(second);
  });

  it('finds another way where that git was ended, before or after it moved the ref', async () => {
    const dead: Git = { ...git, converse: () => Promise.reject(new Error('ended (SIGKILL)')) };
    expect(await compareAndSwapOften(dead, ref, { next: second, old: first, reason })).toBe(true);
    const mute: Git = {
      ...git,
      env: { ...git.env },
      converse: async (...args) => {
        const { ask } = await git.converse(...args);
        return {
          open: true,
          kill() {},
          ask: async (...question) => {
            await ask(...question);
            throw new Error('ended (SIGKILL)');
          },
        };
      },
    };
    expect(await compareAndSwapOften(mute, ref, { next: first, old: second, reason })).toBe(true);
    expect(await readRef(git, ref)).toBe(first);
  });

  it('throws when the ref cannot be written', async () => {
    writeFileSync(join(scratch.repo, `.git/${ref}.lock`), '');
    const impatient: Git = {
      ...git,
      run: (args, options) => git.run(args, { ...options, config: ['core.filesRefLockTimeout=1'] }),
    };
    await expect(compareAndSwapOften(impatient, ref, { next: second, old: first, reason })).rejects.toThrow(/x\.lock/);
  });
});

describe('refs', () => {
  it('resolves revisions to commits and takes no option for one', async () => {
    scratch.git('tag', '-a', 'v1', '-m', 'annotated');
    expect(await resolve(git, 'v1')).toBe(scratch.git('rev-parse', 'HEAD'));
    expect(await resolve(git, 'HEAD:README.md')).toBeNull();
    expect(await resolve(git, '--all')).toBeNull();
    expect(await resolve(git, 'gone')).toBeNull();
  });

  it('lists refs below a prefix', async () => {
    const head = scratch.git('rev-parse', 'HEAD');
    for (const ref of ['refs/copse/a/1', 'refs/copse/a/2', 'refs/copse/ab']) scratch.git('update-ref', ref, 'HEAD');
    expect(await listRefs(git, 'refs/copse/a/')).toEqual(
      new Map([
        ['refs/copse/a/1', head],
        ['refs/copse/a/2', head],
      ]),
    );
    expect(await listRefs(git, 'refs/nothing/')).toEqual(new Map());
  });

  it('says why a branch cannot be made', async () => {
    scratch.git('branch', 'feature');
    scratch.git('branch', 'other/x/y');
    expect(await branchExists(git, 'feature')).toBe(true);
    expect(await branchObstacle(git, 'feature')).toBeNull();
    expect(await branchObstacle(git, 'fresh/name')).toBeNull();
    expect(await branchObstacle(git, 'feature/task-001')).toMatch('branch feature stands in the way');
    expect(await branchObstacle(git, 'other')).toMatch('branch other/x/y stands in the way');
    for (const bad of ['-rf', 'a..b', 'a b', 'x.lock', '', 'a\nb']) {
      expect(await branchObstacle(git, bad), bad).toMatch('git allows no branch named');
    }
  });
});

describe('isBranchName', () => {
  it('agrees with git', async () => {
    const piece = fc.constantFrom(...'a~^:?*[\\ .@{-/\t\x7f\n', '..', '.lock', '@{', 'é', 'task-001', '//', 'HEAD');
    const name = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(name, async (branch) => {
        const { exit } = await git.run(['check-ref-format', `refs/heads/${branch}`]);
        // A leading dash is our own rule: it would be read as an option elsewhere.
        expect(isBranchName(branch)).toBe(exit === 0 && !branch.startsWith('-'));
      }),
      { numRuns: 150 },
    );
    expect(['', 'a\0b', '-x', '@'].map(isBranchName)).toEqual([false, false, false, true]);
  });
});

describe('history', () => {
  it('answers about ancestors, bases and counts', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const ours = scratch.commit('ours');
    scratch.git('checkout', '-q', '-b', 'side', base);
    scratch.commit('one');
    const theirs = scratch.commit('two\n\nbody line\n\nCopse-Task: p/t');
    scratch.git('checkout', '-q', '--orphan', 'apart');
    const apart = scratch.commit('apart');
    expect(await isAncestor(git, base, ours)).toBe(true);
    expect(await isAncestor(git, ours, theirs)).toBe(false);
    expect(await mergeBase(git, ours, theirs)).toBe(base);
    expect(await mergeBase(git, ours, apart)).toBeNull();
    expect(await countCommits(git, base, theirs)).toBe(2);
    const commits = await log(git, base, theirs);
    expect(commits.map(({ subject }) => subject)).toEqual(['two', 'one']);
    expect(commits[0]).toMatchObject({ oid: theirs, parents: [commits[1]!.oid], author: 'Ada' });
    expect(commits[0]!.message).toBe('two\n\nbody line\n\nCopse-Task: p/t');
    await expect(isAncestor(git, 'f'.repeat(40), ours)).rejects.toThrow();
  });
});
