import { describe, expect, it } from 'vitest';
import type { EscapeChange } from '../run/escape.ts';
import { evidenceOf, type Trail } from './evidence.ts';

const [base, made, other] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as [string, string, string];
const points = (change: EscapeChange, deed: string, given: Partial<Trail> = {}, subject = '') => {
  const trail = {
    workspace: '/w/plan/task-001',
    branch: 'feature/task-001',
    base,
    deeds: [deed],
    commits: new Set([base]),
    branches: new Set(['quiet']),
  };
  const subjects = new Map([[made, subject]]);
  return evidenceOf(change, { ...trail, ...given }, { root: '/home/u/repo', subjects }) !== null;
};
const file = (path: string): EscapeChange => ({ kind: 'file', path, how: 'modified' });
const ref = (name: string, from: string | null, to: string | null): EscapeChange => ({
  kind: 'ref',
  ref: `refs/${name}`,
  from,
  to,
});

describe('a file of the checkout', () => {
  it.each([
    ['/home/u/repo/src/a.ts', true],
    ['echo x >/home/u/repo/src/a.ts', true],
    ['cd /home/u/repo && npm run format src/a.ts', true],
    ['cd /home/u/repo/src; touch a.ts', true],
    ['cp a.ts ../../../home/u/repo/src/a.ts', true],
    ['src/a.ts', false],
    ['/home/u/repo/src/a.tsx', false],
    ['/home/u/repository/src/a.ts', false],
    ['cd /home/u/repo && make', false],
  ])('%s: %s', (deed, named) => expect(points(file('src/a.ts'), deed)).toBe(named));
});

describe('a ref', () => {
  it.each<[string, EscapeChange, string, Set<string>, boolean]>([
    [
      'moved to its commit, and named',
      ref('heads/main', base, made),
      'git push . HEAD:main',
      new Set([base, made]),
      true,
    ],
    ['moved to its commit by who looks', ref('heads/peek', null, made), 'npm test', new Set([base, made]), false],
    [
      'moved by command',
      ref('heads/main', base, other),
      'git update-ref refs/heads/main HEAD~3',
      new Set([base]),
      true,
    ],
    ['only read', ref('heads/main', base, other), 'git diff main', new Set([base]), false],
    ['a word in a file name', ref('heads/main', base, other), 'git tag main.ts-done', new Set([base]), false],
    ['deleted', ref('heads/old', base, null), 'git branch -D old', new Set([base]), true],
    ['tagged', ref('tags/v1', null, base), 'git tag v1', new Set([base]), true],
    ['a branch of its own', ref('heads/side', null, base), 'git checkout -b side', new Set([base]), true],
    ['a branch its workspace was on', ref('heads/quiet', null, made), '', new Set([base]), true],
  ])('%s', (_, change, deed, commits, named) => expect(points(change, deed, { commits })).toBe(named));
});

it('the stash: by the branch its entry names, or a command that drops', () => {
  const added: EscapeChange = { kind: 'stash', added: [made], removed: [] };
  expect(points(added, '', {}, 'WIP on feature/task-001: abc x')).toBe(true);
  expect(points(added, '', {}, 'On feature/task-001: mine')).toBe(true);
  expect(points(added, 'git stash', {}, 'WIP on main: abc x')).toBe(false);
  expect(points(added, '', {}, 'WIP on feature/task-0011: abc x')).toBe(false);
  const removed: EscapeChange = { kind: 'stash', added: [], removed: [made] };
  expect([points(removed, 'git stash pop'), points(removed, 'git stash list')]).toEqual([true, false]);
});

it('HEAD of the checkout: a git command there that moves it', () => {
  const head: EscapeChange = { kind: 'head', worktree: '/home/u/repo', from: 'ref: refs/heads/main', to: made };
  expect(points(head, 'cd /home/u/repo && git checkout --detach')).toBe(true);
  expect(points(head, 'git -C /home/u/repo log')).toBe(false);
  expect(points(head, 'git checkout --detach')).toBe(false);
});
