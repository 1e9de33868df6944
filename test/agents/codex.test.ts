import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCodexAdapter } from '../../src/agent/codex.ts';
import type { CodexSettings } from '../../src/agent/codex-command.ts';
import { describeAgentAdapter } from '../contract/agent-adapter.ts';
import { runAgent, startAgent } from '../rig/agent-run.ts';
import { codexBinary, codexEnv } from '../rig/codex.ts';
import { type ModelServer, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { recorded } from '../rig/transcript.ts';

// The real Codex against a model server on loopback. Each run starts a process of about a second.

let server: ModelServer;
let scratch: Scratch;

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server?.stop());
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const environment = () => ({ ...scratch.env, ...codexEnv(server.url, scratch.root) });

function codex(settings: CodexSettings = {}) {
  const machine = {
    isRoot: process.getuid?.() === 0,
    baseEnv: environment(),
    baseDir: scratch.repo,
    acpClient: [],
    sdkClient: [],
  };
  return createCodexAdapter({ command: codexBinary(), ...settings }, machine);
}

function options(prompt: string, workspace = scratch.repo) {
  const context = { task: 'task-001', title: 'Users', attempt: 1, workspace, session: randomUUID() };
  return { env: environment(), prompt, dir: scratch.root, context };
}

describeAgentAdapter({
  name: 'codex',
  adapter: () => codex(),
  missing: () => codex({ command: '/no/such/codex' }),
  success: { transcript: recorded('codex-success'), summary: 'Added hello.' },
  failure: { transcript: recorded('codex-401'), exit: 1 },
  skip: [
    { case: 'a command line is another one for another session or task', reason: 'Codex names its threads itself' },
    { case: 'a role is passed on', reason: 'Codex has no roles' },
  ],
});

const work = (file: string) =>
  script([
    { text: 'I will write the model.', bash: `mkdir -p src && echo 'export {};' > ${file}` },
    { bash: 'git add -A && git commit -qm "users: model" && touch .claude-task-complete' },
    { say: 'Done.\n```json\n{"task_completed": true, "tests_run": 2, "summary": "Added the user model."}\n```' },
  ]);

describe('a task for Codex', () => {
  it('is done with commands that write, commit and touch the marker', async () => {
    const ran = await runAgent(codex({ model: 'gpt-x' }), options(`# Task\n\n${work('src/users.ts')}\n\nMore text.`));
    expect(ran.verdict).toMatchObject({
      outcome: 'success',
      message: 'Added the user model.',
      claim: { task_completed: true, tests_run: 2 },
      tokens: { input: 3000, output: 150 },
      cost: { usd: null, source: 'unknown' },
    });
    expect(ran.exit).toBe(0);
    expect(scratch.git('log', '--format=%s')).toBe('users: model\ninitial');
    expect(existsSync(join(scratch.repo, '.claude-task-complete'))).toBe(true);
    expect(ran.events[0]).toMatchObject({ type: 'session', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(ran.events.at(-1)).toEqual({ type: 'finished' });
    expect(ran.log).toContain('→ Bash git add -A');
    expect(server.requests().at(-1)).toMatchObject({ path: '/v1/responses', model: 'gpt-x' });
  });

  it.each([
    [401, 'auth', 'run `codex login`'],
    [429, 'rate-limited', '(429)'],
    [500, 'overloaded', 'after all retries'],
  ])('ends at once when the API answers %s', async (status, outcome, message) => {
    const ran = await runAgent(codex(), options(script([{ status }])));
    expect(ran.verdict).toMatchObject({ outcome, message: expect.stringContaining(message) });
    expect(ran.exit).toBe(1);
  });

  it('that is ended by a signal has crashed', async () => {
    const running = await startAgent(codex(), options(script([{ hold: 'codex', say: 'x' }])));
    await server.held('codex');
    running.kill('SIGTERM');
    const ran = await running.ended;
    expect(ran.verdict).toMatchObject({ outcome: 'crashed', message: 'Codex was ended by SIGTERM before its result' });
  });

  it('says what a bad option was', async () => {
    const ran = await runAgent(codex({ args: ['--bad'] }), options('x'));
    expect(ran.verdict).toMatchObject({ outcome: 'agent-error', message: expect.stringContaining('(exit 2)') });
  });
});
