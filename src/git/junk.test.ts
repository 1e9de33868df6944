import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { DEFAULT_JUNK, mayMatch } from './junk.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

it('lets ordinary paths pass and stops junk', () => {
  const stopped = (path: string) => mayMatch(DEFAULT_JUNK, path);
  expect(['src/a.ts', 'node_module', 'docs/coverage.md'].map(stopped)).toEqual([false, false, false]);
  expect(['a/node_modules/x', '.DS_Store', 'm/__pycache__/a.pyc', 'b.PYO', 'k.egg-info/f'].map(stopped)).toEqual(
    Array(5).fill(true),
  );
});

it('never lets through what git ignores', async () => {
  const git = createGit({ cwd: scratch.repo, env: scratch.env });
  const piece = fc.constantFrom('a', 'bc', '.x', '*', '?', '**', '[ab]', '[!c]', '/', '\\*', '!', '#', ' ', 'é');
  const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const name = fc.array(fc.constantFrom('a', 'bc', '.x', 'b', 'c', 'é', '*', ' z'), { minLength: 1, maxLength: 3 });
  const path = fc.array(
    name.map((pieces) => pieces.join('')),
    { minLength: 1, maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(pattern, { minLength: 1, maxLength: 3 }),
      fc.array(path, { maxLength: 30 }),
      async (patterns, paths) => {
        scratch.write('.git/info/exclude', patterns.map((each) => `${each}\n`).join(''));
        const names = paths.map((parts) => parts.join('/'));
        const input = names.map((each) => `${each}\0`).join('');
        const ignored = await git.run(['check-ignore', '--no-index', '-z', '--stdin'], { input });
        const found = ignored.stdout.toString('utf8').split('\0').filter(Boolean);
        expect(found.filter((each) => !mayMatch(patterns, each))).toEqual([]);
      },
    ),
    { numRuns: 120 },
  );
});
