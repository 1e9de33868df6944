import { describe, expect, it } from 'vitest';
import { describeAgentAdapter } from '../../test/contract/agent-adapter.ts';
import { fed, recorded } from '../../test/rig/transcript.ts';
import { createGeminiAdapter } from './gemini.ts';
import { createGeminiReader } from './gemini-reader.ts';
import { renderGeminiLine } from './gemini-render.ts';
import type { ProgramSettings } from './program.ts';

// Transcripts recorded from Gemini CLI 0.61.0. The real one runs in test/agents-big.

const WORKSPACE = '/home/dev/project';
const machine = { isRoot: false, baseEnv: { PATH: '' }, baseDir: '/', acpClient: [], sdkClient: [] };
const gemini = (settings: ProgramSettings = {}) => createGeminiAdapter(settings, machine);
const read = (text: string, exit: number | null, signal: string | null = null, stderr = '') =>
  fed(createGeminiReader({ workspace: WORKSPACE }), text, { exit, signal, stderr });

describeAgentAdapter({
  name: 'gemini',
  adapter: () => gemini(),
  missing: () => gemini({ command: '/no/such/gemini' }),
  success: { transcript: recorded('gemini-success'), summary: 'Added hello.' },
  failure: { transcript: recorded('gemini-401'), exit: 145 },
  skip: [
    {
      case: 'a command line is another one for another session or task',
      reason: 'Gemini CLI names its sessions itself',
    },
    { case: 'a role is passed on', reason: 'Gemini CLI has no roles' },
    { case: 'a program that is there passes its check', reason: 'the real one is there in npm run test:agents' },
  ],
});

describe('a transcript of Gemini CLI', () => {
  it('that ends with success is one', () => {
    const reading = read(recorded('gemini-success'), 0);
    expect(reading.verdict).toEqual({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, tests_run: 2, summary: 'Added hello.' },
      ranTests: false,
      tokens: { input: 3000, output: 150, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: null, source: 'unknown' },
    });
    expect(reading.activities.slice(0, 3)).toEqual([
      'I will write the file.',
      'write_file hello.txt',
      'run_shell_command git add -A && git commit -qm hello && git log --format=%s',
    ]);
    expect(reading.events[0]).toEqual({
      type: 'session',
      id: '88fe50c7-37c7-457e-a526-97d5de902e89',
      model: 'gemini-2.5-flash',
    });
    expect(reading.finishes).toBe(1);
  });

  const failed = (message: string) => `{"type":"result","status":"error","error":${JSON.stringify({ message })}}`;

  it.each([
    [recorded('gemini-401'), 145, null, '', 'auth', 'run `gemini` once'],
    ['', 145, null, '', 'auth', '(401)'],
    ['', 41, null, '', 'auth', 'not logged in'],
    [failed('[API Error: {"error":{"code":429}}]'), 1, null, '', 'rate-limited', '(429)'],
    [failed('You exceeded your current quota'), 1, null, '', 'rate-limited', 'its limit'],
    [failed('fetch failed'), 1, null, '', 'network', 'could not be reached'],
    [failed('oh'), 1, null, '', 'agent-error', 'Gemini CLI said: oh'],
    ['{"type":"init","session_id":"x"}', 0, null, '', 'crashed', 'without a result'],
    ['{"type":"init","session_id":"x"}', null, 'SIGKILL', '', 'crashed', 'ended by SIGKILL'],
    ['', 55, null, 'untrusted folder', 'agent-error', 'before it began (exit 55): untrusted folder'],
  ])('%j with exit %s, signal %s, stderr %j is %s', (text, exit, signal, stderr, outcome, message) => {
    expect(read(text, exit, signal, stderr).verdict).toMatchObject({
      outcome,
      message: expect.stringContaining(message),
    });
  });

  it('reads as a log', () => {
    const log = recorded('gemini-success')
      .split('\n')
      .flatMap((line) => renderGeminiLine(line) ?? []);
    expect(log.slice(0, 5)).toEqual([
      '● session 88fe50c7-37c7-457e-a526-97d5de902e89, gemini-2.5-flash, Gemini CLI',
      'I will write the file.',
      '→ write_file /home/dev/project/hello.txt',
      '→ run_shell_command git add -A && git commit -qm hello && git log --format=%s',
      '← hello',
    ]);
    expect(log.at(-1)).toBe('■ success, 3000 tokens in, 150 out');
  });
});

it('the command line of Gemini CLI is the one that was measured to work', () => {
  const context = { task: 't', title: 'T', attempt: 1, workspace: WORKSPACE, promptFile: '/p', session: 's' };
  expect(gemini({ model: 'flash', args: ['--debug'] }).command(context)).toEqual({
    argv: ['gemini', '--yolo', '--output-format=stream-json', '--model=flash', '--debug'],
    env: { GEMINI_CLI_NO_RELAUNCH: 'true', GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    stdin: 'prompt',
  });
});
