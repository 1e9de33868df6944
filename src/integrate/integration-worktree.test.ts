import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halfWorktree, WORKTREE_STEPS } from '../../test/rig/half-worktree.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { openRepository } from '../git/repository.ts';
import { processes } from '../process/table.ts';
import type { Failure } from '../run/failure.ts';
import { type IntegrationWorktree, integrationWorktree } from './integration-worktree.ts';
import { runValidation } from './validate.ts';

let scratch: Scratch;
let path: string;
let first: string;
beforeEach(() => {
  scratch = scratchRepository({ '.gitignore': 'cache/\n', 'a.txt': 'a' });
  path = join(scratch.root, 'ws', '.integration');
  first = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

async function open(setUp: (path: string) => Promise<Failure | null> = async () => null): Promise<IntegrationWorktree> {
  return integrationWorktree({
    repository: await openRepository(createGit({ cwd: scratch.repo, env: scratch.env })),
    path,
    setUp,
  });
}

describe('integrationWorktree', () => {
  it.each(WORKTREE_STEPS)('is made where a git was killed that made it, and %s', async (last) => {
    halfWorktree(scratch, path, last);
    expect(await (await open()).checkout(first)).toBeNull();
    expect(readdirSync(path).sort()).toEqual(['.git', '.gitignore', 'a.txt']);
    scratch.git('rev-list', '--all'); // fails where a worktree names no commit
  });

  it('is made although its maker was killed with a lock of its HEAD', async () => {
    expect(await (await open()).checkout(first)).toBeNull();
    const gitDir = scratch.git('-C', path, 'rev-parse', '--absolute-git-dir');
    for (const name of ['HEAD.lock', 'index.lock', 'copse-0123456789ab.index']) writeFileSync(join(gitDir, name), '');
    expect(await (await open()).checkout(scratch.commit('second'))).toBeNull();
    expect(readdirSync(gitDir).filter((name) => /lock|copse-0/.test(name))).toEqual([]);
  });

  it('holds exactly the commit asked for, whatever a check left behind; ignored and provided files stay', async () => {
    let made = 0;
    const worktree = await open(async (folder) => {
      made += 1;
      mkdirSync(join(folder, 'node_modules'));
      writeFileSync(join(folder, 'node_modules', 'x.js'), 'x');
      writeFileSync(join(folder, '!local [1].env'), 'SECRET');
      return null;
    });
    expect(await worktree.checkout(first)).toBeNull();
    writeFileSync(join(path, 'a.txt'), 'changed by a check');
    mkdirSync(join(path, 'cache'));
    writeFileSync(join(path, 'cache/kept'), 'kept');
    mkdirSync(join(path, 'left/.git'), { recursive: true });
    writeFileSync(join(path, 'left/over.txt'), 'left');
    writeFileSync(join(scratch.git('-C', path, 'rev-parse', '--absolute-git-dir'), 'index.lock'), '');
    const second = scratch.commit('second', { 'b.txt': 'b' });
    expect(await (await open()).checkout(second)).toBeNull();
    expect(readdirSync(path).sort()).toEqual([
      '!local [1].env',
      '.git',
      '.gitignore',
      'a.txt',
      'b.txt',
      'cache',
      'node_modules',
    ]);
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a');
    expect(readdirSync(join(path, 'node_modules'))).toEqual(['x.js']);
    expect(made).toBe(1);
    expect(scratch.git('-C', path, 'rev-parse', '--abbrev-ref', 'HEAD', second)).toContain('HEAD');
    expect(scratch.git('branch', '--list', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('sets up again when that failed before', async () => {
    const failure: Failure = { code: 'setup', command: 'x', exit: 1, tail: '' };
    expect(await (await open(async () => failure)).checkout(first)).toEqual(failure);
    let made = 0;
    const worktree = await open(async () => {
      made += 1;
      return null;
    });
    expect([await worktree.checkout(first), await worktree.checkout(first)]).toEqual([null, null]);
    expect(made).toBe(1);
  });

  it.each([
    { file: 'package.json', changed: '{"dependencies":{"zod":"4.0.0"}}', times: 2 },
    { file: 'services/api/uv.lock', changed: 'version = 2', times: 2 },
    { file: 'src/package.json.ts', changed: 'export {}', times: 1 },
  ])('is set up $times times where $file is changed', async ({ file, changed, times }) => {
    const made: string[] = [];
    const set = async (folder: string) => {
      made.push(readdirSync(folder).join(' '));
      writeFileSync(join(folder, 'provided'), `${made.length}`);
      return null;
    };
    await (await open(set)).checkout(scratch.commit('first', { [file]: '{}' }));
    const last = scratch.commit('second', { [file]: changed });
    expect(await (await open(set)).checkout(last)).toBeNull();
    expect(await (await open(set)).checkout(scratch.commit('third', { 'a.txt': 'A' }))).toBeNull();
    expect(made).toHaveLength(times);
    expect(readFileSync(join(path, 'provided'), 'utf8')).toBe(`${times}`);
  });

  it('is set up again where the commit is gone that it was set up for, or set-up failed in between', async () => {
    await (await open()).checkout(scratch.commit('first', { 'package.json': '{}' }));
    const failure: Failure = { code: 'setup', command: 'x', exit: 1, tail: '' };
    const second = scratch.commit('second', { 'package.json': '{"x":1}' });
    expect(await (await open(async () => failure)).checkout(second)).toEqual(failure);
    let made = 0;
    const set = async () => {
      made += 1;
      return null;
    };
    expect(await (await open(set)).checkout(second)).toBeNull();
    const note = join(scratch.git('-C', path, 'rev-parse', '--absolute-git-dir'), 'copse-integration.json');
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), at: 'a'.repeat(40) }));
    expect(await (await open(set)).checkout(second)).toBeNull();
    expect(made).toBe(2);
  });

  it('is made again when its folder is gone', async () => {
    await (await open()).checkout(first);
    rmSync(path, { recursive: true });
    expect(await (await open()).checkout(first)).toBeNull();
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a');
  });

  it('never resets what it did not make', async () => {
    scratch.git('worktree', 'add', '-q', '-b', 'mine', path);
    writeFileSync(join(path, 'a.txt'), 'precious');
    expect(await (await open()).checkout(first)).toMatchObject({ code: 'workspace' });
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('precious');
    scratch.git('worktree', 'remove', '--force', path);
    scratch.write('../ws/.integration/file', 'precious');
    expect(await (await open()).checkout(first)).toMatchObject({ code: 'workspace' });
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('precious');
  });
});

describe('runValidation', () => {
  const run = (kind: 'shell' | 'python', command: string, more: { timeoutMs?: number; env?: NodeJS.ProcessEnv } = {}) =>
    runValidation({ kind, command }, { cwd: scratch.repo, env: scratch.env, timeoutMs: 20_000, ...more });

  it('tells a pass from a failure, with the end of the output', async () => {
    expect(await run('shell', 'echo "$PWD"; test -f a.txt')).toMatchObject({ ok: true, exit: 0, tail: scratch.repo });
    expect(await run('shell', 'echo out; echo err >&2; exit 9')).toMatchObject({
      ok: false,
      exit: 9,
      tail: 'out\nerr',
    });
  });

  it('takes python3 where there is no python, and says when there is neither', async () => {
    const bin = join(scratch.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\necho "python3 $1: $2"\n', { mode: 0o755 });
    const env = { ...scratch.env, PATH: bin };
    symlinkSync('/bin/sh', join(bin, 'sh'));
    expect(await run('python', 'import x; print(x)', { env })).toMatchObject({
      ok: true,
      tail: 'python3 -c: import x; print(x)',
    });
    rmSync(join(bin, 'python3'));
    expect(await run('python', 'import x', { env })).toMatchObject({
      ok: false,
      exit: null,
      tail: 'python3 is not installed',
    });
  });

  it('uses the project’s own virtual environment', async () => {
    mkdirSync(join(scratch.repo, '.venv/bin'), { recursive: true });
    writeFileSync(join(scratch.repo, '.venv/bin/python'), '#!/bin/sh\necho own "$VIRTUAL_ENV"\n', { mode: 0o755 });
    expect((await run('python', 'import x')).tail).toBe(`own ${scratch.repo}/.venv`);
  });

  it('ends what runs too long, and what it started in sessions of its own', async () => {
    const pids = join(scratch.root, 'pids');
    const ran = await run('shell', `echo started; setsid sh -c 'echo $$ > ${pids}; exec sleep 600' & wait`, {
      timeoutMs: 1000,
    });
    expect(ran).toMatchObject({
      ok: false,
      exit: null,
      tail: expect.stringMatching(/^started\n+\(ended after 1 s\)$/),
    });
    // Nobody may collect orphans here (a container without init): an ended one stays a zombie.
    expect(processes.row(Number(readFileSync(pids, 'utf8')))?.zombie ?? true).toBe(true);
  });
});
