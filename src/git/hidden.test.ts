import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { flaggedEntries, unhide } from './hidden.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

/** A repository with forty files, two of them flagged. */
function flagged({ format, version }: { format: string; version: number }) {
  const repo = join(scratch.root, 'other');
  const git = (...args: string[]) => scratch.git('-C', repo, ...args);
  mkdirSync(repo);
  git('init', '-q', `--object-format=${format}`);
  const names = Array.from({ length: 40 }, (_, n) => `${'file'.repeat(n % 5)}-${n}`);
  for (const name of names) writeFileSync(join(repo, name), name);
  git('add', '-A');
  git('update-index', '--index-version', String(version));
  git('update-index', '--assume-unchanged', 'file-1');
  git('update-index', '--skip-worktree', 'filefile-2');
  return { repo, git };
}

describe('flaggedEntries', () => {
  it.each([
    { format: 'sha1', version: 2 },
    { format: 'sha1', version: 4 },
    { format: 'sha256', version: 3 },
    { format: 'sha256', version: 4 },
  ])('$format, version $version', (shape) => {
    const { repo } = flagged(shape);
    expect(flaggedEntries(readFileSync(join(repo, '.git/index')), shape.format === 'sha1' ? 20 : 32)).toEqual([
      { path: 'file-1', assumed: true, skipped: false },
      { path: 'filefile-2', assumed: false, skipped: true },
    ]);
  });

  it('finds none in what is no index, or only a part of one', () => {
    const { repo } = flagged({ format: 'sha1', version: 4 });
    const whole = readFileSync(join(repo, '.git/index'));
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.uint8Array({ maxLength: 40 }), (length, noise) => {
        for (const path of flaggedEntries(Buffer.concat([whole.subarray(0, length), noise]), 20))
          expect(path).toBeDefined();
      }),
    );
    expect(flaggedEntries(Buffer.alloc(0), 20)).toEqual([]);
  });
});

describe('unhide', () => {
  it('takes the flags away, but not from what a sparse checkout left out', async () => {
    const { repo, git } = flagged({ format: 'sha1', version: 4 });
    git('commit', '-qm', 'all');
    git('update-index', '--skip-worktree', 'file-6');
    rmSync(join(repo, 'file-6'));
    const at = { gitDir: join(repo, '.git'), base: git('rev-parse', 'HEAD') };
    const there = createGit({ cwd: repo, env: scratch.env });
    expect(await unhide(there, at)).toEqual(['filefile-2', 'file-1']);
    expect(await unhide(there, at)).toEqual([]);
    writeFileSync(join(repo, 'file-1'), 'changed');
    expect(git('status', '--porcelain')).toBe(' M file-1');
  });
});
