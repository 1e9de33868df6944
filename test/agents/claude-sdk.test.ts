import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClaudeSdkAdapter } from '../../src/agent/claude-sdk.ts';
import type { ClaudeSdkSettings } from '../../src/agent/claude-sdk-options.ts';
import { processes } from '../../src/process/table.ts';
import { type AgentRun, runAgent, startAgent } from '../rig/agent-run.ts';
import { claudeBinary, claudeEnv, sdkModule } from '../rig/claude.ts';
import { fileSays } from '../rig/file-says.ts';
import { type ModelServer, type Step, script, startModelServer } from '../rig/model-server.ts';
import { compiled } from '../rig/package.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

// Our client as a process of its own, the real SDK and the real Claude Code against a model server on loopback.

let server: ModelServer;
let scratch: Scratch;
let folder: string;

beforeAll(async () => {
  folder = compiled();
  server = await startModelServer();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const isRoot = process.getuid?.() === 0;
const environment = () => ({ ...scratch.env, ...claudeEnv(server.url, scratch.root) });

function agent(settings: ClaudeSdkSettings = {}) {
  const load = `import(${JSON.stringify(join(folder, 'agent/claude-sdk-start.js'))}).then(({ start }) => start())`;
  const sdkClient = [process.execPath, '--input-type=module', '--eval', load, '--'];
  const machine = { isRoot, baseEnv: environment(), baseDir: scratch.repo, acpClient: [], sdkClient };
  return createClaudeSdkAdapter({ command: claudeBinary(), module: sdkModule(), ...settings }, machine);
}

function options(prompt: string, session: string = randomUUID()) {
  const context = { task: 'task-001', title: 'Users', attempt: 1, workspace: scratch.repo, session };
  return { env: environment(), prompt, dir: scratch.root, context };
}

const run = (prompt: string, settings?: ClaudeSdkSettings): Promise<AgentRun> =>
  runAgent(agent(settings), options(prompt));

const asked = () => JSON.stringify(server.requests().at(-1)!.messages);
const claim = { task_completed: true, tests_run: 2, summary: 'Added the user model.' };
const form: Step = { tool: { name: 'StructuredOutput', args: claim } };

describe('a task through the SDK', () => {
  it('is done with its tools; its claim is the structured output, its cost is reported', async () => {
    const file = join(scratch.repo, 'src/users.ts');
    const ran = await run(
      script([
        { text: 'I will write the model.', write: { path: file, content: 'export {};\n' } },
        { bash: 'git add -A && git commit -qm "users: model" && touch .claude-task-complete' },
        form,
      ]),
    );
    expect(ran.verdict).toMatchObject({
      outcome: 'success',
      message: 'Added the user model.',
      claim,
      tokens: { input: 3000, output: 150 },
      cost: { usd: 0.015, source: 'reported' },
    });
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toBe('');
    expect(scratch.git('log', '--format=%s')).toBe('users: model\ninitial');
    expect(existsSync(join(scratch.repo, '.claude-task-complete'))).toBe(true);
    expect(ran.events[0]).toMatchObject({ type: 'session', version: '2.1.330' });
    expect(ran.events.at(-1)).toEqual({ type: 'finished' });
    expect(ran.log).toMatch(
      /→ Write [^\n]*src\/users\.ts\n.*→ StructuredOutput Added the user model\..*■ success, \d turns/s,
    );
    expect(
      toolsOf(ran).filter((tool) => /Worktree|Wakeup|Cron|Monitor|Workflow|SendMessage|ListAgents/.test(tool)),
    ).toEqual([]);
  });

  it('has context, contracts and CLAUDE.md in its system prompt, and not a second time in its prompt', async () => {
    scratch.write('CLAUDE.md', 'Always use tabs.\n');
    const ran = await run(
      `TASK\n\n=== CONTEXT ===\nDjango 5.\n\n=== OBJECTIVE ===\nUsers.\n\n=== CONTRACTS ===\nclass User\n\n=== X ===\n${script([form])}`,
    );
    expect(ran.verdict.outcome).toBe('success');
    const [system, ...others] = server.requests().at(-1)!.messages;
    expect(system).toMatchObject({ role: 'system' });
    for (const text of ['Django 5.', 'class User', 'Always use tabs.', 'You are Claude Code']) {
      expect(JSON.stringify(system)).toContain(text);
      expect(JSON.stringify(others)).not.toContain(text);
    }
    expect(JSON.stringify(others)).toContain('=== OBJECTIVE ===\\nUsers.');
  });

  it('claims in its words when it gives no structured output', async () => {
    const said = `Done.\n\`\`\`json\n${JSON.stringify(claim)}\n\`\`\``;
    expect((await run(script([{ say: said }]))).verdict).toMatchObject({ outcome: 'success', claim });
  });

  it('goes on with a session that was cut off, with the system prompt that it had', async () => {
    const session = randomUUID();
    const first = `=== CONTEXT ===\nDjango 5.\n\n=== OBJECTIVE ===\n${script([form])}`;
    await runAgent(agent(), options(first, session));
    const given = options('Go on.', randomUUID());
    const resume = { session, spentUsd: 0.005 };
    const ran = await runAgent(agent(), { ...given, context: { ...given.context, resume } });
    expect(ran.events[0]).toMatchObject({ type: 'session', id: session });
    expect(ran.verdict).toMatchObject({ outcome: 'success', cost: { source: 'reported' } });
    expect(asked()).toContain('Django 5.');
    expect(asked()).toContain('Go on.');
  });

  it('takes the role of a plugin, further arguments, and runs no hook of the repository', async () => {
    const [plugin, trace] = [join(scratch.root, 'plugin'), join(scratch.root, 'hook-ran')];
    mkdirSync(join(plugin, '.claude-plugin'), { recursive: true });
    mkdirSync(join(plugin, 'agents'));
    writeFileSync(join(plugin, '.claude-plugin/plugin.json'), '{"name":"experts","version":"1.0.0"}');
    const expert = '---\nname: django\ndescription: Django\n---\nYou are the Django expert.\n';
    writeFileSync(join(plugin, 'agents/django.md'), expert);
    const hook = { hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `touch ${trace}` }] }] } };
    scratch.commit('hook', { '.claude/settings.json': JSON.stringify(hook) });
    const given = options(`=== CONTEXT ===\nDjango 5.\n\n=== OBJECTIVE ===\n${script([form])}`);
    const context = { ...given.context, role: 'experts:django', model: 'claude-sonnet-5' };
    const ran = await runAgent(agent({ args: ['--plugin-dir', plugin] }), { ...given, context });
    expect(ran.verdict.outcome).toBe('success');
    expect(asked()).toContain('You are the Django expert.');
    expect(asked()).toContain('Django 5.');
    expect(server.requests().at(-1)!.model).toBe('claude-sonnet-5');
    expect(existsSync(trace)).toBe(false);
  });
});

describe('it ends with', () => {
  it.each<[string, Step[], ClaudeSdkSettings, number, string, RegExp]>([
    ['a refused key', [{ status: 401 }], {}, 1, 'auth', /not logged in \(401\)/],
    ['a usage limit', [{ status: 429 }], {}, 1, 'rate-limited', /429/],
    ['too many turns', [{ bash: 'echo 1' }, { bash: 'echo 2' }, form], { maxTurns: 1 }, 1, 'max-turns', /maxTurns/],
    [
      'its budget',
      [{ bash: 'echo 1', usage: { input_tokens: 100_000, output_tokens: 1000 } }, form],
      { maxBudgetUsd: 0.1 },
      1,
      'budget',
      /maxBudgetUsd/,
    ],
    [
      'the complaint of Claude Code',
      [],
      { args: ['--no-such-flag'] },
      1,
      'agent-error',
      /began \(exit 1\): .*no-such-flag/,
    ],
    ['no Claude Code', [], { command: '/no/such/claude' }, 127, 'agent-error', /not found at \/no\/such\/claude/],
    ['no SDK', [], { module: '/no/such/sdk' }, 127, 'agent-error', /could not be loaded/],
    ['a module that is another one', [], { module: 'zod' }, 127, 'agent-error', /no query\(\)/],
  ])('%s', async (_, steps, settings, exit, outcome, message) => {
    const ran = await run(script(steps), { maxRetries: 1, ...settings });
    expect(ran.verdict).toMatchObject({ outcome, message: expect.stringMatching(message) });
    expect(ran.exit).toBe(exit);
  });

  it('the complaint of Claude Code when it may not start as root', async () => {
    const { verdict } = await run(script([form]), { env: { IS_SANDBOX: null } });
    expect(verdict).toMatchObject(
      isRoot ? { outcome: 'agent-error', message: expect.stringContaining('IS_SANDBOX=1') } : { outcome: 'success' },
    );
  });
});

describe('asked to end', () => {
  it('while it waits for the model, it says what it cost', async () => {
    const gate = randomUUID();
    const running = await startAgent(agent(), options(script([{ bash: 'echo 1' }, { hold: gate, say: 'never' }])));
    await server.held(gate);
    running.kill('SIGTERM');
    const ran = await running.ended;
    expect(ran).toMatchObject({
      signal: 'SIGTERM',
      verdict: { outcome: 'cancelled', tokens: { input: 1000 }, cost: { usd: 0.005, source: 'reported' } },
    });
    server.release(gate);
  });

  it('in the middle of a tool, it ends that too', async () => {
    const given = options(script([{ bash: 'echo $$ >tool; mkfifo hold; read x <hold' }, form]));
    const running = await startAgent(agent(), given);
    await fileSays(join(scratch.repo, 'tool'), (text) => text.endsWith('\n'));
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({
      signal: 'SIGINT',
      verdict: { outcome: 'cancelled', cost: { usd: 0.005, source: 'reported' } },
    });
    expect(isRunning(Number(readFileSync(join(scratch.repo, 'tool'), 'utf8')))).toBe(false);
  });

  it.each([
    ['does not answer', '{"type":"system","subtype":"init","session_id":"s"}'],
    ['has not begun', '{"type":"system","subtype":"status"}'],
  ])('it is ended all the same when Claude Code %s', async (_, words) => {
    const deaf = join(scratch.root, 'deaf');
    writeFileSync(deaf, `#!/bin/sh\necho $$ >"$0.pid"\necho '${words}'\nwhile read -r line; do :; done\n`);
    chmodSync(deaf, 0o755);
    const given = options('x');
    const running = await startAgent(agent({ command: deaf }), given);
    await fileSays(join(scratch.root, `${given.context.session}.transcript`));
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ signal: 'SIGTERM', verdict: { cost: { usd: null } } });
    expect(isRunning(Number(readFileSync(`${deaf}.pid`, 'utf8')))).toBe(false);
  });
});

it('its check knows both versions, and what to install', async () => {
  expect(await agent().check()).toEqual({
    ok: true,
    version: '0.3.330 with Claude Code 2.1.330',
    path: claudeBinary(),
  });
  expect(await agent({ module: './no/sdk' }).check()).toMatchObject({
    ok: false,
    message: expect.stringContaining('the Claude Agent SDK was not found: there is no module ./no/sdk'),
    hint: expect.stringContaining('npm install --save-dev @anthropic-ai/claude-agent-sdk'),
  });
});

const toolsOf = (ran: AgentRun) =>
  (JSON.parse(ran.transcript.split('\n').find((line) => line.includes('"init"'))!) as { tools: string[] }).tools;

function isRunning(pid: number): boolean {
  return processes.row(pid)?.zombie === false;
}
