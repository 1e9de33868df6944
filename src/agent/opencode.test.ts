import { describe, expect, it } from 'vitest';
import { describeAgentAdapter } from '../../test/contract/agent-adapter.ts';
import { fed, recorded } from '../../test/rig/transcript.ts';
import { createOpencodeAdapter } from './opencode.ts';
import { createOpencodeReader } from './opencode-reader.ts';
import { renderOpencodeLine } from './opencode-render.ts';
import type { ProgramSettings } from './program.ts';

// Transcripts recorded from OpenCode 1.18.33. The real one runs in test/agents-big.

const WORKSPACE = '/home/dev/project';
const machine = { isRoot: false, baseEnv: { PATH: '' }, baseDir: '/', acpClient: [], sdkClient: [] };
const opencode = (settings: ProgramSettings = {}) => createOpencodeAdapter(settings, machine);
const read = (text: string, exit: number | null, signal: string | null = null, stderr = '') =>
  fed(createOpencodeReader({ workspace: WORKSPACE }), text, { exit, signal, stderr });

describeAgentAdapter({
  name: 'opencode',
  adapter: () => opencode(),
  missing: () => opencode({ command: '/no/such/opencode' }),
  success: { transcript: recorded('opencode-success'), summary: 'Added hello.' },
  failure: { transcript: recorded('opencode-401'), exit: 1 },
  skip: [
    { case: 'a command line is another one for another session or task', reason: 'OpenCode names its sessions itself' },
    { case: 'a role is passed on', reason: 'OpenCode has no roles that copse knows' },
    { case: 'a program that is there passes its check', reason: 'the real one is there in npm run test:agents' },
  ],
});

describe('a transcript of OpenCode', () => {
  it('whose last step has stopped is a success, with the sum of its steps', () => {
    const reading = read(recorded('opencode-success'), 0);
    expect(reading.verdict).toEqual({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, tests_run: 2, summary: 'Added hello.' },
      ranTests: false,
      tokens: { input: 3000, output: 150, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: 0.01875, source: 'reported' },
    });
    expect(reading.activities.slice(0, 3)).toEqual([
      'I will write the file.',
      'write hello.txt',
      'bash git add -A && git commit -qm hello && git log --format=%s',
    ]);
    expect(reading.events[0]).toEqual({ type: 'session', id: 'ses_de8c3de00ffeA87YShGZDY3Tfr' });
    expect(reading.finishes).toBe(1);
    expect(read(recorded('opencode-success'), null, 'SIGTERM').verdict.outcome).toBe('success');
  });

  const cut = recorded('opencode-success').split('\n').slice(0, 4).join('\n');
  const failed = (error: object) => JSON.stringify({ type: 'error', sessionID: 'x', error });

  it.each([
    [recorded('opencode-401'), 1, null, '', 'auth', 'run `opencode auth login`'],
    [failed({ name: 'ProviderAuthError', data: { message: 'no key' } }), 1, null, '', 'auth', 'no key'],
    [failed({ name: 'APIError', data: { message: 'slow', statusCode: 429 } }), 1, null, '', 'rate-limited', '(429)'],
    [failed({ name: 'APIError', data: { message: 'Unable to connect' } }), 1, null, '', 'network', 'not be reached'],
    [failed({ name: 'UnknownError' }), 1, null, '', 'agent-error', 'OpenCode said: UnknownError'],
    [cut, 0, null, '', 'agent-error', 'in the middle of its work (tool-calls)'],
    [cut, null, 'SIGTERM', '', 'crashed', 'ended by SIGTERM'],
    [recorded('opencode-success'), 1, null, 'oh', 'crashed', '(exit 1): oh'],
    ['', 0, null, '', 'crashed', 'without a result'],
    ['', 1, null, 'no such model', 'agent-error', 'no such model'],
  ])('%j with exit %s, signal %s, stderr %j is %s', (text, exit, signal, stderr, outcome, message) => {
    expect(read(text, exit, signal, stderr).verdict).toMatchObject({
      outcome,
      message: expect.stringContaining(message),
    });
  });

  it('reads as a log', () => {
    const log = recorded('opencode-success')
      .split('\n')
      .flatMap((line) => renderOpencodeLine(line) ?? []);
    expect(log.join('\n')).toBe(`I will write the file.
→ write /home/dev/project/hello.txt
← Wrote file successfully.
→ bash git add -A && git commit -qm hello && git log --format=%s
← hello
All done.
\`\`\`json
{"task_completed": true, "tests_run": 2, "summary": "Added hello."}
\`\`\`
■ success`);
  });
});

it('the command line of OpenCode is the one that was measured to work', () => {
  const context = { task: 't', title: 'T', attempt: 1, workspace: WORKSPACE, promptFile: '/p', session: 's' };
  expect(opencode({ model: 'a/b' }).command({ ...context, model: 'c/d' })).toEqual({
    argv: ['opencode', 'run', '--format=json', '--model=c/d'],
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_PERMISSION: '{"*":"allow"}' },
    stdin: 'prompt',
  });
});
