import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv } from '../rig/claude.ts';
import { type CliRun, runCli } from '../rig/cli.ts';
import { journalOf } from '../rig/copse.ts';
import { type ModelServer, resolving, type Step, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchPlan, scratchPlan } from '../rig/scratch-plan.ts';

// Whole runs with the real Claude Code against a model server on loopback.

let server: ModelServer;
let scratch: Scratch;

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server?.stop());
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n', 'shared.txt': 'one\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]): Promise<CliRun> =>
  runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, ...claudeEnv(server.url, scratch.root) } });

const plan = (what: ScratchPlan, claude: object = {}) =>
  scratchPlan(scratch, { ...what, config: { agents: { claude: { command: claudeBinary(), ...claude } } } });

/** Write a file, commit it, touch the marker, say the documented block. */
function work(id: string, file: string, ...before: Step[]): string {
  return script([
    ...before,
    { write: { path: file, content: `made by ${id}\n` } },
    { bash: `git add -A && git commit -qm 'feat: ${id}' && touch .claude-task-complete` },
    { say: 'Done.\n```json\n{"task_completed": true, "validation_passed": true, "tests_run": 0}\n```' },
  ]);
}

const statusOf = async () =>
  JSON.parse((await copse('status', '--json')).stdout) as {
    tasks: {
      id: string;
      state: string;
      attempt: number;
      cost: { usd: number | null; source: string };
      commits: number;
    }[];
  };

describe('copse run with the real Claude Code', () => {
  it('runs four tasks in two waves, past an overloaded service, and lands them', async () => {
    plan({
      tasks: [
        { id: 'task-001', create: ['src/one.txt'], does: work('task-001', 'src/one.txt') },
        {
          id: 'task-002',
          create: ['src/two.txt'],
          agent: 'team:nobody',
          does: work('task-002', 'src/two.txt', { status: 529, times: 1 }),
        },
        {
          id: 'task-003',
          wave: 2,
          deps: ['task-001'],
          create: ['src/three.txt'],
          does: work('task-003', 'src/three.txt'),
        },
        {
          id: 'task-004',
          wave: 2,
          deps: ['task-001', 'task-002'],
          create: ['src/four.txt'],
          does: work('task-004', 'src/four.txt'),
        },
      ],
      validation: { 1: 'test -f src/one.txt && test -f src/two.txt', 2: 'test $(ls src | wc -l) = 4' },
    });
    const before = scratch.git('status', '--porcelain') + scratch.git('rev-parse', 'HEAD', 'main');
    const run = await copse('run');
    expect(run).toMatchObject({ exit: 0 });
    expect(run.stdout).toContain('[PROGRESS] wave=1 status=completed tasks=2/2\n');
    expect(run.stdout).toMatch(/\[PROGRESS\] wave=2 task=task-004 status=completed commits=1\n/);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe('[PROGRESS] execution status=completed');
    expect(run.stderr).toContain('agent role team:nobody is not known');
    expect(scratch.git('ls-tree', '-r', '--name-only', 'copse/TS-0001-scratch', 'src')).toBe(
      'src/four.txt\nsrc/one.txt\nsrc/three.txt\nsrc/two.txt',
    );
    expect(scratch.git('status', '--porcelain') + scratch.git('rev-parse', 'HEAD', 'main')).toBe(before);
    const { tasks } = await statusOf();
    for (const task of tasks) {
      expect(task).toMatchObject({ state: 'integrated', attempt: 1, commits: 1, cost: { source: 'reported' } });
      expect(task.cost.usd).toBeGreaterThan(0);
    }
    expect((await copse('logs', '1')).stdout).toContain('Write src/one.txt');
  });

  it('a write outside of the workspace is put down to the one that wrote, not to the one that read', async () => {
    const outside = `${scratch.repo}/README.md`;
    const look: Step = { bash: `cat ${scratch.repo}/shared.txt` };
    plan({
      tasks: [
        { id: 'task-001', create: ['a'], does: work('task-001', 'a', { write: { path: outside, content: 'mine\n' } }) },
        {
          id: 'task-002',
          create: ['b'],
          does: work('task-002', 'b', { tool: { name: 'Read', args: { file_path: outside } } }, look),
        },
      ],
    });
    scratch.write('shared.txt', 'the user is at work\n');
    const run = await copse('run', '--escape', 'fail', '--retries', '0');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('✗ task-001: wrote outside of its workspace: README.md (modified) in your checkout');
    const { tasks } = await statusOf();
    expect(tasks.map(({ state }) => state)).toEqual(['failed', 'integrated']);
  });

  it('a wrong key fails the task at once, names the cause and blocks what is behind', async () => {
    plan({
      tasks: [
        { id: 'task-001', create: ['a'], does: script([{ status: 401 }]) },
        { id: 'task-002', wave: 2, deps: ['task-001'], create: ['b'], does: work('task-002', 'b') },
      ],
    });
    const run = await copse('run');
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('task=task-001 status=failed error=auth');
    expect(run.stdout).toContain('task=task-002 status=blocked by=task-001');
    expect(run.stdout).toContain('[PROGRESS] execution status=failed waves_failed=2');
    expect(run.stderr).toContain('401');
    expect(run.stdout).not.toContain('retrying');
  });

  it('running out of turns is a failure that is tried again, with the evidence in the prompt', async () => {
    plan(
      {
        tasks: [
          {
            id: 'task-001',
            create: ['a'],
            does: script([{ bash: 'echo 1' }, { bash: 'echo 2' }, { bash: 'echo 3' }, { say: 'x' }]),
          },
        ],
      },
      { maxTurns: 2 },
    );
    const run = await copse('run', '--retries', '1');
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('status=retrying error=max_turns');
    expect(run.stdout).toContain('status=failed error=max_turns');
    const prompt = (await copse('logs', 'task-001', '--prompt')).stdout;
    expect(prompt).toContain('=== PREVIOUS ATTEMPT ===');
    expect(prompt).toMatch(/turns/);
  });

  it('of two tasks that conflict the second is done again on top of the first', async () => {
    const change = (id: string, own: string) =>
      script([
        {
          bash: `echo ${id} > ${own} && printf 'changed by ${id}\\n' > shared.txt && git add -A && git commit -qm 'feat: ${id}' && touch .claude-task-complete`,
        },
        { say: 'Done.' },
      ]);
    plan({
      tasks: [
        { id: 'task-001', create: ['a'], does: change('task-001', 'a') },
        { id: 'task-002', create: ['b'], does: change('task-002', 'b') },
      ],
    });
    const run = await copse('run');
    expect(run.exit).toBe(0);
    expect(run.stdout.match(/status=retrying error=merge_conflict/g)).toHaveLength(1);
    const { tasks } = await statusOf();
    expect(tasks.map((task) => task.attempt).sort()).toEqual([1, 2]);
    const second = tasks.find((task) => task.attempt === 2)!.id;
    expect(scratch.git('show', 'copse/TS-0001-scratch:shared.txt')).toBe(`changed by ${second}`);
    const prompt = (await copse('logs', second, '--prompt')).stdout;
    expect(prompt).toContain('shared.txt');
  });

  describe('a conflict, resolved by another Claude Code', () => {
    const READ: Step = { tool: { name: 'Read', args: { file_path: 'shared.txt' } } };

    /** Two tasks that change the same line, the second one after the first has landed; `does` of who resolves that. */
    function conflicting(does: Step[], gate: string): void {
      const change = (id: string, own: string, hold: string) =>
        script([
          { bash: 'echo begun', hold },
          { write: { path: own, content: `made by ${id}\n` } },
          READ,
          { write: { path: 'shared.txt', content: `changed by ${id}\n` } },
          { bash: `git add -A && git commit -qm 'feat: ${id}' && touch .claude-task-complete` },
          { say: `Done.\n\`\`\`json\n{"task_completed": true, "summary": "${id} wrote its name"}\n\`\`\`` },
        ]);
      scratchPlan(scratch, {
        tasks: [
          { id: 'task-001', create: ['a'], does: change('task-001', 'a', `first ${gate}`) },
          { id: 'task-002', create: ['b'], does: `${change('task-002', 'b', `second ${gate}`)} ${resolving(does)}` },
        ],
        validation: { 1: 'test -f a && test -f b && grep -q task-002 shared.txt' },
        config: {
          agents: { claude: { command: claudeBinary() } },
          checks: [{ name: 'markers', command: "! grep -rn '^<<<<<<<' a b shared.txt 2>/dev/null" }],
        },
      });
    }

    async function run(gate: string, ...argv: string[]): Promise<CliRun> {
      const ran = runCli(['run', '--on-conflict', 'agent', '--gate', 'checks', ...argv], {
        cwd: scratch.repo,
        env: { ...scratch.env, ...claudeEnv(server.url, scratch.root) },
        onOutput: (text) => {
          if (/task=task-001 status=completed/.test(text)) server.release(`second ${gate}`);
        },
      });
      await Promise.all([server.held(`first ${gate}`), server.held(`second ${gate}`)]);
      server.release(`first ${gate}`);
      return ran;
    }

    const attempts = () =>
      journalOf(scratch).flatMap((event) =>
        event.type === 'attempt.started' ? [{ task: event.task, resolves: event.resolves?.attempt ?? null }] : [],
      );
    const failures = () =>
      journalOf(scratch).flatMap((event) => (event.type === 'attempt.failed' ? [event.failure.code] : []));

    it('lands with what both tasks did', async () => {
      conflicting(
        [
          { bash: 'git status --porcelain' },
          READ,
          { write: { path: 'shared.txt', content: 'changed by task-001\nchanged by task-002\n' } },
          { bash: 'git add shared.txt && git commit -q --no-edit && touch .claude-task-complete' },
          { say: 'Done.\n```json\n{"task_completed": true, "summary": "both names are there"}\n```' },
        ],
        'joined',
      );
      const ran = await run('joined', '--retries', '1');
      expect(ran.exit, ran.stdout + ran.stderr).toBe(0);
      expect(scratch.git('show', 'copse/TS-0001-scratch:shared.txt')).toBe('changed by task-001\nchanged by task-002');
      expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch', 'a', 'b')).toBe('a\nb');
      expect(failures()).toEqual(['merge-conflict']);
      expect(attempts()).toContainEqual({ task: 'task-002', resolves: 1 });
      expect((await copse('logs', 'task-002')).stdout).toContain('Write shared.txt');
      const { tasks } = await statusOf();
      expect(tasks[1]).toMatchObject({ state: 'integrated', attempt: 2, cost: { source: 'reported' } });
      expect(scratch.git('show', 'main:shared.txt')).toBe('one');
    });

    it('with markers left is refused, and the task is done again', async () => {
      conflicting(
        [
          { bash: 'echo ours >> shared.txt; git commit -qam merged && touch .claude-task-complete' },
          { say: 'Done.\n```json\n{"task_completed": true, "summary": "resolved"}\n```' },
        ],
        'marked',
      );
      const ran = await run('marked', '--retries', '2');
      expect(ran.exit, ran.stdout + ran.stderr).toBe(0);
      expect(failures()).toEqual(['merge-conflict', 'conflict-markers']);
      expect(attempts().slice(2)).toEqual([
        { task: 'task-002', resolves: 1 },
        { task: 'task-002', resolves: null },
      ]);
      expect(scratch.git('show', 'copse/TS-0001-scratch:shared.txt')).toBe('changed by task-002');
      expect((await copse('logs', 'task-002', '--prompt')).stdout).toContain('in vain');
    });
  });

  it('Ctrl-C ends the agents and resume goes on; what was done is not done again', async () => {
    plan({
      tasks: [
        { id: 'task-001', create: ['a'], does: work('task-001', 'a') },
        {
          id: 'task-002',
          wave: 2,
          deps: ['task-001'],
          create: ['b'],
          does: work('task-002', 'b', { bash: 'echo held', hold: 'gate' }),
        },
      ],
    });
    const controller = new AbortController();
    const env = { ...scratch.env, ...claudeEnv(server.url, scratch.root) };
    const first = runCli(['run'], { cwd: scratch.repo, env, signal: controller.signal });
    await server.held('gate');
    controller.abort('SIGINT');
    const stopped = await first;
    expect(stopped.exit).toBe(130);
    expect(stopped.stdout).toContain('[PROGRESS] execution status=stopped');
    expect(stopped.stderr).toContain('copse resume');
    server.release('gate');
    const resumed = await copse('resume');
    expect(resumed.exit).toBe(0);
    expect(resumed.stdout).not.toContain('task=task-001');
    expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch', 'a', 'b')).toBe('a\nb');
  });
});
