import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentAdapter } from '../../src/agent/adapter.ts';
import { type AgentDefinition, createAgents } from '../../src/agent/registry.ts';
import { type AgentRun, runAgent } from '../rig/agent-run.ts';
import { geminiBinary, geminiEnv, opencodeBinary, opencodeEnv } from '../rig/big-agents.ts';
import { codexBinary, codexEnv } from '../rig/codex.ts';
import { type ModelServer, type Step, script, startModelServer } from '../rig/model-server.ts';
import { compiled } from '../rig/package.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

// Real agents that are too large or too slow for every day, against a model server on loopback: `npm run test:agents`.

let server: ModelServer;
let scratch: Scratch;
let folder: string;

beforeAll(async () => {
  folder = compiled();
  server = await startModelServer();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const MINUTES = 180_000;
const gemini = ['gemini', geminiEnv] as const;
const opencode = ['opencode', opencodeEnv] as const;

/** Each agent, the way it speaks, its definition and its environment. */
const AGENTS: [string, () => AgentDefinition, (url: string, home: string) => Record<string, string>][] = [
  [gemini[0], () => ({ type: 'gemini', command: geminiBinary(), model: 'gemini-2.5-flash' }), gemini[1]],
  [
    'gemini by ACP',
    () => ({ type: 'acp', command: [geminiBinary(), '--acp', '--model=gemini-2.5-flash'], auth: 'gemini-api-key' }),
    gemini[1],
  ],
  [opencode[0], () => ({ type: 'opencode', command: opencodeBinary() }), opencode[1]],
  ['opencode by ACP', () => ({ type: 'acp', command: [opencodeBinary(), 'acp'] }), opencode[1]],
];

function adapterOf(definition: AgentDefinition, env: NodeJS.ProcessEnv): AgentAdapter {
  const load = `import(${JSON.stringify(join(folder, 'agent/acp-start.js'))}).then(({ start }) => start())`;
  const acpClient = [process.execPath, '--input-type=module', '--eval', load, '--'];
  const machine = { isRoot: false, baseEnv: env, baseDir: scratch.repo, acpClient, sdkClient: [] };
  return createAgents({ agents: { tried: definition } }, machine).get('tried')!;
}

async function run(
  definition: AgentDefinition,
  environment: Record<string, string>,
  steps: Step[],
  workspace = scratch.repo,
): Promise<AgentRun> {
  const env = { ...scratch.env, ...environment };
  const context = { task: 'task-001', title: 'Users', attempt: 1, workspace, session: randomUUID() };
  return runAgent(adapterOf(definition, env), {
    env,
    prompt: `# Task\n\n${script(steps)}\n`,
    dir: scratch.root,
    context,
  });
}

const work = (workspace: string): Step[] => [
  { text: 'I will write the file.', write: { path: join(workspace, 'hello.txt'), content: 'hello\n' } },
  { bash: 'git add -A && git commit -qm "hello"' },
  { say: 'Done.\n```json\n{"task_completed": true, "summary": "Added hello."}\n```' },
];

describe.each(AGENTS)('%s', (_, definition, environment) => {
  it('does a task with its own tools, and commits it', { timeout: MINUTES }, async () => {
    const ran = await run(definition(), environment(server.url, scratch.env.HOME!), work(scratch.repo));
    expect(ran.verdict, ran.stderr).toMatchObject({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, summary: 'Added hello.' },
    });
    expect(scratch.git('log', '--format=%s')).toBe('hello\ninitial');
    expect(ran.events.at(-1)).toEqual({ type: 'finished' });
    expect(ran.log).toContain('Done.');
  });

  it('says that the key is refused', { timeout: MINUTES }, async () => {
    const refused: Step[] = [{ status: 401, message: 'invalid x-api-key' }]; // OpenCode by ACP says no more than that
    const ran = await run(definition(), environment(server.url, scratch.env.HOME!), refused);
    expect(ran.verdict, ran.stderr).toMatchObject({ outcome: 'auth' });
  });

  it('passes its check', { timeout: MINUTES }, async () => {
    expect(await adapterOf(definition(), scratch.env).check()).toMatchObject({ ok: true });
  });
});

it('codex in its own sandbox can commit in a linked worktree, and write nowhere else', async () => {
  const workspace = join(scratch.root, 'linked');
  scratch.git('worktree', 'add', '-q', '-b', 'task', workspace);
  // Everything of this test is in /tmp, where the sandbox lets everybody write unless it is told otherwise.
  const args = ['exclude_slash_tmp', 'exclude_tmpdir_env_var'].flatMap((name) => [
    '-c',
    `sandbox_workspace_write.${name}=true`,
  ]);
  const definition = { type: 'codex', command: codexBinary(), sandbox: 'workspace-write', args };
  const outside = join(scratch.env.HOME!, 'x');
  const ran = await run(
    definition,
    codexEnv(server.url, scratch.root),
    [
      {
        bash: `echo hi > hi.txt && git add -A && git commit -qm inside; touch ${scratch.repo}/.git/config2 ${outside}`,
      },
      { say: 'Done.' },
    ],
    workspace,
  );
  expect(ran.verdict.outcome).toBe('success');
  expect(scratch.git('log', '-1', '--format=%s', 'task')).toBe('inside');
  // By what is on the disk: now and then Codex says nothing of a command that took a moment only (measured: 0.169.0).
  expect([join(scratch.repo, '.git/config2'), outside].filter((path) => existsSync(path))).toEqual([]);
});
