import { expect, it } from 'vitest';
import type { Survey } from '../git/survey.ts';
import { compare, type Own } from './compare.ts';

const [a, b, c] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
const survey = (given: Partial<Survey> = {}): Survey => ({ heads: {}, refs: {}, stash: [], files: {}, ...given });
const own = (given: Partial<Own> = {}): Own => ({
  workspaces: '/ws/plan',
  branches: new Map([['feature/task-001', 'task-001']]),
  root: '/repo',
  checkout: 'mine',
  heads: new Map(),
  alive: new Set(),
  ...given,
});
const between = (before: Partial<Survey>, after: Partial<Survey>, given: Partial<Own> = {}) =>
  compare(survey(before), survey(after), own(given));

it('tells files that came, changed, went, changed again, or are as committed again', () => {
  const before = { same: '1 .M 5', again: '1 .M 5', undone: '1 .M 5', left: '? 7' };
  const after = { same: '1 .M 5', again: '1 .M 6', 'new.txt': '? 8', changed: '1 .M 9', gone: '1 .D gone' };
  expect(between({ files: before }, { files: after }).files.map(({ path, how }) => `${path} ${how}`)).toEqual([
    'again modified',
    'changed modified',
    'gone deleted',
    'left settled',
    'new.txt added',
    'undone settled',
  ]);
  expect(between({ files: before }, { files: after }, { checkout: 'lent' }).files).toEqual([]);
  const lent = { directories: ['new.txt', 'change'] };
  expect(between({}, { files: after }, { checkout: lent }).files.map(({ path }) => path)).toEqual([
    'again',
    'changed',
    'gone',
    'same',
  ]);
});

it('leaves out what copse moves itself, also for other runs', () => {
  const before = { 'refs/heads/main': a!, 'refs/heads/copse/plan': a!, 'refs/heads/feature/task-001': a! };
  const after = {
    'refs/heads/main': a!,
    'refs/heads/copse/plan': b!,
    'refs/heads/feature/task-001': b!,
    'refs/heads/feature/other': b!,
    'refs/copse/owned/run-2/feature/other': a!,
  };
  const found = between({ refs: before }, { refs: after }, { alive: new Set(['task-001']) });
  expect([found.shared, [...found.siblings]]).toEqual([[], []]);
});

it('tells a branch of a task that is not where copse left it', () => {
  const move = (to: string, heads: [string, string][]) =>
    between(
      { refs: { 'refs/heads/feature/task-001': a! } },
      { refs: { 'refs/heads/feature/task-001': to } },
      { heads: new Map(heads) },
    ).siblings.get('task-001');
  expect(move(b!, [['task-001', b!]])).toBe(undefined); // its leftovers were committed meanwhile
  expect(move(c!, [['task-001', b!]])).toEqual([{ kind: 'ref', ref: 'refs/heads/feature/task-001', from: b, to: c }]);
  expect(move(c!, [])).toEqual([{ kind: 'ref', ref: 'refs/heads/feature/task-001', from: a, to: c }]);
});

it('tells refs, HEADs and stash entries that are not ours', () => {
  const before = {
    refs: { 'refs/heads/main': a!, 'refs/heads/x': a! },
    heads: { '/repo': 'ref: refs/heads/main', '/ws/plan/task-001': a!, '/ws/plan2/mine': a! },
    stash: [a!, b!],
  };
  const after = {
    refs: { 'refs/heads/main': b!, 'refs/tags/v1': b! },
    heads: { '/repo': 'ref: refs/heads/x', '/ws/plan/task-001': b!, '/ws/plan2/mine': b! },
    stash: [c!, b!],
  };
  expect(between(before, after).shared).toEqual([
    { kind: 'ref', ref: 'refs/heads/main', from: a, to: b },
    { kind: 'ref', ref: 'refs/heads/x', from: a, to: null },
    { kind: 'ref', ref: 'refs/tags/v1', from: null, to: b },
    { kind: 'head', worktree: '/repo', from: 'ref: refs/heads/main', to: 'ref: refs/heads/x' },
    { kind: 'head', worktree: '/ws/plan2/mine', from: a, to: b },
    { kind: 'stash', added: [c], removed: [a] },
  ]);
});
