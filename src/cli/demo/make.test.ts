import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hermeticEnv } from '../../../test/rig/repository.ts';
import { loadPlanFolder } from '../../project/plan-folder.ts';
import { extractClaim } from '../../run/claim.ts';
import { type Demo, makeDemo } from './make.ts';

interface Manifest {
  waves: { tasks: { id: string }[]; validation: string }[];
}

const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-')));
// No identity, and settings that would stop a commit: the demo has its own.
const env: NodeJS.ProcessEnv = {
  ...hermeticEnv(root),
  GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
  COPSE_DEMO_PACE: '0',
};
for (const name of Object.keys(env).filter((key) => /^GIT_(AUTHOR|COMMITTER)/.test(key))) delete env[name];
writeFileSync(join(root, 'gitconfig'), '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = /nonexistent\n');
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

let demo: Demo;
const read = (path: string) => readFileSync(join(demo.repo, path), 'utf8');
const run = (argv: string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), { cwd: demo.repo, env, input });
  return { status, stdout: stdout.toString(), output: `${stdout}${stderr}` };
};
const git = (...args: string[]) => run(['git', ...args]).stdout.trim();
const manifest = () => JSON.parse(read(`parallel/${demo.plan}/manifest.json`)) as Manifest;
const validate = (wave: number) => run(['bash', '-c', manifest().waves[wave - 1]!.validation]);
const prompt = (task: string) => read(`parallel/${demo.plan}/tasks/${task}.md`);

/** Plays the agent in the checkout, as the config says. */
function play(task: string, input = prompt(task)) {
  const config = JSON.parse(read('copse.config.json')) as { agents: { command: { command: string[] } } };
  const filled: Record<string, string> = { '{task}': task, '{role}': 'typescript-expert' };
  const argv = config.agents.command.command.map((argument) => filled[argument] ?? argument);
  const ended = run(argv, input);
  return { ...ended, claim: extractClaim(ended.stdout) };
}

function changed(since: string): string[] {
  return git('diff', '--name-only', since, 'HEAD').split('\n');
}

describe('the repository of the demo', () => {
  beforeAll(async () => {
    demo = await makeDemo({ dir: join(root, 'played'), env });
  });

  it('is committed, clean, and its tests pass', () => {
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '--format=%an %H')).toBe(`copse demo ${demo.base}`);
    expect(run(['bash', '-c', 'node tools/test.mjs']).output).toContain('pass 5');
  });

  it('has a plan without a finding', () => {
    const loaded = loadPlanFolder(join(demo.repo, 'parallel', demo.plan));
    expect(loaded).toMatchObject({ ok: true, diagnostics: [], plan: { variant: 'M5', technology: 'typescript' } });
  });

  it('no wave is valid before its tasks', () => {
    for (const wave of [1, 2, 3]) expect(validate(wave).status, `wave ${wave}`).not.toBe(0);
  });

  it('an agent whose dependencies are missing fails, and says so', () => {
    const { status, claim } = play('task-003-orders');
    expect(status).toBe(1);
    expect(claim).toMatchObject({ task_completed: false, validation_passed: false });
    expect(claim?.tests_failed).toBeGreaterThan(0);
    expect(existsSync(join(demo.repo, '.claude-task-complete'))).toBe(false);
    git('reset', '--hard', demo.base);
    git('clean', '-fdq');
  });

  it('an agent without a prompt of its task writes nothing', () => {
    expect(play('task-001-users', 'something else').status).not.toBe(0);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('the agent of the products oversteps once, and not when its prompt tells of it', () => {
    expect(play('task-002-products').claim).toMatchObject({ task_completed: true });
    expect(changed(demo.base)).toContain('src/users/permissions.ts');
    git('reset', '--hard', demo.base);
    git('clean', '-fdq');
    const evidence = '\nsrc/users/permissions.ts is in BOUNDARY src/users/*\n';
    expect(play('task-002-products', prompt('task-002-products') + evidence)).toMatchObject({ status: 0 });
    expect(changed(demo.base)).not.toContain('src/users/permissions.ts');
  });

  it('the other agents do their tasks on top: what they claim they created and changed is what is in their commits', () => {
    for (const task of ['task-001-users', 'task-003-orders', 'task-004-api']) {
      rmSync(join(demo.repo, '.claude-task-complete'), { force: true });
      const before = git('rev-parse', 'HEAD');
      const { status, claim, output } = play(task);
      expect(status, output).toBe(0);
      expect(claim).toMatchObject({ task_completed: true, tests_failed: 0 });
      expect([...claim!.files_created!, ...claim!.files_modified!].sort()).toEqual(changed(before));
      expect(existsSync(join(demo.repo, '.claude-task-complete'))).toBe(true);
      expect(git('rev-list', '--count', `${before}..HEAD`)).toBe('2');
    }
    expect(git('status', '--porcelain')).toBe('');
  });

  it('then every wave is valid, but not without what it builds on', () => {
    for (const wave of [1, 2, 3]) expect(validate(wave)).toMatchObject({ status: 0 });
    for (const [wave, folder] of [
      [2, 'src/products'],
      [3, 'src/users'],
    ] as const) {
      rmSync(join(demo.repo, folder), { recursive: true });
      expect(validate(wave).status, `wave ${wave} without ${folder}`).not.toBe(0);
      git('checkout', '--', folder);
    }
  });

  it('the result holds to its types', () => {
    const modules = resolve(import.meta.dirname, '../../../node_modules');
    const tsc = [process.execPath, join(modules, 'typescript/bin/tsc'), '--typeRoots', join(modules, '@types')];
    expect(run([...tsc, '-p', '.'])).toMatchObject({ status: 0, output: '' });
  });
});

describe('makeDemo', () => {
  it('leaves a folder that holds something alone', async () => {
    writeFileSync(join(root, 'file'), 'mine');
    for (const [dir, why] of [
      [root, 'is not empty'],
      [join(root, 'file'), 'is not a folder'],
    ] as const) {
      await expect(makeDemo({ dir, env })).rejects.toMatchObject({
        code: 'folder-not-empty',
        message: expect.stringContaining(why),
      });
    }
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('mine');
    expect(readdirSync(root)).not.toContain('inventory');
  });

  it('makes a temporary folder when none is named', async () => {
    const made = await makeDemo({ env });
    try {
      expect(made.repo).toBe(join(made.root, 'inventory'));
      expect(readdirSync(made.repo)).toContain('copse.config.json');
    } finally {
      rmSync(made.root, { recursive: true, force: true });
    }
  });
});
