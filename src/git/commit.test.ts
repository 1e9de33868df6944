import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { commitAll } from './commit.ts';
import { createGit, type Git } from './git.ts';
import { DEFAULT_JUNK } from './junk.ts';
import { snapshot } from './snapshot.ts';
import { listSnapshots } from './snapshots.ts';

let scratch: Scratch;
let git: Git;
let gitDir: string;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({
    '.gitignore': '*.log\n',
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    'dir/x.txt': 'x\n',
    'plan/task.md': 'p\n',
  });
  git = createGit({ cwd: scratch.repo, env: scratch.env });
  gitDir = join(scratch.repo, '.git');
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

const commit = (never: string[] = []) =>
  commitAll(git, { gitDir, message: 'feat: leftovers\n\nbody', junk: DEFAULT_JUNK, never });
const filesOf = (revision: string) =>
  scratch.git('ls-tree', '-r', '-z', '--name-only', revision).split('\0').filter(Boolean);

describe('commitAll', () => {
  it('commits edits, deletions and new files with odd names; leaves junk and ignored files alone', async () => {
    const odd = ['-rf', 'new\nline', 'q"uo\\te', 'ünï/çødé.txt', ':(glob)x'];
    for (const path of odd) scratch.write(path, path);
    scratch.write('a.txt', 'changed\r\n');
    unlinkSync(join(scratch.repo, 'b.txt'));
    rmSync(join(scratch.repo, 'dir'), { recursive: true });
    scratch.write('dir', 'now a file');
    symlinkSync('/nowhere', join(scratch.repo, 'node_modules'));
    for (const path of [
      '.venv/bin/python',
      'src/__pycache__/m.pyc',
      '.claude-task-complete',
      'debug.log',
      'p.egg-info/PKG',
    ]) {
      scratch.write(path, 'junk');
    }
    const { head, paths, nested } = await commit();
    expect(filesOf(head).sort()).toEqual(['.gitignore', 'a.txt', 'dir', 'plan/task.md', ...odd].sort());
    expect(paths.sort()).toEqual(['a.txt', 'b.txt', 'dir', 'dir/x.txt', ...odd].sort());
    expect(nested).toEqual([]);
    expect(scratch.git('log', '-1', '--format=%B%P')).toBe(`feat: leftovers\n\nbody\n${base}`);
    expect(scratch.git('diff', 'HEAD', '--stat')).toBe('');
    expect(existsSync(join(scratch.repo, '.venv/bin/python'))).toBe(true);
    expect(await commit()).toEqual({ before: head, head, paths: [], refused: [], nested: [], unreadable: [] });
  });

  it('takes out junk that was staged, but keeps what the repository tracks', async () => {
    scratch.write('node_modules/tracked.js', '1');
    scratch.git('add', '-f', 'node_modules');
    const before = scratch.commit('tracked');
    scratch.write('node_modules/tracked.js', '2');
    scratch.write('node_modules/new.js', 'new');
    scratch.write('.claude-task-complete', '');
    scratch.git('add', '-f', '.');
    const { head, paths } = await commit();
    expect(paths).toEqual(['node_modules/tracked.js']);
    expect(scratch.git('diff', '--name-only', before, head)).toBe('node_modules/tracked.js');
  });

  it('leaves every change below a folder that is never committed', async () => {
    scratch.write('plan/task.md', 'cheated');
    scratch.write('plan/new.md', 'new');
    scratch.git('add', '.');
    scratch.write('planned.txt', 'mine');
    expect(await commit(['plan/'])).toMatchObject({ paths: ['planned.txt'], refused: ['plan/new.md', 'plan/task.md'] });
    expect(readFileSync(join(scratch.repo, 'plan/task.md'), 'utf8')).toBe('cheated');
  });

  it('runs no hook, signs nothing, and is not stopped by a stale lock or a strict line-ending check', async () => {
    for (const hook of ['pre-commit', 'commit-msg', 'post-commit', 'prepare-commit-msg', 'reference-transaction']) {
      writeFileSync(join(gitDir, 'hooks', hook), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    }
    writeFileSync(join(gitDir, 'index.lock'), '');
    for (const [key, value] of [
      ['commit.gpgSign', 'true'],
      ['core.safecrlf', 'true'],
      ['core.autocrlf', 'input'],
    ]) {
      writeFileSync(
        join(gitDir, 'config'),
        `${readFileSync(join(gitDir, 'config'), 'utf8')}[${key!.split('.')[0]}]\n${key!.split('.')[1]} = ${value}\n`,
      );
    }
    scratch.write('a.txt', 'one\r\ntwo\n');
    const { head } = await commit();
    expect(head).not.toBe(base);
    expect(scratch.git('show', `${head}:a.txt`)).toBe('one\ntwo');
  });

  it('completes a merge whose conflicts were resolved', async () => {
    scratch.git('checkout', '-q', '-b', 'side');
    const side = scratch.commit('side', { 'a.txt': 'theirs\n' });
    scratch.git('checkout', '-q', 'main');
    const main = scratch.commit('main', { 'a.txt': 'ours\n' });
    expect(() => scratch.git('merge', 'side')).toThrow();
    scratch.write('a.txt', 'both\n');
    scratch.git('add', 'a.txt');
    const { head } = await commit();
    expect(scratch.git('log', '-1', '--format=%P', head)).toBe(`${main} ${side}`);
    expect(existsSync(join(gitDir, 'MERGE_HEAD'))).toBe(false);
  });

  it('commits an unresolved merge as plain work, so that nobody takes it for a merge', async () => {
    scratch.git('checkout', '-q', '-b', 'side');
    scratch.commit('side', { 'a.txt': 'theirs\n' });
    scratch.git('checkout', '-q', 'main');
    const main = scratch.commit('main', { 'a.txt': 'ours\n' });
    expect(() => scratch.git('merge', 'side')).toThrow();
    const { head, paths } = await commit();
    expect(paths).toEqual(['a.txt']);
    expect(scratch.git('log', '-1', '--format=%P', head)).toBe(main);
    expect(scratch.git('status', '--porcelain')).toBe('');
  });

  it('does not commit a repository inside the work tree, and names it', async () => {
    scratch.git('init', '-q', 'vendor/lib');
    scratch.git('-C', 'vendor/lib', 'commit', '-q', '--allow-empty', '-m', 'x');
    scratch.write('vendor/lib/file.txt', 'x');
    scratch.write('new.txt', 'x');
    const { head, nested } = await commit();
    expect(nested).toEqual(['vendor/lib/']);
    expect(filesOf(head)).toContain('new.txt');
    expect(filesOf(head).join()).not.toContain('vendor');
  });

  it('keeps a sparse checkout sparse', async () => {
    scratch.git('sparse-checkout', 'set', '--no-cone', '/a.txt');
    scratch.write('a.txt', 'changed');
    const { head, paths } = await commit();
    expect(paths).toEqual(['a.txt']);
    expect(filesOf(head)).toHaveLength(5);
    expect(existsSync(join(scratch.repo, 'b.txt'))).toBe(false);
  });

  it('takes the rest when one file cannot be taken, and names that one', async () => {
    // Permissions stop nobody who is root; these do: a name that is .git on some file systems, and a filter that fails.
    scratch.git('config', 'filter.broken.clean', 'false');
    scratch.git('config', 'filter.broken.required', 'true');
    scratch.write('.git/info/attributes', '*.bin filter=broken\n');
    scratch.write('GIT~1', 'refused by git');
    scratch.write('x.bin', 'refused by the filter');
    scratch.write('a.txt', 'changed');
    unlinkSync(join(scratch.repo, 'b.txt'));
    scratch.write('ünï "q"', 'new');
    const { head, paths, unreadable } = await commit();
    expect(unreadable).toEqual(['GIT~1', 'x.bin']);
    expect(paths.sort()).toEqual(['a.txt', 'b.txt', 'ünï "q"']);
    expect(filesOf(head).join()).not.toMatch(/GIT~1|x\.bin/);
    expect(await commit()).toMatchObject({ head, paths: [], unreadable: ['GIT~1', 'x.bin'] });
  });

  it('commits on a detached HEAD', async () => {
    scratch.git('checkout', '-q', '--detach');
    scratch.write('a.txt', 'detached');
    const { head } = await commit();
    expect(scratch.git('rev-parse', 'HEAD', 'main')).toBe(`${head}\n${base}`);
  });
});

it('takes a change in that is as old and as large as what was staged', async () => {
  scratch.git('config', 'core.trustctime', 'false'); // ctime cannot be set: in life it would be the same second
  scratch.write('a.txt', 'one');
  utimesSync(join(scratch.repo, 'a.txt'), 1e9, 1e9);
  scratch.git('add', 'a.txt');
  scratch.write('a.txt', 'two');
  utimesSync(join(scratch.repo, 'a.txt'), 1e9, 1e9);
  utimesSync(join(gitDir, 'index'), 1e9, 1e9);
  await commit();
  expect(scratch.git('show', 'HEAD:a.txt')).toBe('two');
});

describe('snapshot', () => {
  const asked = { prefix: 'refs/copse/snapshots/run-1/task-001', message: 'snapshot', junk: DEFAULT_JUNK };
  const take = async (tips: string[] = []) => {
    const { ref, ...rest } = await snapshot(git, { gitDir, ...asked, tips });
    return { ref: ref!, ...rest };
  };
  const content = (ref: string, path: string) => scratch.git('show', `${ref}:${path}`);

  it('keeps commits, staged, changed and untracked content, and disturbs nothing', async () => {
    scratch.commit('work', { 'done.txt': 'done' });
    scratch.write('a.txt', 'staged\n');
    scratch.git('add', 'a.txt');
    scratch.write('a.txt', 'later\n');
    scratch.write('new\nfile', 'untracked');
    scratch.write('x.log', 'ignored');
    mkdirSync(join(scratch.repo, '.venv'));
    const state = () => [
      scratch.git('status', '--porcelain=v2', '--branch', '--ignored'),
      readFileSync(join(gitDir, 'index'), 'hex'),
    ];
    const before = state();
    const { ref, dirty } = await take();
    expect(state()).toEqual(before);
    expect(dirty).toBe(true);
    expect(ref).toBe('refs/copse/snapshots/run-1/task-001.1');
    expect(content(ref, 'a.txt')).toBe('later');
    expect(content(ref, 'new\nfile')).toBe('untracked');
    expect(content(`${ref}^2`, 'a.txt')).toBe('staged');
    expect(scratch.git('rev-parse', `${ref}^1`)).toBe(scratch.git('rev-parse', 'HEAD'));
    expect(filesOf(ref)).not.toContain('x.log');
  });

  it('makes a new ref for a new state only', async () => {
    scratch.write('a.txt', 'one');
    const first = await take();
    expect(await take()).toMatchObject({ ref: first.ref, commit: first.commit });
    scratch.write('a.txt', 'two');
    expect((await take()).ref).toBe('refs/copse/snapshots/run-1/task-001.2');
    expect(content(first.ref, 'a.txt')).toBe('one');
  });

  it('points at HEAD when there is nothing else', async () => {
    expect(await take()).toMatchObject({ commit: base, dirty: false });
  });

  it('makes none of what is held anyway, files included', async () => {
    const held = [scratch.commit('later', {})];
    scratch.git('reset', '-q', '--hard', base);
    scratch.git('reflog', 'expire', '--expire=now', '--all');
    expect(await snapshot(git, { gitDir, ...asked, held })).toMatchObject({ ref: null, commit: base, dirty: false });
    scratch.write('new.txt', 'n');
    expect(await snapshot(git, { gitDir, ...asked, held })).toMatchObject({ ref: `${asked.prefix}.1`, dirty: true });
  });

  it('says of its parents which is what', async () => {
    const lost = scratch.commit('reset away', { 'lost.txt': 'lost' });
    scratch.git('reset', '-q', '--hard', base);
    const first = await take();
    scratch.write('a.txt', 'staged');
    scratch.git('add', 'a.txt');
    scratch.write('a.txt', 'later');
    const second = await take();
    const [one, two] = await listSnapshots(git);
    expect(one).toMatchObject({ ref: first.ref, run: 'run-1', name: 'task-001', number: 1, head: base, left: [lost] });
    expect(one!.index).toBe(null);
    expect(two).toMatchObject({ commit: second.commit, number: 2, head: base, left: [lost] });
    expect(content(two!.index!, 'a.txt')).toBe('staged');
    scratch.git(
      'update-ref',
      'refs/copse/snapshots/run-1/forged.1',
      scratch.commit(`x\n\nCopse-Snapshot: head ${lost}`, {}),
    );
    expect((await listSnapshots(git, 'run-1'))[0]).toMatchObject({ name: 'forged', left: [] });
    expect(await listSnapshots(git, 'run-2')).toEqual([]);
  });

  it('keeps commits that the agent threw away, and the tip of a branch it left', async () => {
    const lost = scratch.commit('thrown away', { 'lost.txt': 'lost' });
    scratch.git('reset', '-q', '--hard', base);
    scratch.commit('first try', { 'c.txt': '1' });
    scratch.write('c.txt', '2');
    const amended = scratch.git('rev-parse', 'HEAD');
    scratch.git('commit', '-q', '-a', '--amend', '-m', 'second try');
    const tip = scratch.git('commit-tree', '-p', base, '-m', 'branch tip', `${base}^{tree}`);
    const { ref, dirty } = await take([tip]);
    expect(dirty).toBe(false);
    const kept = scratch.git('rev-list', ref).split('\n');
    for (const oid of [lost, amended, tip, scratch.git('rev-parse', 'HEAD')]) expect(kept).toContain(oid);
    expect((await take([tip])).ref).toBe(ref);
  });

  it('works in the middle of a merge, a rebase and on an orphan branch', async () => {
    scratch.git('checkout', '-q', '-b', 'side');
    scratch.commit('side', { 'a.txt': 'theirs\n' });
    scratch.git('checkout', '-q', 'main');
    scratch.commit('main', { 'a.txt': 'ours\n' });
    expect(() => scratch.git('merge', 'side')).toThrow();
    expect(content((await take()).ref, 'a.txt')).toContain('<<<<<<<');
    scratch.git('merge', '--abort');
    expect(() => scratch.git('rebase', 'side')).toThrow();
    scratch.write('b.txt', 'during the rebase');
    expect(content((await take()).ref, 'b.txt')).toBe('during the rebase');
    scratch.git('rebase', '--abort');
    scratch.git('checkout', '-q', '--orphan', 'apart');
    scratch.write('orphan.txt', 'orphan');
    expect(content((await take([base])).ref, 'orphan.txt')).toBe('orphan');
  });
});
