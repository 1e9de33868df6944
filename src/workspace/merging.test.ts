import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import { openRepository } from '../git/repository.ts';
import { NO_SETUP } from './setup.ts';
import type { WorkspaceSpec, Workspaces } from './workspace.ts';
import { createWorktrees } from './worktree.ts';

let scratch: Scratch;
let workspaces: Workspaces;
let spec: WorkspaceSpec;
let head: string;
const path = () => join(scratch.root, 'ws/task-001');
const inside = (...args: string[]) => scratch.git('-C', path(), ...args);
const put = (file: string, text: string) => writeFileSync(join(path(), file), text);

beforeEach(async () => {
  scratch = scratchRepository({ 'text.txt': 'one\n', 'gone.txt': 'one\n', 'data.bin': 'a\0b', 'plain.txt': 'one\n' });
  const base = scratch.git('rev-parse', 'HEAD');
  scratch.git('checkout', '-q', '-b', 'earlier');
  head = scratch.commit('earlier', {
    'text.txt': 'mine\n',
    'gone.txt': 'mine\n',
    'data.bin': 'm\0',
    'plain.txt': 'mine\n',
  });
  scratch.git('checkout', '-q', 'main');
  scratch.git('reset', '-q', '--hard', base);
  rmSync(join(scratch.repo, 'gone.txt'));
  const tip = scratch.commit('landed', { 'text.txt': 'theirs\n', 'data.bin': 't\0' });
  spec = { path: path(), branch: 'feature/task-001', base: tip, merge: { head, message: 'merge: task-001' } };
  workspaces = createWorktrees({
    repository: await openRepository(createGit({ cwd: scratch.repo, env: scratch.env })),
    run: 'run-1',
    setup: NO_SETUP,
    snapshotRef: () => 'refs/copse/snapshots/run-1/task-001',
    junk: DEFAULT_JUNK,
    never: [],
    env: scratch.env,
  });
});
afterEach(() => scratch.remove());

const harvest = () => workspaces.harvest(spec, 'merge: task-001');
const parents = (commit: string) => scratch.git('log', '-1', '--format=%P', commit).split(' ');

describe('a workspace in the middle of a merge', () => {
  it('has the markers in its files and all versions in its index, and the rest merged', async () => {
    expect(await workspaces.prepare(spec)).toMatchObject({ ok: true });
    expect(inside('status', '--porcelain').split('\n').sort()).toEqual([
      'DU gone.txt',
      'M  plain.txt',
      'UU data.bin',
      'UU text.txt',
    ]);
    expect(readFileSync(join(path(), 'text.txt'), 'utf8')).toMatch(/^<<<<<<< HEAD\ntheirs\n=======\nmine\n>>>>>>> /);
    expect(inside('rev-parse', 'MERGE_HEAD', 'HEAD').split('\n')).toEqual([head, spec.base]);
    expect(existsSync(join(scratch.repo, '.git/rr-cache'))).toBe(false);
  });

  it('is merged once every file was changed, removed or added to the index; the second harvest is like the first', async () => {
    await workspaces.prepare(spec);
    put('text.txt', 'both\n');
    inside('rm', '-q', 'gone.txt');
    inside('add', 'data.bin');
    const harvested = await harvest();
    expect(parents(harvested.head)).toEqual([spec.base, head]);
    expect(harvested.notes).toEqual([]);
    expect(scratch.git('show', `${harvested.head}:text.txt`)).toBe('both');
    expect((await harvest()).head).toBe(harvested.head);
  });

  it('makes no second merge where we were killed behind the first', async () => {
    await workspaces.prepare(spec);
    put('text.txt', 'both\n');
    inside('rm', '-q', 'gone.txt');
    inside('add', 'data.bin', 'text.txt');
    const tree = inside('write-tree');
    const merged = inside('commit-tree', '-p', spec.base, '-p', head, '-m', 'merge: task-001', tree);
    inside('update-ref', 'HEAD', merged);
    expect((await harvest()).head).toBe(merged);
    expect(inside('status', '--porcelain')).toBe('');
  });

  it.each<[string, () => void]>([
    ['nothing', () => {}],
    [
      'a file with one side of it, untouched',
      () => {
        put('text.txt', 'both\n');
        inside('rm', '-q', 'gone.txt');
      },
    ],
    [
      'markers',
      () => {
        put('text.txt', 'x\n<<<<<<< HEAD\n');
        inside('rm', '-q', 'gone.txt');
        inside('add', 'data.bin');
      },
    ],
  ])('is no merge with %s resolved, and its state is kept', async (_, act) => {
    await workspaces.prepare(spec);
    act();
    const { head: made, notes } = await harvest();
    expect(parents(made)).toEqual([spec.base]);
    expect(notes.join()).toMatch(/unmerged.*left a merge unfinished \(kept in /s);
  });

  it('is resolved as it was before, where the repository has rerere', async () => {
    mkdirSync(join(scratch.repo, '.git/rr-cache'));
    await workspaces.prepare(spec);
    put('text.txt', 'both\n');
    inside('rm', '-q', 'gone.txt');
    inside('add', '.');
    inside('commit', '-q', '--no-edit');
    await workspaces.prepare(spec);
    expect(readFileSync(join(path(), 'text.txt'), 'utf8')).toBe('both\n');
    expect(inside('status', '--porcelain', 'text.txt')).toBe('M  text.txt');
  });

  it('is none, as data, where git cannot begin it', async () => {
    const nothing = { ...spec, merge: { head: 'a'.repeat(40), message: 'x' } };
    expect(await workspaces.prepare(nothing)).toMatchObject({ ok: false, failure: { code: 'unresolved' } });
    const { merge: _, ...plain } = spec;
    expect(await workspaces.prepare(plain)).toMatchObject({ ok: true });
  });
});
