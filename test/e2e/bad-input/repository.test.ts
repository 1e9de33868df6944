import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asNobody } from '../../rig/as-nobody.ts';
import { runCli } from '../../rig/cli.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { usersPart } from '../../rig/fingerprint.ts';
import { refused } from '../../rig/refusal.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// What can be wrong with a repository, or stand in a run's way in it.

let scratch: Scratch;

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const plan = (options: { name?: string; config?: object } = {}) =>
  scratchPlan(scratch, {
    ...(options.name && { name: options.name }),
    tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
    config: { ...commandAgent(scratch), ...options.config },
  });

/** All commands that work in a repository. */
const COMMANDS = [
  ['run'],
  ['plan'],
  ['resume'],
  ['status'],
  ['logs'],
  ['logs', 'task-001'],
  ['diff'],
  ['integrate'],
  ['clean'],
  ['clean', '--force'],
];

async function allRefuse(code: string, exit: number, options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  for (const argv of COMMANDS) {
    expect(await refused(scratch, argv, options), argv.join(' ')).toMatchObject({ code, exit });
  }
}

describe('no repository to work in', () => {
  it('a folder without one', async () => {
    const folder = join(scratch.root, 'plain');
    mkdirSync(folder);
    await allRefuse('no-repository', 7, { cwd: folder });
  });

  it('git is not on the PATH', async () => {
    plan();
    await allRefuse('git-missing', 7, { env: { ...scratch.env, PATH: join(scratch.root, 'nothing') } });
  });

  it('a repository without a commit', async () => {
    rmSync(join(scratch.repo, '.git'), { recursive: true });
    scratch.git('init', '-q', '-b', 'main');
    await allRefuse('no-commit', 7);
  });

  it('a bare repository, and the inside of a git directory', async () => {
    scratch.git('clone', '-q', '--bare', '.', join(scratch.root, 'bare.git'));
    await allRefuse('bare-repository', 7, { cwd: join(scratch.root, 'bare.git') });
    expect(await refused(scratch, ['run'], { cwd: join(scratch.repo, '.git') })).toMatchObject({ exit: 7 });
  });

  it('a repository that git cannot read', async () => {
    writeFileSync(join(scratch.repo, '.git/config'), '[core\n');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'repository-unreadable', exit: 7 });
    writeFileSync(join(scratch.repo, '.git/HEAD'), 'nonsense\n');
    expect(await refused(scratch, ['run'])).toMatchObject({ exit: 7 });
  });

  it('nothing was run yet', async () => {
    for (const argv of COMMANDS.slice(2)) {
      expect(await refused(scratch, argv), argv.join(' ')).toMatchObject({ code: 'no-run', exit: 2 });
    }
  });
});

describe('a checkout in an unusual state', () => {
  it('detached HEAD: the run works, integrate asks for a branch', async () => {
    const name = plan();
    scratch.git('checkout', '-q', '--detach');
    const before = usersPart(scratch);
    expect((await copse('run')).exit).toBe(0);
    expect(usersPart(scratch)).toEqual(before);
    const refusal = await refused(scratch, ['integrate']);
    expect(refusal).toMatchObject({ code: 'no-target', exit: 2 });
    expect(refusal.hint).toBe(`copse integrate ${name} --into main`);
    expect(await refused(scratch, ['integrate', '--into', 'nope'])).toMatchObject({ code: 'no-branch', exit: 2 });
    expect((await copse('integrate', '--into', 'main')).exit).toBe(0);
    expect(scratch.git('show', 'main:task-001.txt')).toBe('made by task-001');
  });

  it('uncommitted changes: the run says so and works, integrate prints the command', async () => {
    const name = plan();
    scratch.write('README.md', '# edited\n');
    scratch.write('new.txt', 'not added\n');
    scratch.git('stash', 'push', '-q', '--', 'README.md');
    scratch.write('README.md', '# edited again\n');
    const before = usersPart(scratch);
    const run = await copse('run');
    expect(run.exit).toBe(0);
    expect(run.stderr).toMatch(/1 uncommitted change is not part of the run/);
    expect(usersPart(scratch)).toEqual(before);
    const head = scratch.git('rev-parse', 'main');
    const landing = await copse('integrate');
    expect(landing.exit).toBe(4);
    expect(landing.stdout).toContain('README.md');
    expect(landing.stdout).toContain(`git -C ${scratch.repo} merge copse/${name}`);
    expect(scratch.git('rev-parse', 'main')).toBe(head);
    scratch.git('checkout', '-q', 'README.md');
    expect((await copse('integrate')).exit).toBe(0);
    expect(readFileSync(join(scratch.repo, 'new.txt'), 'utf8')).toBe('not added\n');
  });

  it('an untracked file where one is to land: integrate refuses and keeps it', async () => {
    plan();
    expect((await copse('run')).exit).toBe(0);
    scratch.write('task-001.txt', 'mine\n');
    const landing = await copse('integrate');
    expect(landing.exit).toBe(4);
    expect(landing.stdout).toContain('task-001.txt');
    expect(readFileSync(join(scratch.repo, 'task-001.txt'), 'utf8')).toBe('mine\n');
  });
});

describe('names that are taken', () => {
  it('the branch of a task', async () => {
    plan();
    scratch.git('branch', 'feature/task-001');
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'branch-exists', exit: 2 });
    expect(refusal.text).toContain('feature/task-001');
    expect(refusal.hint).toContain('git branch -m feature/task-001');
  });

  it('a branch where the branches of tasks need a folder', async () => {
    plan();
    scratch.git('branch', 'feature');
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'branch-in-the-way', exit: 2 });
    expect(refusal.text).toContain('feature/task-001');
    scratch.git('branch', '-m', 'feature', 'copse');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'branch-in-the-way', exit: 2 });
  });

  it('a branch below the name of one that is needed', async () => {
    const name = plan();
    scratch.git('branch', 'feature/task-001/more');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'branch-in-the-way', exit: 2 });
    scratch.git('branch', '-m', 'feature/task-001/more', `copse/${name}/more`);
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'branch-in-the-way', exit: 2 });
  });

  it('the integration branch with the work of others', async () => {
    const name = plan();
    scratch.git('branch', `copse/${name}`, scratch.git('commit-tree', '-p', 'HEAD', '-m', 'theirs', 'HEAD^{tree}'));
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'branch-exists', exit: 2 });
    expect(refusal.text).toContain(`copse/${name}`);
    expect(refusal.hint, 'work of others is not for us to delete').not.toContain('branch -D');
  });

  it('the integration branch checked out by the user', async () => {
    const name = plan();
    scratch.git('switch', '-q', '-c', `copse/${name}`);
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ exit: 2 });
    expect(refusal.text).toContain(`copse/${name}`);
  });

  it('a folder, a file or a worktree at the place of a workspace', async () => {
    const name = plan();
    const place = join(scratch.root, 'workspaces/repo', name, 'task-001');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'mine.txt'), 'mine\n');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'workspace-exists', exit: 2 });
    rmSync(place, { recursive: true });
    writeFileSync(place, 'mine\n');
    expect((await refused(scratch, ['run'])).text).toContain(place);
    rmSync(place);
    scratch.git('worktree', 'add', '-q', '-b', 'mine', place);
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'workspace-exists', exit: 2 });
  });

  it('a file where the folder of workspaces has to be', async () => {
    plan();
    writeFileSync(join(scratch.root, 'workspaces'), 'mine\n');
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'workspace-root', exit: 7 });
    expect(refusal.text).toContain(join(scratch.root, 'workspaces'));
    expect(refusal.hint).toContain('workspace.root');
  });

  it('workspaces inside the checkout', async () => {
    plan({ config: { workspace: { root: './ws' } } });
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'workspace-root', exit: 2 });
    expect(refusal.text).toContain(join(scratch.repo, 'ws'));
  });
});

describe('a disk that does not let us', () => {
  it('a root of workspaces that cannot be made', async () => {
    plan({ config: { workspace: { root: '/proc/copse' } } });
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'workspace-root', exit: 7 });
    expect(refusal.text).toContain('/proc/copse');
  });

  it('a git directory that cannot be written', async () => {
    plan();
    writeFileSync(join(scratch.repo, '.git/copse'), '');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'run-folder', exit: 7 });
    rmSync(join(scratch.repo, '.git/copse'));
    await asNobody(scratch.root, async () => {
      chmodSync(join(scratch.repo, '.git'), 0o555);
      const refusal = await refused(scratch, ['run']);
      chmodSync(join(scratch.repo, '.git'), 0o755);
      expect(refusal).toMatchObject({ code: 'run-folder', exit: 7 });
      expect(refusal.text).toContain(join(scratch.repo, '.git'));
    });
  });

  it('a folder above the checkout that cannot be written', async () => {
    plan();
    await asNobody(scratch.root, async () => {
      chmodSync(scratch.root, 0o555);
      const refusal = await refused(scratch, ['run']);
      chmodSync(scratch.root, 0o755);
      expect(refusal).toMatchObject({ code: 'workspace-root', exit: 7 });
      expect(refusal.hint).toContain('workspace.root');
    });
  });

  it('a plan folder that takes no logs and no report: all works without, and says so', async () => {
    const name = plan();
    scratch.commit('in the way', { [`parallel/${name}/logs`]: '', [`parallel/${name}/integration-report.md/x`]: '' });
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect((await copse('logs', 'task-001')).exit).toBe(0);
    const landing = await copse('integrate');
    expect(landing.exit, landing.stdout).toBe(0);
    expect(landing.stderr).toContain('the report was not written');
  });
});
