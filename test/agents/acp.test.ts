import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAcpAdapter } from '../../src/agent/acp.ts';
import type { AcpSettings } from '../../src/agent/acp-options.ts';
import { describeAgentAdapter } from '../contract/agent-adapter.ts';
import { type AgentRun, runAgent, startAgent } from '../rig/agent-run.ts';
import { fileSays } from '../rig/file-says.ts';
import { compiled } from '../rig/package.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { recorded } from '../rig/transcript.ts';

// The real ACP client, as a process of its own, with a real agent on the other end: a small scripted one.

let scratch: Scratch;
let folder: string;

beforeAll(() => {
  folder = compiled();
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const AGENT = join(import.meta.dirname, '../rig/acp-agent.mjs');

function agent(settings: Partial<AcpSettings> = {}, behaviour = '') {
  const acpClient = [
    process.execPath,
    '--input-type=module',
    '--eval',
    `import(${JSON.stringify(join(folder, 'agent/acp-start.js'))}).then(({ start }) => start())`,
    '--',
  ];
  const machine = { isRoot: false, baseEnv: scratch.env, baseDir: scratch.repo, acpClient, sdkClient: [] };
  return createAcpAdapter({ command: [process.execPath, AGENT, behaviour], ...settings }, machine, 'scripted');
}

function options(steps: object[]) {
  const prompt = `# Task\n<<ACP>>${JSON.stringify(steps)}<</ACP>>\n`;
  const context = { task: 'task-001', title: 'Users', attempt: 1, workspace: scratch.repo, session: randomUUID() };
  return { env: scratch.env, prompt, dir: scratch.root, context };
}

const run = (steps: object[], settings?: Partial<AcpSettings>, behaviour?: string): Promise<AgentRun> =>
  runAgent(agent(settings, behaviour), options(steps));

describeAgentAdapter({
  name: 'acp',
  adapter: () => agent(),
  missing: () => agent({ command: '/no/such/agent' }),
  success: { transcript: recorded('acp-success'), summary: 'Added hello.' },
  failure: { transcript: recorded('acp-auth'), exit: 1 },
  skip: [
    {
      case: 'a command line is another one for another session or task',
      reason: 'an ACP agent names its sessions itself',
    },
    { case: 'a role is passed on', reason: 'ACP has no roles' },
  ],
});

describe('a task for an agent that speaks ACP', () => {
  it('is done with its tools, and its words come by the line', async () => {
    const claim = '```json\n{"task_completed": true, "summary": "Added hello."}\n```';
    const ran = await run([
      { say: 'I will write\nthe file.' },
      { bash: 'echo hello > hello.txt && git add -A && git commit -qm hello && git log --format=%s' },
      { cost: 0.5 },
      { say: `All done.\n${claim}` },
    ]);
    expect(ran.verdict).toEqual({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, summary: 'Added hello.' },
      tokens: { input: 100, output: 20, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: 0.5, source: 'reported' },
    });
    expect(ran.exit).toBe(0);
    expect(scratch.git('log', '--format=%s')).toBe('hello\ninitial');
    expect(ran.events[0]).toEqual({ type: 'session', id: 's-1', version: '1.2.3' });
    expect(ran.log).toBe(`● session s-1, scripted 1.2.3
I will write
the file.
→ echo hello > hello.txt && git add -A && git commit -qm hello && git log --format=%s
← hello
  initial
All done.
${claim}
■ success`);
  });

  it('gets the model and the mode that were asked for', async () => {
    const ran = await run([{ tell: 'settings' }], { model: 'large', mode: 'yolo', auth: 'key' });
    expect(ran.verdict).toMatchObject({ outcome: 'success', message: 'model large, mode yolo' });
  });

  it('is not done by another model than the one that was asked for', async () => {
    const ran = await run([{ say: 'x' }], { model: 'large' }, 'no-models');
    expect(ran.verdict).toMatchObject({
      outcome: 'agent-error',
      message: expect.stringContaining('choose the model large'),
    });
  });

  it('may change what is inside its workspace, and nothing else', async () => {
    const outside = join(scratch.root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(scratch.repo, 'link'));
    const paths = [join(scratch.repo, 'new/a.txt'), join(outside, 'a.txt'), join(scratch.repo, 'link/a.txt'), '../x'];
    const ran = await run([
      ...paths.map((path) => ({ ask: { path } })),
      { ask: { path: '/etc/hosts', kind: 'read' } },
      ...paths.slice(0, 3).map((path) => ({ write: { path, content: 'hi' } })),
    ]);
    const said = ran.log.split('\n').filter((line) => !/^[●■✗✓]/.test(line));
    expect(said).toEqual([
      `${paths[0]}: once`,
      `${paths[1]}: no`,
      `${paths[2]}: no`,
      '../x: no',
      '/etc/hosts: once',
      'written',
      `${paths[1]} is outside the workspace`,
      `${paths[2]} is outside the workspace`,
    ]);
    expect(ran.log).toContain(`✗ not allowed: Edit ${paths[1]}`);
    expect(readFileSync(paths[0]!, 'utf8')).toBe('hi');
    expect(existsSync(join(outside, 'a.txt'))).toBe(false);
  });

  it.each([
    ['all', 'once'],
    ['none', 'no'],
  ] as const)('is answered %s with the permissions of the config', async (permissions, answer) => {
    const ran = await run([{ ask: { path: '/etc/x' } }, { ask: { path: 'a' } }], { permissions });
    expect(ran.log.split('\n').filter((line) => /^[/a]/.test(line))).toEqual([`/etc/x: ${answer}`, `a: ${answer}`]);
  });

  it.each([
    ['a refused key', [{ fail: { code: 401, message: 'bad key' } }], '', 1, 'auth', 'refused the key (401)'],
    ['no login', [], 'locked', 1, 'auth', 'is not logged in'],
    [
      'a rate limit',
      [{ fail: { code: -32603, message: 'Internal error', data: { status: 429 } } }],
      '',
      1,
      'rate-limited',
      '(429)',
    ],
    ['no network', [{ fail: { code: -32603, message: 'fetch failed' } }], '', 1, 'network', 'could not be reached'],
    [
      'an error of its own',
      [{ fail: { code: -32603, message: 'oh no' } }],
      '',
      1,
      'agent-error',
      'ended with an error: oh no',
    ],
    ['a limit told in the chat', [{ say: "You've hit your usage limit." }], '', 0, 'rate-limited', 'usage limit'],
    ['a refusal', [{ stop: 'refusal' }], '', 0, 'agent-error', 'stopped with refusal'],
    ['too many turns', [{ stop: 'max_turn_requests' }], '', 0, 'max-turns', 'too many requests'],
    ['its death', [{ say: 'x' }, { exit: 5 }], '', 1, 'crashed', 'ended (exit 5) before its turn did'],
    ['its death before a word', [], 'dies', 1, 'agent-error', 'ended (exit 7)'],
    ['a line that is no JSON', [{ say: 'fine' }], 'babbles', 0, 'success', 'fine'],
  ])('ends with %s', async (_, steps, behaviour, exit, outcome, message) => {
    const ran = await run(steps, {}, behaviour);
    expect(ran.verdict).toMatchObject({ outcome, message: expect.stringContaining(message) });
    expect(ran.exit).toBe(exit);
  });

  it('is not started when its program is not there', async () => {
    const ran = await run([], { command: ['no-such-acp-agent'] });
    expect(ran).toMatchObject({ exit: 127, verdict: { message: expect.stringContaining('could not be started') } });
  });

  it.each(['', 'deaf'])('is cancelled by SIGTERM, whether it obeys or not (%j)', async (behaviour) => {
    const given = options([{ wait: true }]);
    const running = await startAgent(agent({}, behaviour), given);
    await fileSays(join(scratch.root, `${given.context.session}.transcript`), (text) => text.includes('waiting'));
    running.kill('SIGTERM');
    const ran = await running.ended;
    expect(ran).toMatchObject({ signal: 'SIGTERM', verdict: { outcome: 'cancelled' } });
  });
});
