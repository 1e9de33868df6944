import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdingFilter as holding } from '../../test/rig/holding-filter.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { checkoutState, commitAside } from '../../test/rig/target.ts';
import { createGit } from '../git/git.ts';
import { openRepository } from '../git/repository.ts';
import { landOnTarget, type TargetRequest } from './target.ts';

let scratch: Scratch;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({ '.gitignore': 'ignored/\n', 'a.txt': 'a\n', 'b.txt': 'b\n', 'p/report.json': '{}\n' });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

/** A commit on the base, made aside; null deletes. */
const integration = (files: Record<string, string | null>, from = base) => commitAside(scratch, files, from);

/** Runs `act` with a git that is killed so many milliseconds after it began to merge; for null, gives how many it took. */
async function killingGit(scratch: Scratch, delay: null, act: () => Promise<unknown>): Promise<number>;
async function killingGit<T>(scratch: Scratch, delay: number, act: () => Promise<T>): Promise<T>;
async function killingGit<T>(scratch: Scratch, delay: number | null, act: () => Promise<T>): Promise<T | number> {
  const [bin, took] = [join(scratch.root, 'bin'), join(scratch.root, 'took')];
  const path = scratch.env.PATH!;
  const merge =
    delay === null
      ? `began=$(date +%s%N); PATH='${path}' git "$@"; echo $(( ($(date +%s%N) - began) / 1000 )) >'${took}'; exit`
      : `(sleep ${(delay / 1000).toFixed(4)}; kill -9 -$$) >/dev/null 2>&1 &`;
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\ncase " $* " in *' merge '*) ${merge} ;; esac\nPATH='${path}' exec git "$@"\n`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  scratch.env.PATH = `${bin}:${path}`;
  try {
    const result = await act();
    return delay === null ? Number(readFileSync(took, 'utf8')) / 1000 : result;
  } finally {
    scratch.env.PATH = path;
  }
}

const holdingFilter = () => holding(scratch);

async function landing(tip: string, options: Partial<TargetRequest> = {}) {
  const repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
  return landOnTarget({ repository, target: 'main', tip, message: 'Merge p: title\n', source: 'copse/p', ...options });
}

const state = () => checkoutState(scratch);

describe('landOnTarget', () => {
  it('fast-forwards a clean checkout, files and all', async () => {
    const tip = integration({ 'new/né\nw.txt': 'new', 'a.txt': 'changed\n', 'b.txt': null });
    scratch.write('notes.txt', 'untracked, in nobody’s way');
    expect(await landing(tip)).toEqual({
      landed: true,
      how: 'fast-forward',
      from: base,
      to: tip,
      checkout: scratch.repo,
    });
    expect(scratch.git('rev-parse', 'HEAD', 'main')).toBe(`${tip}\n${tip}`);
    expect(scratch.git('status', '--porcelain')).toBe('?? notes.txt');
    expect(readFileSync(join(scratch.repo, 'new/né\nw.txt'), 'utf8')).toBe('new');
    expect(await landing(tip)).toMatchObject({ landed: true, from: tip, to: tip });
    expect(await landing(base)).toMatchObject({ landed: true, from: tip, to: tip });
  });

  it('makes a merge commit when the target moved on', async () => {
    const tip = integration({ 'new.txt': 'new' });
    const main = scratch.commit('meanwhile', { 'a.txt': 'mine\n' });
    const landed = await landing(tip);
    expect(landed).toMatchObject({ landed: true, how: 'merge', from: main });
    expect(scratch.git('log', '-1', '--format=%P %s')).toBe(`${main} ${tip} Merge p: title`);
    expect(scratch.git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(scratch.repo, 'new.txt'), 'utf8')).toBe('new');
  });

  it('moves a branch that is checked out nowhere, and one in another worktree with its files', async () => {
    const tip = integration({ 'new.txt': 'new' });
    scratch.git('branch', 'release');
    scratch.git('worktree', 'add', '-q', '-b', 'linked', '../linked');
    const before = state().files;
    expect(await landing(tip, { target: 'release' })).toMatchObject({ landed: true, checkout: null });
    expect(await landing(tip, { target: 'linked' })).toMatchObject({
      landed: true,
      checkout: join(scratch.root, 'linked'),
    });
    expect(state().files).toEqual(before);
    expect(scratch.git('rev-parse', 'release', 'linked')).toBe(`${tip}\n${tip}`);
    expect(scratch.git('-C', '../linked', 'status', '--porcelain')).toBe('');
    expect(existsSync(join(scratch.root, 'linked/new.txt'))).toBe(true);
    expect(await landing(tip, { target: 'gone' })).toEqual({ landed: false, why: 'no-branch' });
  });

  it('gives a conflict as data, with the command, and changes nothing', async () => {
    const tip = integration({ 'a.txt': 'theirs\n' });
    scratch.commit('meanwhile', { 'a.txt': 'ours\n' });
    scratch.git('branch', 'release');
    const before = state();
    expect(await landing(tip)).toMatchObject({
      landed: false,
      why: 'conflict',
      paths: ['a.txt'],
      messages: [expect.stringContaining('CONFLICT')],
      command: `git -C ${scratch.repo} merge copse/p`,
    });
    expect(await landing(tip, { target: 'release' })).toMatchObject({
      command: `git -C ${scratch.repo} switch release && git -C ${scratch.repo} merge copse/p`,
    });
    expect(state()).toEqual(before);
  });

  it.each<[string, Record<string, string | null>, () => void, string, string[]]>([
    ['a changed file', { 'new.txt': 'n' }, () => scratch.write('b.txt', 'mine'), 'dirty', ['b.txt']],
    [
      'a staged file',
      { 'new.txt': 'n' },
      () => {
        scratch.write('staged.txt', 'mine');
        scratch.git('add', 'staged.txt');
      },
      'dirty',
      ['staged.txt'],
    ],
    // The one public run of a plan failed just so: agents had committed .venv, the user had one.
    [
      'an untracked .venv',
      { '.venv/bin/python': 'theirs' },
      () => scratch.write('.venv/bin/python', 'mine'),
      'untracked',
      ['.venv/bin/python'],
    ],
    [
      'an ignored file',
      { 'ignored/x': 'theirs' },
      () => scratch.write('ignored/x', 'mine'),
      'untracked',
      ['ignored/x'],
    ],
    ['a file where a folder comes', { 'd/x.txt': 'theirs' }, () => scratch.write('d', 'mine'), 'untracked', ['d']],
    [
      'a folder where a file comes',
      { d: 'theirs' },
      () => scratch.write('d/deep/x', 'mine'),
      'untracked',
      ['d/deep/x'],
    ],
    [
      'an untracked file in a folder that goes',
      { p: 'file', 'p/report.json': null },
      () => scratch.write('p/mine', 'mine'),
      'untracked',
      ['p/mine'],
    ],
    [
      'a merge under way',
      { 'new.txt': 'n' },
      () => {
        scratch.git(
          'merge',
          '-q',
          '--no-ff',
          '--no-commit',
          scratch.git('commit-tree', '-p', base, '-m', 'x', `${base}^{tree}`),
        );
      },
      'busy',
      [],
    ],
    ['a lock of another git', { 'new.txt': 'n' }, () => scratch.write('.git/index.lock', ''), 'busy', []],
  ])('refuses before anything moves: %s', async (_name, files, disturb, why, paths) => {
    const removed = Object.entries(files).filter(([, text]) => text === null);
    const written = Object.entries(files).filter(([, text]) => text !== null);
    const tip = integration(Object.fromEntries([...removed, ...written]));
    disturb();
    const before = state();
    const command = `git -C ${scratch.repo} merge copse/p`;
    expect(await landing(tip)).toMatchObject({ landed: false, why, paths, checkout: scratch.repo, command });
    expect(state()).toEqual(before);
  });

  it('does not mind what copse itself wrote into the plan folder', async () => {
    scratch.write('p/report.json', '{"new": true}\n');
    scratch.write('p/logs/task-001.log', 'log');
    const tip = integration({ 'new.txt': 'n' });
    expect(await landing(tip, { outputs: ['p/report.json', 'p/logs'] })).toMatchObject({ landed: true });
    expect(readFileSync(join(scratch.repo, 'p/report.json'), 'utf8')).toBe('{"new": true}\n');
  });

  it('puts everything back when git fails half-way through the files', async () => {
    scratch.git('config', 'filter.broken.clean', 'cat');
    scratch.git('config', 'filter.broken.smudge', 'cat');
    scratch.git('config', 'filter.broken.required', 'true');
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=broken\n', 'gone/old.txt': 'old\n' });
    const tip = integration({
      'a.txt': 'changed\n',
      'gone/old.txt': null,
      'fresh/new.txt': 'new',
      'z.bin': 'z',
      'zz.txt': 'z',
    });
    scratch.git('config', 'filter.broken.smudge', 'false');
    const before = state();
    const result = await landing(tip);
    expect(result).toMatchObject({ landed: false, why: 'failed', messages: [expect.stringContaining('z.bin')] });
    expect(state()).toEqual(before);
    scratch.git('config', 'filter.broken.smudge', 'cat');
    expect(await landing(tip)).toMatchObject({ landed: true });
  });

  it('puts everything back when git is killed half-way, its lock and the file it was writing included', async () => {
    const hold = holdingFilter();
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=hold\n', 'gone/old.txt': 'old\n' });
    const tip = integration({ 'a.txt': 'changed\n', 'gone/old.txt': null, 'fresh/new.txt': 'new', 'z.bin': 'z' });
    scratch.write('notes.txt', 'mine');
    const before = state();
    hold.close();
    const result = landing(tip);
    const git = await hold.held();
    expect(existsSync(join(scratch.repo, '.git/index.lock'))).toBe(true);
    expect(readFileSync(join(scratch.repo, 'a.txt'), 'utf8')).toBe('changed\n');
    scratch.write('fresh/new.txt', 'ne');
    process.kill(-git, 'SIGKILL');
    expect(await result).toMatchObject({ landed: false, why: 'failed', messages: ['git merge was ended by SIGKILL'] });
    expect(state()).toEqual(before);
    hold.open();
    expect(await landing(tip)).toMatchObject({ landed: true });
    expect(scratch.git('status', '--porcelain')).toBe('?? notes.txt');
  });

  it('takes away a folder that a killed git has made, and no file in it yet; one that was there stays', async () => {
    const hold = holdingFilter();
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=hold\n' });
    const tip = integration({ 'a.bin': 'a', 'mine/new.txt': 'new', 'new/deep/new.txt': 'new' });
    mkdirSync(join(scratch.repo, 'mine'));
    const before = state();
    hold.close();
    const result = landing(tip);
    const git = await hold.held();
    mkdirSync(join(scratch.repo, 'new/deep'), { recursive: true });
    process.kill(-git, 'SIGKILL');
    expect(await result).toMatchObject({ landed: false, why: 'failed' });
    expect(state()).toEqual(before);
    hold.open();
    expect(await landing(tip)).toMatchObject({ landed: true });
  });

  it('is the same whenever git is killed', async () => {
    const runs = Number(process.env.COPSE_PROPERTY_RUNS ?? 3);
    let killed = 0;
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`many/${n}.txt`, `${n}\n`.repeat(2000)]));
    base = scratch.commit('many', files);
    const changed = Object.entries(files).map(([path, text], n) => [path, n % 7 === 0 ? null : `new ${text}`]);
    const tip = integration({ ...Object.fromEntries(changed), 'new/a.txt': 'a' });
    const before = state();
    const took = await killingGit(scratch, null, () => landing(tip));
    for (let run = 0; run < runs; run++) {
      scratch.git('reset', '-q', '--hard', base);
      scratch.git('clean', '-qfd');
      const delay = ((run + 0.5) / runs) * took;
      const result = await killingGit(scratch, delay, () => landing(tip));
      const told = `killed after ${delay} of ${took} ms: ${JSON.stringify(result)}`;
      if (result.landed) expect(scratch.git('status', '--porcelain'), told).toBe('');
      else expect(state(), told).toEqual(before);
      killed += JSON.stringify(result).includes('SIGKILL') ? 1 : 0;
      const again = await landing(tip);
      expect(again, `${told}, then ${JSON.stringify(again)}`).toMatchObject({ landed: true, to: tip });
      expect(scratch.git('status', '--porcelain'), told).toBe('');
    }
    if (runs > 3) console.log(`${killed} of ${runs} killed`);
  }, 600_000);

  it('keeps what somebody else wrote into the files of a move that was killed', async () => {
    const hold = holdingFilter();
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=hold\n' });
    const tip = integration({ 'a.txt': 'changed\n', 'new.txt': 'new', 'z.bin': 'z' });
    hold.close();
    const result = landing(tip);
    const git = await hold.held();
    scratch.write('a.txt', 'mine\n');
    scratch.write('new.txt', 'mine too\n');
    process.kill(-git, 'SIGKILL');
    expect(await result).toMatchObject({ landed: false, why: 'failed' });
    hold.open();
    expect(await landing(tip)).toMatchObject({ landed: false, why: 'dirty', paths: ['a.txt'] });
    expect(readFileSync(join(scratch.repo, 'a.txt'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(scratch.repo, 'new.txt'), 'utf8')).toBe('mine too\n');
  });

  it('runs no hook', async () => {
    const called = join(scratch.root, 'called');
    for (const hook of [
      'post-merge',
      'post-checkout',
      'reference-transaction',
      'pre-merge-commit',
      'post-index-change',
    ]) {
      writeFileSync(join(scratch.repo, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> '${called}'\n`, {
        mode: 0o755,
      });
    }
    const tip = integration({ 'new.txt': 'n' });
    writeFileSync(called, '');
    await landing(tip);
    expect(readFileSync(called, 'utf8')).toBe('');
  });
});
