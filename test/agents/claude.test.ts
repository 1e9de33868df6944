import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClaudeAdapter } from '../../src/agent/claude.ts';
import type { ClaudeSettings } from '../../src/agent/claude-command.ts';
import { describeAgentAdapter } from '../contract/agent-adapter.ts';
import { type AgentRun, runAgent, startAgent } from '../rig/agent-run.ts';
import { claudeBinary, claudeEnv } from '../rig/claude.ts';
import { type ModelServer, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

// The real Claude Code against a model server on loopback. Each run starts a process of a second or two.

let server: ModelServer;
let scratch: Scratch;
let url: string;

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(async () => {
  await server?.stop();
});
beforeEach(() => {
  scratch = scratchRepository();
  url = server.url;
});
afterEach(() => {
  scratch.remove();
});

const isRoot = process.getuid?.() === 0;

function environment(): NodeJS.ProcessEnv {
  return { ...scratch.env, ...claudeEnv(url, scratch.root) };
}

function claude(settings: ClaudeSettings = {}) {
  return createClaudeAdapter(
    { command: claudeBinary(), ...settings },
    { isRoot, baseEnv: environment(), baseDir: scratch.repo, acpClient: [], sdkClient: [] },
  );
}

function options(prompt: string, more: { role?: string } = {}) {
  const context = {
    task: 'task-001',
    title: 'Users',
    attempt: 1,
    workspace: scratch.repo,
    session: randomUUID(),
    ...more,
  };
  return { env: environment(), prompt, dir: scratch.root, context };
}

function run(prompt: string, settings?: ClaudeSettings, more?: { role?: string }): Promise<AgentRun> {
  return runAgent(claude(settings), options(prompt, more));
}

const summaries = (ran: AgentRun) =>
  ran.events.flatMap((event) => (event.type === 'activity' ? [event.activity.summary] : []));

const recorded = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../src/agent/fixtures/${name}.jsonl`), 'utf8');

describeAgentAdapter({
  name: 'claude',
  adapter: () => claude(),
  missing: () => claude({ command: '/no/such/claude' }),
  success: { transcript: recorded('claude-subagent'), summary: 'Added b.' },
  failure: { transcript: recorded('claude-401'), exit: 1 },
});

describe('a task', () => {
  it('is told what the repository asks of agents, although its settings are not loaded', async () => {
    scratch.write('CLAUDE.md', 'Always use tabs in this repository.\n');
    const before = server.requests().length;
    await run(script([{ say: 'Understood.' }]));
    const asked = JSON.stringify(
      server
        .requests()
        .slice(before)
        .map((request) => request.messages),
    );
    expect(asked).toContain('Always use tabs in this repository.');
  });

  it('is done with tool calls that write, commit and touch the marker', async () => {
    const claim = { task_completed: true, tests_run: 2, summary: 'Added the user model.' };
    const prompt = `# Task\n\nPlease.\n\n${script([
      { text: 'I will write the model.', write: { path: join(scratch.repo, 'src/users.ts'), content: 'export {};\n' } },
      { bash: 'git add -A && git commit -qm "users: model"' },
      { bash: 'touch .claude-task-complete && env | grep -c COPSE_TEST_MARK' },
      { say: `Done.\n\`\`\`json\n${JSON.stringify(claim)}\n\`\`\`` },
    ])}\n\nMore text.`;
    const given = options(prompt);
    given.env = { ...given.env, COPSE_TEST_MARK: '1', CLAUDECODE: '1', CLAUDE_CODE_ENTRYPOINT: 'cli' };
    const ran = await runAgent(claude(), given);

    expect(ran.verdict).toMatchObject({
      outcome: 'success',
      message: 'Added the user model.',
      claim,
      tokens: { input: 4000, output: 200 },
      cost: { source: 'reported' },
    });
    expect(ran.verdict.cost.usd).toBeGreaterThan(0);
    expect(ran.exit).toBe(0);
    expect(scratch.git('log', '--format=%s')).toBe('users: model\ninitial');
    expect(readFileSync(join(scratch.repo, 'src/users.ts'), 'utf8')).toBe('export {};\n');
    expect(existsSync(join(scratch.repo, '.claude-task-complete'))).toBe(true);

    expect(ran.events[0]).toMatchObject({ type: 'session', id: given.context.session, version: '2.1.330' });
    expect(ran.events.at(-1)).toEqual({ type: 'finished' });
    expect(summaries(ran).slice(0, 3)).toEqual([
      'I will write the model.',
      'Write src/users.ts',
      'Bash git add -A && git commit -qm "users: model"',
    ]);
    expect(ran.log).toContain('→ Bash git add -A');
    expect(ran.log).toContain('■ success, 4 turns');
  });

  it('can only use tools that stay inside the attempt', async () => {
    const ran = await run(script([{ say: 'ok' }]));
    const { tools } = JSON.parse(ran.transcript.split('\n')[0]!) as { tools: string[] };
    expect(tools).toEqual(expect.arrayContaining(['Bash', 'Write', 'Edit', 'Read']));
    expect(tools.filter((tool) => /Worktree|Wakeup|Cron|Monitor|Workflow|SendMessage|ListAgents/.test(tool))).toEqual(
      [],
    );
  });

  it('is carried out in the role of a plugin, and roles are asked without a request', async () => {
    const plugin = join(scratch.root, 'plugin');
    mkdirSync(join(plugin, '.claude-plugin'), { recursive: true });
    mkdirSync(join(plugin, 'agents'));
    writeFileSync(join(plugin, '.claude-plugin/plugin.json'), '{"name":"python-experts","version":"1.0.0"}');
    writeFileSync(
      join(plugin, 'agents/django-expert.md'),
      '---\nname: django-expert\ndescription: Django\n---\nYou are the Django expert.\n',
    );
    const settings = { args: ['--plugin-dir', plugin] };
    const before = server.requests().length;
    const roles = await claude(settings).roles!(
      ['python-experts:django-expert', 'python-experts:other', 'x'],
      scratch.repo,
    );
    expect(roles).toEqual(new Set(['python-experts:django-expert']));
    expect(server.requests()).toHaveLength(before);

    const ran = await run(script([{ say: 'ok' }]), settings, { role: 'python-experts:django-expert' });
    expect(ran.verdict.outcome).toBe('success');
    expect(JSON.stringify(server.requests().at(-1)!.messages[0])).toContain('You are the Django expert.');
  });

  it('counts what its sub-agents used', async () => {
    const prompt = script([{ bash: 'echo sub' }, { say: 'sub-agent done' }]);
    const agent = { name: 'Agent', args: { description: 'look', prompt, subagent_type: 'general-purpose' } };
    const ran = await run(script([{ tool: agent }, { say: 'done' }]));
    expect(ran.verdict).toMatchObject({ outcome: 'success', message: 'done', tokens: { input: 4000, output: 200 } });
    expect(summaries(ran)).toEqual(['Agent general-purpose look', 'general-purpose: Bash echo sub', 'done']);
  });

  it('does not run hooks of the repository', async () => {
    const trace = join(scratch.root, 'hook-ran');
    const hook = { hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `touch ${trace}` }] }] } };
    scratch.commit('hook', { '.claude/settings.json': JSON.stringify(hook) });
    expect((await run(script([{ say: 'ok' }]))).verdict.outcome).toBe('success');
    expect(existsSync(trace)).toBe(false);
    await run(script([{ say: 'ok' }]), { settingSources: 'user,project' });
    expect(existsSync(trace)).toBe(true);
  });
});

describe('the API', () => {
  it('is overloaded once, and the task goes on', async () => {
    const ran = await run(script([{ status: 529, times: 1 }, { bash: 'echo hello' }, { say: 'done' }]));
    expect(ran.verdict).toMatchObject({ outcome: 'success', message: 'done' });
    expect(summaries(ran)).toEqual(['retry 1/2 after 529', 'Bash echo hello', 'done']);
  });

  it.each([
    [401, 'auth', /not logged in \(401\): run `claude` once/],
    [403, 'auth', /403/],
    [404, 'agent-error', /404.*model/],
    [429, 'rate-limited', /429/],
    [529, 'overloaded', /529/],
  ] as const)('fails with %i', async (status, outcome, message) => {
    const ran = await run(script([{ status }]), { maxRetries: 1 });
    expect(ran.verdict).toMatchObject({ outcome, cost: { usd: 0, source: 'reported' } });
    expect(ran.verdict.message).toMatch(message);
    expect(ran.exit).toBe(1);
  });

  it('cannot be reached', async () => {
    url = `http://127.0.0.1:${await closedPort()}`;
    const ran = await run(script([{ say: 'ok' }]), { maxRetries: 1 });
    expect(ran.verdict.outcome).toBe('network');
    expect(summaries(ran)[0]).toBe('retry 1/1 after no answer from the API');
  });

  it('cuts the stream', async () => {
    const ran = await run(script([{ cut: 'x'.repeat(400) }]), { maxRetries: 1 });
    expect(ran.verdict.outcome).toBe('network');
  });
});

describe('limits', () => {
  it('stops at the limit of turns', async () => {
    const ran = await run(script([{ bash: 'echo 1' }, { bash: 'echo 2' }, { say: 'never' }]), { maxTurns: 1 });
    expect(ran.verdict).toMatchObject({ outcome: 'max-turns', tokens: { input: 1000 } });
  });

  it('stops at the budget, with what it really spent', async () => {
    const usage = { input_tokens: 100_000, output_tokens: 1000 };
    const ran = await run(script([{ bash: 'echo 1', usage }, { say: 'never' }]), { maxBudgetUsd: 0.1 });
    expect(ran.verdict).toMatchObject({ outcome: 'budget', tokens: { input: 100_000, output: 1000 } });
    expect(ran.verdict.cost.usd).toBeGreaterThan(0.1);
  });
});

describe('ended from outside', () => {
  it.each([
    ['SIGTERM', { exit: null, signal: 'SIGTERM' }, 'crashed'],
    ['SIGINT', { exit: 0, signal: null }, 'cancelled'],
  ] as const)('%s while it waits for the model', async (signal, ending, outcome) => {
    const gate = randomUUID();
    const agent = await startAgent(claude(), options(script([{ hold: gate, say: 'never' }])));
    await server.held(gate);
    agent.kill(signal);
    const ran = await agent.ended;
    expect(ran).toMatchObject({ ...ending, verdict: { outcome } });
    server.release(gate);
  });
});

describe('check', () => {
  it('finds the binary and its version', async () => {
    expect(await claude().check()).toEqual({ ok: true, version: '2.1.330', path: claudeBinary() });
  });

  it('knows that nobody is logged in', async () => {
    const check = await claude({ env: { ANTHROPIC_API_KEY: null } }).check();
    expect(check).toMatchObject({ ok: false, message: expect.stringContaining('not logged in') });
    const ran = await run(script([{ say: 'ok' }]), { env: { ANTHROPIC_API_KEY: null } });
    expect(ran.verdict).toMatchObject({ outcome: 'auth', message: expect.stringContaining('run `claude` once') });
  });

  it('says what a broken binary said', async () => {
    const broken = join(scratch.root, 'claude');
    writeFileSync(broken, '#!/bin/sh\necho "no such libc" >&2\nexit 3\n');
    chmodSync(broken, 0o755);
    expect(await claude({ command: broken }).check()).toMatchObject({
      ok: false,
      message: expect.stringContaining('no such libc'),
    });
  });
});

it('starts as root because the adapter says that this is a sandbox, and says what to do when it may not', async () => {
  const { env } = claude().command({ ...options('').context, promptFile: '/p' });
  expect(env.IS_SANDBOX).toBe(isRoot ? '1' : undefined);
  const { verdict } = await run(script([{ say: 'ok' }]), { env: { IS_SANDBOX: null } });
  if (isRoot) {
    expect(verdict).toMatchObject({ outcome: 'agent-error', message: expect.stringContaining('IS_SANDBOX=1') });
  } else {
    expect(verdict.outcome).toBe('success');
  }
});

/** A port of loopback that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => resolve(port));
    });
  });
}
