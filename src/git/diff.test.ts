import { chmodSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { changedPaths, fileAt, patch, rawDiffs, treePaths } from './diff.ts';
import { createGit, type Git } from './git.ts';

const ODD = [
  '-rf',
  'new\nline',
  'quo"te',
  'back\\slash',
  'ünï/çødé',
  ' lead',
  'tab\there',
  ':(glob)*',
  'a/../b'.slice(5),
];

let scratch: Scratch;
let git: Git;
beforeEach(() => {
  scratch = scratchRepository({ 'kept.txt': 'k', 'gone.txt': 'g', 'moved.txt': 'a long enough text to be a rename\n' });
  git = createGit({ cwd: scratch.repo, env: scratch.env });
});
afterEach(() => scratch.remove());

describe('changedPaths', () => {
  it('names every kind of change, a rename as two', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    scratch.git('mv', 'moved.txt', 'renamed.txt');
    scratch.git('rm', '-q', 'gone.txt');
    unlinkSync(join(scratch.repo, 'kept.txt'));
    symlinkSync('README.md', join(scratch.repo, 'kept.txt'));
    const head = scratch.commit('changes', { 'new.txt': 'n' });
    // Settings that would change what git prints.
    scratch.git('config', 'diff.renames', 'copies');
    scratch.git('config', 'diff.relative', 'true');
    scratch.git('config', 'diff.external', '/bin/false');
    expect(await changedPaths(git, base, head)).toEqual([
      { path: 'gone.txt', kind: 'deleted' },
      { path: 'kept.txt', kind: 'type-changed' },
      { path: 'moved.txt', kind: 'deleted' },
      { path: 'new.txt', kind: 'added' },
      { path: 'renamed.txt', kind: 'added' },
    ]);
    expect(await changedPaths(git, head, head)).toEqual([]);
  });

  it('sees a mode change, a carriage return and binary content', async () => {
    const base = scratch.commit('more', { 'mode.sh': 'x', 'crlf.txt': 'a\n', 'bin.dat': 'a\0b' });
    chmodSync(join(scratch.repo, 'mode.sh'), 0o755);
    const head = scratch.commit('changes', { 'crlf.txt': 'a\r\n', 'bin.dat': 'a\0c' });
    expect((await changedPaths(git, base, head)).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'modified bin.dat',
      'modified crlf.txt',
      'modified mode.sh',
    ]);
  });

  it('keeps odd names whole', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const head = scratch.commit('odd', Object.fromEntries(ODD.map((path) => [path, path])));
    expect((await changedPaths(git, base, head)).map(({ path }) => path).sort()).toEqual([...ODD].sort());
  });
});

describe('files of a commit', () => {
  it('gives bytes, or null for what is no file', async () => {
    const blob = Buffer.from([0, 255, 10, 13, 0, 10]);
    writeFileSync(join(scratch.repo, 'blob'), blob);
    const head = scratch.commit('files', {
      ...Object.fromEntries(ODD.map((path) => [path, `text of ${path}`])),
      empty: '',
    });
    for (const path of ODD) expect((await fileAt(git, head, path))?.toString(), path).toBe(`text of ${path}`);
    expect(await fileAt(git, head, 'blob')).toEqual(blob);
    expect(await fileAt(git, head, 'empty')).toEqual(Buffer.alloc(0));
    for (const path of ['missing', 'ünï', './blob', '../x', '', 'a\0b', 'a']) {
      expect(await fileAt(git, head, path), path).toBeNull();
    }
  });

  it('lists them all', async () => {
    const head = scratch.commit('files', { 'a/b/c.txt': 'c' });
    expect(await treePaths(git, head)).toEqual(new Set(['a/b/c.txt', 'gone.txt', 'kept.txt', 'moved.txt']));
  });
});

describe('patch', () => {
  it('applies to the base and gives the head, binary files included', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const head = scratch.commit('odd', { 'bin.dat': 'a\0b', 'new\nline': 'x', 'kept.txt': 'changed\r\n' });
    const bytes = await patch(git, base, head);
    scratch.git('checkout', '-q', base);
    writeFileSync(join(scratch.root, 'p.patch'), bytes);
    scratch.git('apply', '--index', '../p.patch');
    expect(scratch.git('write-tree')).toBe(scratch.git('rev-parse', `${head}^{tree}`));
    expect((await patch(git, base, head, { paths: ['kept.txt'] })).toString()).not.toContain('bin.dat');
  });
});

describe('rawDiffs', () => {
  it('gives one list a pair, in order, empty ones included', async () => {
    const base = scratch.git('rev-parse', 'HEAD');
    const one = scratch.commit('one', { 'a\n:b': '1' });
    rmSync(join(scratch.repo, 'a\n:b'));
    const two = scratch.commit('two', { ':c': '2' });
    const diffs = await rawDiffs(git, [
      [base, one],
      [one, one],
      [one, two],
      [two, base],
    ]);
    expect(diffs.map((changes) => changes.map(({ status, path, mode }) => [status, path, mode]))).toEqual([
      [['A', 'a\n:b', '100644']],
      [],
      [
        ['A', ':c', '100644'],
        ['D', 'a\n:b', '000000'],
      ],
      [['D', ':c', '000000']],
    ]);
  });
});
