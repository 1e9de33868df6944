import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv } from '../rig/claude.ts';
import { runCli } from '../rig/cli.ts';
import { codexBinary, codexEnv } from '../rig/codex.ts';
import { type ModelServer, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// A run in which the tasks choose their agents: the real Claude Code and the real Codex against a model on loopback.

let server: ModelServer;
let scratch: Scratch;

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server?.stop());
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) =>
  runCli(argv, {
    cwd: scratch.repo,
    env: { ...scratch.env, ...claudeEnv(server.url, scratch.root), ...codexEnv(server.url, scratch.root) },
  });

const work = (id: string) =>
  script([
    { bash: `echo made by ${id} > ${id}.txt` },
    { bash: `git add -A && git commit -qm 'feat: ${id}'` },
    { say: 'Done.\n```json\n{"task_completed": true, "summary": "Did it."}\n```' },
  ]);

const tasks = [
  { id: 'task-001', create: ['task-001.txt'], does: work('task-001') },
  { id: 'task-002', create: ['task-002.txt'], agent: 'codex', does: work('task-002') },
];

describe('copse run of tasks that choose their agents', () => {
  it('gives each its own agent and model, and lands them', async () => {
    const agents = {
      claude: { command: claudeBinary() },
      codex: { command: codexBinary(), model: 'gpt-of-config' },
    };
    scratchPlan(scratch, { tasks, config: { agents } });
    expect((await copse('plan')).stdout).toMatch(/task-002 .* codex/);
    const run = await copse('run', '--model', 'claude-of-run');
    expect(run, run.stderr).toMatchObject({ exit: 0 });
    expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch')).toContain('task-001.txt\ntask-002.txt');
    expect(new Set(server.requests().map(({ path, model }) => `${path} ${model}`))).toEqual(
      new Set(['/v1/messages?beta=true claude-of-run', '/v1/responses gpt-of-config']),
    );
    await copse('integrate');
    const report = readFileSync(join(scratch.repo, 'parallel/TS-0001-scratch/report.json'), 'utf8');
    expect(JSON.parse(report).tasks.map((task: { attempts: { agent: string }[] }) => task.attempts[0]!.agent)).toEqual([
      'claude',
      'codex',
    ]);
  });

  it('refuses before anything is changed when one of them is not there', async () => {
    const agents = { claude: { command: claudeBinary() }, codex: { command: '/no/such/codex' } };
    scratchPlan(scratch, { tasks, config: { agents } });
    const refs = scratch.git('for-each-ref');
    const run = await copse('run');
    expect(run).toMatchObject({ exit: 7, stderr: expect.stringContaining('Codex was not found') });
    expect(scratch.git('for-each-ref')).toBe(refs);
  });
});
