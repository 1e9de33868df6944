import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../rig/cli.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { usersPart } from '../../rig/fingerprint.ts';
import { refused } from '../../rig/refusal.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// What can have happened to a run, or around it, when a later command looks at it.

let scratch: Scratch;
const NAME = 'TS-0001-scratch';

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const plan = (config: object = {}, cases: Record<string, string> = {}) =>
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    validation: { 1: 'test -f task-001.txt' },
    config: { ...commandAgent(scratch, cases), ...config },
  });

const runFolder = () => {
  const runs = join(scratch.repo, '.git/copse/runs');
  return join(runs, readdirSync(runs).sort().at(-1)!);
};

describe('a run whose files were damaged', () => {
  it('a line of the journal: what is before it is shown, nothing goes on from it', async () => {
    plan();
    expect((await copse('run', '--only', '1')).exit).toBe(0);
    const journal = join(runFolder(), 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').split('\n');
    lines[4] = lines[4]!.replace('task-001', 'task-009');
    writeFileSync(journal, lines.join('\n'));
    const shown = await copse('status');
    expect(shown.exit).toBe(0);
    expect(shown.stderr).toContain(`${journal}:5: the journal is damaged here`);
    for (const argv of [['resume'], ['clean'], ['integrate', '--partial']]) {
      const refusal = await refused(scratch, argv);
      expect(refusal, argv.join(' ')).toMatchObject({ exit: expect.any(Number) });
      if (refusal.code !== 'nothing-integrated') expect(refusal).toMatchObject({ code: 'journal-corrupt', exit: 7 });
    }
  });

  it('a journal that its writer was killed before writing: as if there were no run', async () => {
    plan();
    const folder = join(scratch.repo, '.git/copse/runs/20261123-101010-abcd');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'journal.jsonl'), '{"v":1,"se');
    for (const argv of [['status'], ['resume'], ['logs'], ['integrate'], ['clean']]) {
      expect(await refused(scratch, argv), argv.join(' ')).toMatchObject({ code: 'no-run', exit: 2 });
    }
    expect((await copse('run')).exit).toBe(0);
  });

  it('the plan that it keeps', async () => {
    plan();
    expect((await copse('run', '--only', '1')).exit).toBe(0);
    for (const damage of [(file: string) => writeFileSync(file, '{'), (file: string) => rmSync(file)]) {
      damage(join(runFolder(), 'plan.json'));
      const refusal = await refused(scratch, ['resume']);
      expect(refusal).toMatchObject({ code: 'run-damaged', exit: 7, where: join(runFolder(), 'plan.json') });
    }
  });
});

describe('a person in the middle of it', () => {
  it('who stands on the integration branch is asked to step off before it moves', async () => {
    plan();
    expect((await copse('run', '--only', '1')).exit).toBe(0);
    scratch.git('switch', '-q', `copse/${NAME}`);
    const refusal = await refused(scratch, ['resume']);
    expect(refusal).toMatchObject({ code: 'branch-checked-out', exit: 2 });
    expect(refusal.hint).toContain(`git -C ${scratch.repo} switch`);
    scratch.git('switch', '-q', 'main');
    expect((await copse('resume')).exit).toBe(0);
  });

  it('who looks at the branches of a run keeps them under their feet', async () => {
    plan();
    expect((await copse('run')).exit).toBe(0);
    scratch.git('switch', '-q', `copse/${NAME}`);
    expect((await copse('integrate')).exit).toBe(0);
    const before = usersPart(scratch);
    const clean = await copse('clean', '--force');
    expect(clean.stdout).toContain(`kept copse/${NAME}: is checked out in ${scratch.repo}`);
    expect(usersPart(scratch)).toEqual(before);
    expect(scratch.git('log', '-1', '--format=%s')).not.toBe('');
    scratch.git('switch', '-q', '--ignore-other-worktrees', 'main');
    expect((await copse('clean')).stdout).toContain(`removed copse/${NAME}`);
    expect(existsSync(join(scratch.root, 'workspaces')), 'nothing is left beside the checkout').toBe(false);
  });

  it('a folder for workspaces of their own choice stays theirs', async () => {
    const root = join(scratch.root, 'mine');
    mkdirSync(root);
    plan({ workspace: { root: '../mine' } });
    expect((await copse('run')).exit).toBe(0);
    expect((await copse('integrate')).exit).toBe(0);
    expect((await copse('clean')).exit).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });

  it('the plan went away, or is another one now', async () => {
    plan();
    expect((await copse('run', '--only', '1')).exit).toBe(0);
    const task = join(scratch.repo, 'parallel', NAME, 'tasks/task-002.md');
    const text = readFileSync(task, 'utf8');
    writeFileSync(task, text.replace('deps: [task-001]', 'deps: []'));
    expect(await refused(scratch, ['resume'])).toMatchObject({ code: 'plan-changed', exit: 3 });
    writeFileSync(task, text.replace('deps: [task-001]', 'deps: [task-009]'));
    const resumed = await copse('resume');
    expect(resumed.exit, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(
      /^copse: the plan cannot be read any more \(.*task-009.*\); going on with it as it was$/m,
    );
  });
});

describe('copse logs', () => {
  it('lists attempts, shows one, as text and as a document', async () => {
    plan({}, { 'task-001': 'echo "first line"; echo "odd \u001b[2J bytes" >&2; echo x > task-001.txt' });
    expect((await copse('run')).exit).toBe(0);
    expect((await copse('logs')).stdout).toMatch(/^task-001 +1 +success$/m);
    expect((await copse('logs', '1')).stdout).toBe('first line\n');
    expect((await copse('logs', '1', '--stderr')).stdout).toBe('odd  bytes\n');
    expect((await copse('logs', '1', '--prompt')).stdout).toContain('=== OBJECTIVE ===');
    const { stdout } = await copse('logs', 'task-001', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      task: 'task-001',
      attempt: 1,
      kind: 'log',
      lines: ['first line'],
    });
    expect((await copse('logs', '1', '-f', '--json')).stdout).toContain('"code":"usage"');
  });

  it('a task that has not started', async () => {
    plan({}, { 'task-001': 'exit 1' });
    expect((await copse('run', '--retries', '0')).exit).toBe(1);
    expect(await refused(scratch, ['logs', '2'])).toMatchObject({ code: 'not-started', exit: 2 });
    expect(await refused(scratch, ['diff', '2'])).toMatchObject({ code: 'not-started', exit: 2 });
    expect(await refused(scratch, ['logs', '1', '--attempt', '2'])).toMatchObject({ code: 'unknown-attempt', exit: 2 });
    expect((await copse('logs', '1', '-f')).exit, 'nothing to wait for').toBe(0);
  });
});

it('a plan in a subfolder of the repository is found from there', async () => {
  plan();
  scratch.git('mv', 'parallel', 'moved');
  scratch.commit('move', { 'services/shop/README.md': '' });
  scratch.git('mv', 'moved', 'services/shop/parallel');
  scratch.commit('moved');
  const inside = join(scratch.repo, 'services/shop');
  expect((await runCli(['run'], { cwd: inside, env: scratch.env })).exit).toBe(0);
  expect((await runCli([], { cwd: inside, env: scratch.env })).stdout).toContain(`${NAME}  integrated`);
});

it('a folder that is gone', async () => {
  expect(await refused(scratch, ['run'], { cwd: join(scratch.root, 'gone') })).toMatchObject({
    code: 'no-folder',
    exit: 7,
  });
});
