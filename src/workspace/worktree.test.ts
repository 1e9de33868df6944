import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halfWorktree, WORKTREE_STEPS } from '../../test/rig/half-worktree.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import { openRepository } from '../git/repository.ts';
import { TRASH } from '../git/worktree.ts';
import { deleteOwnedBranch, ownedRef } from './ownership.ts';
import { NO_SETUP, type SetupConfig } from './setup.ts';
import { MARKER, type WorkspaceSpec, type Workspaces } from './workspace.ts';
import { createWorktrees } from './worktree.ts';

let scratch: Scratch;
let base: string;
let workspaces: Workspaces;
beforeEach(async () => {
  scratch = scratchRepository({
    '.gitignore': '.env\nnode_modules/\n*.log\n',
    'src/a.ts': 'a\n',
    'src/b.ts': 'b\n',
    'plan/tasks/one.md': '- [ ] do\n',
  });
  base = scratch.git('rev-parse', 'HEAD');
  workspaces = await open();
});
afterEach(() => scratch.remove());

async function open(setup: Partial<SetupConfig> = {}, run = 'run-1'): Promise<Workspaces> {
  return createWorktrees({
    repository: await openRepository(createGit({ cwd: scratch.repo, env: scratch.env })),
    run,
    setup: { ...NO_SETUP, ...setup },
    snapshotRef: (spec) => `refs/copse/snapshots/${run}/${spec.branch.slice(spec.branch.lastIndexOf('/') + 1)}`,
    junk: DEFAULT_JUNK,
    never: ['plan'],
    env: scratch.env,
  });
}

const spec = (name = 'task-001'): WorkspaceSpec => ({
  path: join(scratch.root, 'ws', name),
  branch: `feature/${name}`,
  base,
});
const inside = (name: string, ...args: string[]) => scratch.git('-C', join(scratch.root, 'ws', name), ...args);
const put = (name: string, path: string, text: string) => {
  const file = join(scratch.root, 'ws', name, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
};
const stageAndRemove = (name: string, path: string) => {
  put(name, path, '');
  inside(name, 'add', path);
  rmSync(join(scratch.root, 'ws', name, path));
};
const hideUntracked = (name: string) => inside(name, 'config', 'status.showUntrackedFiles', 'no');
const shown = (revision: string, path: string) => scratch.git('show', `${revision}:${path}`);

/** Everything of the user that a run must leave as it was. */
function userState() {
  const git = join(scratch.repo, '.git');
  return {
    head: readFileSync(join(git, 'HEAD'), 'utf8'),
    index: readFileSync(join(git, 'index'), 'hex'),
    config: readFileSync(join(git, 'config'), 'utf8'),
    log: readFileSync(join(git, 'logs/HEAD'), 'utf8'),
    refs: scratch
      .git('for-each-ref')
      .split('\n')
      .filter((line) => !/refs\/copse\/|refs\/heads\/feature\/task/.test(line)),
    status: scratch.git(
      '--no-optional-locks',
      'status',
      '--porcelain=v2',
      '--branch',
      '--ignored',
      '--untracked-files=all',
    ),
    exclude: readdirSync(join(git, 'info')),
  };
}

describe('prepare', () => {
  it('cuts a worktree and a branch from the base and leaves the user alone', async () => {
    scratch.commit('later', { 'src/c.ts': 'later' });
    scratch.git('stash', 'list');
    scratch.write('src/a.ts', 'the user is at work');
    scratch.write('untracked.txt', 'u');
    const before = userState();
    expect(await workspaces.prepare(spec())).toEqual({ ok: true, ms: expect.any(Number), notes: [] });
    expect(inside('task-001', 'status', '--porcelain', '--branch')).toBe('## feature/task-001');
    expect(inside('task-001', 'rev-parse', 'HEAD')).toBe(base);
    put('task-001', 'src/new.ts', 'new');
    await workspaces.harvest(spec(), 'feat: work');
    await workspaces.prepare(spec());
    await workspaces.remove(spec(), { force: true });
    expect(userState()).toEqual(before);
  });

  it('prepares twenty at once and loses nothing', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `task-${n}`);
    const prepared = await Promise.all(names.map((name) => workspaces.prepare(spec(name))));
    expect(prepared.filter(({ ok }) => ok)).toHaveLength(20);
    for (const name of names) put(name, `out/${name}.txt`, name);
    const harvests = await Promise.all(names.map((name) => workspaces.harvest(spec(name), `feat: ${name}`)));
    for (const [n, { head, commits, leftovers }] of harvests.entries()) {
      expect({ commits, leftovers }).toEqual({ commits: 1, leftovers: [`out/task-${n}.txt`] });
      expect(shown(head, `out/task-${n}.txt`)).toBe(`task-${n}`);
    }
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a branch of that name',
      () => scratch.git('branch', 'feature/task-001'),
      /branch feature\/task-001 exists.*git branch -m/,
    ],
    ['a branch in the way', () => scratch.git('branch', 'feature'), /branch feature stands in the way/],
    [
      'a folder with files',
      () => scratch.write('../ws/task-001/mine.txt', 'precious'),
      /ws\/task-001 exists and is not/,
    ],
    ['a file at the path', () => scratch.write('../ws/task-001', 'precious'), /ws\/task-001 exists and is not/],
    [
      'a worktree of the user',
      () => scratch.git('worktree', 'add', '-q', '-b', 'mine', '../ws/task-001'),
      /is another worktree: remove it/,
    ],
  ])('refuses %s, and changes nothing', async (_name, make, message) => {
    make();
    const refs = scratch.git('for-each-ref');
    // Our own folder for the lock stays.
    const listed = () => readdirSync(scratch.root, { recursive: true }).filter((path) => path !== 'repo/.git/copse');
    const files = listed();
    const failure = { code: 'workspace', message: expect.stringMatching(message) };
    expect(await workspaces.prepare(spec())).toEqual({ ok: false, failure });
    expect(scratch.git('for-each-ref')).toBe(refs);
    expect(listed()).toEqual(files);
  });

  it('refuses names git refuses, and a place inside the checkout', async () => {
    for (const branch of ['-rf', 'a..b', 'x y', '']) {
      const failure = { code: 'workspace', message: expect.stringContaining('git allows no branch') };
      expect(await workspaces.prepare({ ...spec(), branch })).toEqual({ ok: false, failure });
    }
    const within = { ...spec(), path: join(scratch.repo, 'ws') };
    expect(await workspaces.prepare(within)).toMatchObject({ ok: false, failure: { code: 'workspace' } });
    expect(existsSync(within.path)).toBe(false);
  });

  it('refuses what another run made', async () => {
    await workspaces.prepare(spec());
    put('task-001', 'work.txt', 'work');
    const other = await open({}, 'run-2');
    expect(await other.prepare(spec())).toMatchObject({ ok: false, failure: { code: 'workspace' } });
    expect(await other.prepare({ ...spec(), branch: 'feature/task-other' })).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('a workspace of the run run-1') },
    });
    expect(await other.remove(spec(), { force: true })).toMatchObject({ removed: false });
    expect(readFileSync(join(spec().path, 'work.txt'), 'utf8')).toBe('work');
  });

  it('keeps everything of an earlier attempt, then starts afresh', async () => {
    await workspaces.prepare(spec());
    put('task-001', 'src/a.ts', 'committed');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    put('task-001', 'src/a.ts', 'changed');
    put('task-001', 'new.txt', 'untracked');
    const again = { ...spec(), base: scratch.commit('moved on', { 'src/c.ts': 'c' }) };
    const prepared = await workspaces.prepare(again);
    expect(prepared).toMatchObject({
      ok: true,
      notes: ['the earlier attempt is kept in refs/copse/snapshots/run-1/task-001.1'],
    });
    const kept = 'refs/copse/snapshots/run-1/task-001.1';
    expect([shown(`${kept}^`, 'src/a.ts'), shown(kept, 'src/a.ts'), shown(kept, 'new.txt')]).toEqual([
      'committed',
      'changed',
      'untracked',
    ]);
    expect(inside('task-001', 'status', '--porcelain', '--branch')).toBe('## feature/task-001');
    expect(inside('task-001', 'rev-parse', 'HEAD')).toBe(again.base);
    expect(scratch.git('rev-parse', ownedRef('run-1', 'feature/task-001'))).toBe(again.base);
  });

  it('takes its place again when the workspace vanished, keeping the branch that is left', async () => {
    await workspaces.prepare(spec());
    put('task-001', 'src/a.ts', 'committed');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    const tip = inside('task-001', 'rev-parse', 'HEAD');
    rmSync(spec().path, { recursive: true });
    expect(await workspaces.prepare(spec())).toMatchObject({ ok: true, notes: [expect.stringContaining('.1')] });
    expect(scratch.git('rev-parse', 'refs/copse/snapshots/run-1/task-001.1')).toBe(tip);
  });

  it('leaves a branch alone that the user has checked out by now', async () => {
    await workspaces.prepare(spec());
    await workspaces.remove(spec(), { force: false });
    scratch.git('checkout', '-q', 'feature/task-001');
    const later = { ...spec(), base: scratch.git('commit-tree', '-p', base, '-m', 'x', `${base}^{tree}`) };
    expect(await workspaces.prepare(later)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('is checked out in') },
    });
    expect(scratch.git('rev-parse', 'HEAD')).toBe(base);
  });

  it('reports a checkout that fails as data', async () => {
    scratch.git('config', 'filter.broken.smudge', 'false');
    scratch.git('config', 'filter.broken.required', 'true');
    base = scratch.commit('filtered', { '.gitattributes': '*.bin filter=broken\n' });
    scratch.git('config', 'filter.broken.clean', 'cat');
    base = scratch.commit('bin', { 'x.bin': 'x' });
    const prepared = await workspaces.prepare(spec());
    expect(prepared).toMatchObject({
      ok: false,
      failure: { code: 'workspace', message: expect.stringMatching(/x\.bin/) },
    });
    // A workspace that never got ready holds no work: the next attempt takes its place without a snapshot.
    scratch.git('config', 'filter.broken.smudge', 'cat');
    expect(await workspaces.prepare(spec())).toMatchObject({ ok: true, notes: [] });
  });
});

describe('prepare, where a git was killed', () => {
  it.each(WORKTREE_STEPS)('while it added the worktree, and %s: starts afresh', async (last) => {
    const claim = `refs/copse/owned/run-1/feature/task-001`;
    for (const ref of ['refs/heads/feature/task-001', claim]) {
      scratch.git('update-ref', ref, base);
      writeFileSync(join(scratch.repo, `.git/${ref}.lock`), '');
    }
    halfWorktree(scratch, spec().path, last);
    expect(await workspaces.prepare(spec())).toMatchObject({ ok: true });
    expect(inside('task-001', 'status', '--porcelain')).toBe('');
    expect(inside('task-001', 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/task-001');
    scratch.git('rev-list', '--all'); // fails where a worktree names no commit
    expect(scratch.git('worktree', 'list', '--porcelain')).not.toContain('locked');
  });
});

describe('set-up', () => {
  it('copies and links ignored files, and never commits them', async () => {
    scratch.write('.worktreeinclude', '# secrets\n.env\n!sub/.env\n\n/data/deep/\n');
    scratch.write('.env', 'SECRET=1');
    scratch.write('sub/.env', 'not wanted');
    scratch.write('logs/.env', 'in an ignored folder');
    scratch.write('only/.env', 'wanted');
    scratch.write('.git/info/exclude', '/logs/\n/data/\n');
    scratch.write('data/deep/x y.txt', 'data');
    scratch.write('node_modules/pkg/index.js', 'module');
    symlinkSync('../pkg/index.js', join(scratch.repo, 'node_modules/bin'));
    scratch.write('local.json', '{}');
    const own = await open({ copy: ['local.json', 'src/a.ts', '../outside'], link: ['node_modules'] });
    const prepared = await own.prepare(spec());
    expect(prepared).toMatchObject({ ok: true, notes: ['linked node_modules', 'copied .env, data, local.json, only'] });
    expect(readFileSync(join(spec().path, '.env'), 'utf8')).toBe('SECRET=1');
    expect(readFileSync(join(spec().path, 'data/deep/x y.txt'), 'utf8')).toBe('data');
    expect(readFileSync(join(spec().path, 'node_modules/pkg/index.js'), 'utf8')).toBe('module');
    expect([existsSync(join(spec().path, 'sub')), existsSync(join(spec().path, 'logs'))]).toEqual([false, false]);
    put('task-001', '.env', 'SECRET=2');
    put('task-001', 'data/deep/more.txt', 'more');
    put('task-001', 'src/new.ts', 'new');
    const { leftovers, head, notes } = await own.harvest(spec(), 'feat: x');
    expect({ leftovers, notes }).toEqual({ leftovers: ['src/new.ts'], notes: [] });
    expect(scratch.git('diff', '--name-only', base, head)).toBe('src/new.ts');
    expect(await own.remove(spec(), { force: false })).toEqual({ removed: true });
    expect(readFileSync(join(scratch.repo, 'node_modules/pkg/index.js'), 'utf8')).toBe('module');
  });

  it('follows no link out of the trees', async () => {
    writeFileSync(join(scratch.root, 'secret'), 'secret');
    symlinkSync('../secret', join(scratch.repo, '.env'));
    mkdirSync(join(scratch.root, 'elsewhere'));
    base = (() => {
      symlinkSync('../../elsewhere', join(scratch.repo, 'out'));
      return scratch.commit('a tracked link that leads out');
    })();
    rmSync(join(scratch.repo, 'out'));
    scratch.write('out/local.txt', 'x');
    const prepared = await (await open({ copy: ['.env', 'local.txt'] })).prepare(spec());
    expect(prepared).toMatchObject({
      ok: true,
      notes: expect.arrayContaining([expect.stringMatching(/^\.env was left out/)]),
    });
    expect(existsSync(join(spec().path, '.env'))).toBe(false);
    expect(readdirSync(join(scratch.root, 'elsewhere'))).toEqual([]);
  });

  it('runs the command in the workspace, with nothing of git in its environment', async () => {
    const command = `env > env.log; echo "$COPSE_SOURCE" > source.log; echo made > made.txt; echo more >> src/b.ts`;
    const before = scratch.env.GIT_DIR;
    scratch.env.GIT_DIR = join(scratch.root, 'nowhere');
    scratch.env.GIT_INDEX_FILE = join(scratch.root, 'nowhere');
    const own = await createWorktreesWith(command);
    delete scratch.env.GIT_DIR;
    delete scratch.env.GIT_INDEX_FILE;
    expect(before).toBeUndefined();
    expect(await own.prepare(spec())).toMatchObject({
      ok: true,
      notes: [expect.stringMatching(/^ran the set-up command in/)],
    });
    const env = readFileSync(join(spec().path, 'env.log'), 'utf8');
    expect(env.split('\n').filter((line) => /^GIT_(?!CONFIG_)/.test(line))).toEqual([]);
    expect(readFileSync(join(spec().path, 'source.log'), 'utf8')).toBe(`${scratch.repo}\n`);
    // What set-up left behind is not the agent's work, as long as the agent does not change it.
    put('task-001', 'work.txt', 'work');
    expect((await own.harvest(spec(), 'feat: x')).leftovers).toEqual(['work.txt']);
    put('task-001', 'made.txt', 'changed by the agent');
    expect((await own.harvest(spec(), 'feat: y')).leftovers).toEqual(['made.txt']);
  });

  async function createWorktreesWith(command: string): Promise<Workspaces> {
    const { GIT_DIR, GIT_INDEX_FILE, ...clean } = scratch.env;
    expect([GIT_DIR, GIT_INDEX_FILE]).not.toContain(undefined);
    return createWorktrees({
      repository: await openRepository(createGit({ cwd: scratch.repo, env: clean })),
      run: 'run-1',
      setup: { ...NO_SETUP, command },
      snapshotRef: () => 'refs/copse/snapshots/run-1/task-001',
      junk: DEFAULT_JUNK,
      never: [],
      env: { ...scratch.env },
    });
  }

  it('fills submodules when told to, and fails as set-up when they cannot be had', async () => {
    const lib = scratchRepository({ 'lib.txt': 'lib' });
    const allow = ['-c', 'protocol.file.allow=always'];
    scratch.git(...allow, 'submodule', '--quiet', 'add', lib.repo, 'vendor/lib');
    base = scratch.commit('with lib');
    const before = userState();
    expect(await (await open({ submodules: true })).prepare(spec())).toMatchObject({
      ok: false,
      failure: { code: 'setup', command: expect.stringContaining('submodule'), tail: expect.stringContaining('file') },
    });
    Object.assign(scratch.env, {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'protocol.file.allow',
      GIT_CONFIG_VALUE_0: 'always',
    });
    expect(await (await open({ submodules: true })).prepare(spec())).toMatchObject({
      ok: true,
      notes: ['filled submodules vendor/lib'],
    });
    expect(readFileSync(join(spec().path, 'vendor/lib/lib.txt'), 'utf8')).toBe('lib');
    expect(userState()).toEqual(before);
    lib.remove();
  });

  it('fails with the end of the output, and starts again next time', async () => {
    const failing = await open({ command: 'echo first; echo "no such registry" >&2; exit 3' });
    expect(await failing.prepare(spec())).toEqual({
      ok: false,
      failure: {
        code: 'setup',
        command: 'echo first; echo "no such registry" >&2; exit 3',
        exit: 3,
        tail: 'first\nno such registry',
      },
    });
    const hanging = await open({ command: 'echo waiting; sleep 600', timeoutMs: 300 });
    expect(await hanging.prepare(spec())).toMatchObject({
      ok: false,
      failure: { code: 'setup', exit: null, tail: 'waiting\nended after 0.3 s' },
    });
    expect(await (await open({ command: 'true' })).prepare(spec())).toMatchObject({ ok: true });
  });
});

describe('harvest', () => {
  beforeEach(async () => {
    expect(await workspaces.prepare(spec())).toMatchObject({ ok: true });
  });
  const harvest = (message = 'feat: task-001 leftovers') => workspaces.harvest(spec(), message);

  it('measures a workspace nobody touched', async () => {
    expect(await harvest()).toEqual({ head: base, commits: 0, leftovers: [], marker: false, notes: [] });
  });

  it('counts commits, commits leftovers, sees the marker; the second time is like the first', async () => {
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    for (const path of ['-odd\n"name"', 'ünï.txt', MARKER, '.venv/bin/x', 'x/__pycache__/y.pyc', 'debug.log']) {
      put('task-001', path, 'x');
    }
    const first = await harvest();
    expect(first).toMatchObject({ commits: 2, marker: true, notes: [] });
    expect([...first.leftovers].sort()).toEqual(['-odd\n"name"', 'ünï.txt'].sort());
    expect(scratch.git('log', '-1', '--format=%s %an', first.head)).toBe('feat: task-001 leftovers Ada');
    expect(scratch.git('ls-tree', '-r', '--name-only', '-z', first.head)).not.toMatch(/venv|pyc|claude|debug/);
    expect(await harvest()).toEqual(first);
  });

  it.each<[string, () => unknown, number]>([
    ['is taken out of the index', () => inside('task-001', 'rm', '-q', '--cached', 'src/b.ts'), 1],
    ['is staged and gone again', () => stageAndRemove('task-001', 'n.txt'), 1],
    ['has another mode', () => chmodSync(join(spec().path, 'src/b.ts'), 0o755), 2],
    ['is ignored', () => put('task-001', 'debug.log', 'x'), 1],
    ['is junk in a folder', () => put('task-001', `new/${MARKER}`, ''), 1],
    ['is beside junk in a folder', () => [put('task-001', `new/${MARKER}`, ''), put('task-001', 'new/x', '')], 2],
    ['was taken back', () => [put('task-001', 'src/b.ts', 'x'), put('task-001', 'src/b.ts', 'b\n')], 1],
    ['git is told not to show', () => [put('task-001', 'n', ''), hideUntracked('task-001')], 2],
  ])('behind a commit, sees what %s', async (_name, leave, commits) => {
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    leave();
    const first = await harvest();
    expect(first).toMatchObject({ commits, notes: [] });
    expect(first.leftovers).toHaveLength(commits - 1);
    expect(await harvest()).toEqual(first);
  });

  it('takes committed junk and changes of the plan out again', async () => {
    put('task-001', MARKER, '');
    put('task-001', 'node_modules.txt', 'real work');
    put('task-001', 'plan/tasks/one.md', '- [x] do');
    put('task-001', 'pkg/__pycache__/m.pyc', 'junk');
    inside('task-001', 'add', '-A', '-f');
    inside('task-001', 'commit', '-q', '-m', 'all in');
    const { head, commits, notes } = await harvest();
    expect(scratch.git('diff', '--name-only', base, head)).toBe('node_modules.txt');
    expect(commits).toBe(2);
    expect(notes).toEqual([expect.stringContaining('plan/tasks/one.md')]);
    expect((await harvest()).head).toBe(head);
  });

  it.each<[string, () => void]>([
    ['another branch', () => inside('task-001', 'checkout', '-q', '-b', 'my-own')],
    ['a detached HEAD', () => inside('task-001', 'checkout', '-q', '--detach')],
    [
      'another branch, its own deleted',
      () => {
        inside('task-001', 'checkout', '-q', '-b', 'my-own');
        inside('task-001', 'branch', '-q', '-D', 'feature/task-001');
      },
    ],
  ])('takes over work that was done on %s', async (_name, leave) => {
    leave();
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    put('task-001', 'left.txt', 'left');
    const { head, commits, leftovers, notes } = await harvest();
    expect({ commits, leftovers }).toEqual({ commits: 2, leftovers: ['left.txt'] });
    expect(notes).toEqual([expect.stringMatching(/the agent worked on .* taken over/)]);
    expect(scratch.git('rev-parse', 'feature/task-001')).toBe(head);
    expect(inside('task-001', 'symbolic-ref', '--short', 'HEAD')).toBe('feature/task-001');
    expect(await harvest()).toMatchObject({ head, commits, notes: [] });
  });

  it.each<[string, () => void]>([
    ['an older commit', () => inside('task-001', 'checkout', '-q', base)],
    [
      'the history of someone else',
      () => inside('task-001', 'checkout', '-q', scratch.git('commit-tree', '-m', 'x', `${base}^{tree}`)),
    ],
    [
      'a branch without commits',
      () => {
        inside('task-001', 'checkout', '-q', '--orphan', 'fresh');
      },
    ],
    [
      'an unfinished rebase',
      () => {
        const other = inside('task-001', 'commit-tree', '-p', base, '-m', 'other', otherTree());
        expect(() => inside('task-001', 'rebase', other)).toThrow();
      },
    ],
  ])('keeps the branch when the agent ended on %s, and the files in a snapshot', async (_name, leave) => {
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    const tip = inside('task-001', 'rev-parse', 'HEAD');
    leave();
    put('task-001', 'left.txt', 'left');
    const first = await harvest();
    expect(first).toMatchObject({
      head: tip,
      commits: 1,
      leftovers: [],
      notes: [expect.stringMatching(/kept in refs\/copse/)],
    });
    const kept = /refs\/copse\/\S+/.exec(first.notes[0]!)![0];
    expect(shown(kept, 'left.txt')).toBe('left');
    expect(await harvest()).toEqual(first);
    expect(await workspaces.remove(spec(), { force: false })).toMatchObject({ removed: false });
  });

  function otherTree(): string {
    scratch.write('../other', 'other\n');
    const blob = scratch.git('hash-object', '-w', '../other');
    const index = { GIT_INDEX_FILE: join(scratch.root, 'index') };
    Object.assign(scratch.env, index);
    scratch.git('read-tree', base);
    scratch.git('update-index', '--cacheinfo', `100644,${blob},src/a.ts`);
    const tree = scratch.git('write-tree');
    delete scratch.env.GIT_INDEX_FILE;
    return tree;
  }

  it('keeps what was staged and then changed or removed, before its commit replaces the index', async () => {
    await workspaces.prepare(spec());
    put('task-001', 'new.ts', 'staged');
    put('task-001', 'gone.ts', 'staged, then removed');
    inside('task-001', 'add', '-A');
    put('task-001', 'new.ts', 'later!');
    rmSync(join(scratch.root, 'ws/task-001/gone.ts'));
    const { head, notes } = await workspaces.harvest(spec(), 'feat: work');
    const kept = 'refs/copse/snapshots/run-1/task-001.1';
    expect(notes).toEqual([`what the agent had staged otherwise is kept in ${kept}`]);
    expect(shown(head, 'new.ts')).toBe('later!');
    expect([shown(`${kept}^2`, 'new.ts'), shown(`${kept}^2`, 'gone.ts')]).toEqual(['staged', 'staged, then removed']);
  });

  it('commits what a half-done merge holds, and keeps its state', async () => {
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    const other = inside('task-001', 'commit-tree', '-p', base, '-m', 'other', otherTree());
    expect(() => inside('task-001', 'merge', '-q', other)).toThrow();
    writeFileSync(join(scratch.repo, '.git/worktrees/task-001/index.lock'), '');
    const { head, leftovers, notes } = await harvest();
    expect(leftovers).toEqual(['src/a.ts']);
    expect(notes).toEqual([expect.stringContaining('left a merge unfinished')]);
    expect(inside('task-001', 'rev-list', '--parents', '-n1', head).split(' ')).toHaveLength(2);
  });

  it('finds its own commit again after a crash between commit and event', async () => {
    put('task-001', 'one.txt', '1');
    put('task-001', 'two.txt', '2');
    const first = await harvest();
    const reopened = await open();
    expect(await reopened.harvest(spec(), 'feat: task-001 leftovers')).toEqual(first);
  });

  it('measures the branch when the workspace is gone, and nothing when that is gone too', async () => {
    put('task-001', 'src/a.ts', 'agent');
    inside('task-001', 'commit', '-q', '-a', '-m', 'work');
    await workspaces.remove(spec(), { force: false });
    expect(await harvest()).toMatchObject({
      commits: 1,
      leftovers: [],
      notes: [expect.stringContaining('no workspace any more')],
    });
    const tip = scratch.git('rev-parse', 'feature/task-001');
    const repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
    expect(await deleteOwnedBranch(repository, 'run-1', { branch: 'feature/task-001', tip: base })).toBe(false);
    expect(await deleteOwnedBranch(repository, 'run-1', { branch: 'feature/task-001', tip })).toBe(true);
    expect(await harvest()).toMatchObject({
      head: base,
      commits: 0,
      notes: [expect.stringContaining('neither the workspace nor the branch')],
    });
  });

  it('runs no hook of the repository', async () => {
    const called = join(scratch.root, 'called');
    for (const hook of ['pre-commit', 'post-commit', 'post-checkout', 'reference-transaction', 'post-index-change']) {
      writeFileSync(join(scratch.repo, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> '${called}'\n`, {
        mode: 0o755,
      });
    }
    put('task-001', 'left.txt', 'left');
    await harvest();
    await workspaces.prepare(spec());
    await workspaces.remove(spec(), { force: true });
    expect(existsSync(called)).toBe(false);
  });
});

describe('remove', () => {
  beforeEach(async () => {
    await workspaces.prepare(spec());
  });

  it('takes a clean workspace away and leaves the branch; absent is removed', async () => {
    put('task-001', MARKER, '');
    put('task-001', 'node_modules/x.js', 'ignored');
    expect(await workspaces.remove(spec(), { force: false })).toEqual({ removed: true });
    expect(readdirSync(join(scratch.root, 'ws'))).toEqual([]);
    expect(scratch.git('rev-parse', 'feature/task-001')).toBe(base);
    expect(scratch.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(await workspaces.remove(spec(), { force: false })).toEqual({ removed: true });
  });

  it('refuses while it holds uncommitted work; with force keeps it in a snapshot', async () => {
    put('task-001', 'work.txt', 'precious');
    expect(await workspaces.remove(spec(), { force: false })).toEqual({
      removed: false,
      why: expect.stringMatching(/holds work that is in no commit/),
    });
    expect(readFileSync(join(spec().path, 'work.txt'), 'utf8')).toBe('precious');
    expect(await workspaces.remove(spec(), { force: true })).toEqual({ removed: true });
    expect(shown('refs/copse/snapshots/run-1/task-001.1', 'work.txt')).toBe('precious');
    expect(existsSync(join(scratch.root, 'ws', TRASH))).toBe(false);
  });

  it('keeps its hands off what no snapshot can hold', async () => {
    put('task-001', 'GIT~1', 'git refuses this name');
    const why = expect.stringContaining('GIT~1');
    expect(await workspaces.remove(spec(), { force: true })).toEqual({ removed: false, why });
    expect(await workspaces.prepare(spec())).toEqual({ ok: false, failure: { code: 'workspace', message: why } });
    expect((await workspaces.harvest(spec(), 'feat: x')).notes).toEqual([why]);
    expect(readFileSync(join(spec().path, 'GIT~1'), 'utf8')).toBe('git refuses this name');
  });

  it('refuses commits that are not on the branch', async () => {
    inside('task-001', 'checkout', '-q', '--detach');
    inside('task-001', 'commit', '-q', '--allow-empty', '-m', 'adrift');
    const adrift = inside('task-001', 'rev-parse', 'HEAD');
    expect(await workspaces.remove(spec(), { force: false })).toMatchObject({
      removed: false,
      why: expect.stringContaining('commits that are not on feature/task-001'),
    });
    await workspaces.remove(spec(), { force: true });
    expect(scratch.git('rev-list', '--all').split('\n')).toContain(adrift);
  });

  it('keeps what only a repository has that was committed as a link', async () => {
    await workspaces.prepare(spec());
    inside('task-001', 'init', '-q', 'vendor/lib');
    put('task-001', 'vendor/lib/x.ts', 'inner');
    inside('task-001', '-C', 'vendor/lib', 'add', '-A');
    inside('task-001', '-C', 'vendor/lib', 'commit', '-qm', 'inner');
    inside('task-001', 'add', '-A');
    inside('task-001', 'commit', '-qm', 'a link to a commit that nobody else has');
    const tip = inside('task-001', 'rev-parse', 'HEAD');
    expect(await workspaces.remove(spec(), { force: false, held: tip })).toEqual({ removed: true });
    const kept = 'refs/copse/snapshots/run-1/task-001.1';
    expect(shown(kept, '.copse-nested/vendor/lib/files/x.ts')).toBe('inner');
  });

  it('keeps what only a repository inside the workspace has', async () => {
    inside('task-001', 'init', '-q', 'vendor/lib');
    put('task-001', 'vendor/lib/committed.txt', 'committed');
    inside('task-001', '-C', 'vendor/lib', 'add', '.');
    inside('task-001', '-C', 'vendor/lib', 'commit', '-q', '-m', 'own');
    const own = inside('task-001', '-C', 'vendor/lib', 'rev-parse', 'HEAD');
    put('task-001', 'vendor/lib/loose.txt', 'loose');
    expect(await workspaces.remove(spec(), { force: false })).toMatchObject({
      removed: false,
      why: expect.stringContaining('vendor/lib'),
    });
    await workspaces.remove(spec(), { force: true });
    const shelf = 'refs/copse/snapshots/run-1/task-001.1:.copse-nested/vendor/lib';
    expect(scratch.git('show', `${shelf}/files/loose.txt`)).toBe('loose');
    expect(scratch.git('show', `${shelf}/files/committed.txt`)).toBe('committed');
    scratch.git('worktree', 'add', '-q', '--detach', '../restored', 'refs/copse/snapshots/run-1/task-001.1');
    const bundle = join(scratch.root, 'restored/.copse-nested/vendor/lib/commits.bundle');
    expect(scratch.git('bundle', 'list-heads', bundle)).toContain(own);
  });

  it('does not touch a folder that is no workspace', async () => {
    scratch.write('../ws/task-009/file', 'mine');
    expect(await workspaces.remove(spec('task-009'), { force: true })).toMatchObject({ removed: false });
    expect(readFileSync(join(spec('task-009').path, 'file'), 'utf8')).toBe('mine');
  });
});
