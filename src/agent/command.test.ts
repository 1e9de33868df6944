import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAgentAdapter } from '../../test/contract/agent-adapter.ts';
import { runAgent } from '../../test/rig/agent-run.ts';
import type { AgentContext } from './adapter.ts';
import { type CommandSettings, createCommandAdapter } from './command.ts';
import { createCommandReader } from './command-reader.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'copse-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const machine = () => ({
  isRoot: false,
  baseEnv: { PATH: process.env.PATH },
  baseDir: dir,
  acpClient: [],
  sdkClient: [],
});
const adapter = (settings: CommandSettings) => createCommandAdapter(settings, machine());

const context: AgentContext = {
  task: 'task-001',
  title: 'Users & "orders"; $(rm -rf /)',
  attempt: 2,
  workspace: '/w/task-001',
  promptFile: '/run/prompt.txt',
  model: 'm1',
  role: 'pack:role',
  session: 's-1',
};

describeAgentAdapter({
  name: 'command',
  adapter: () =>
    adapter({ command: ['sh', '-s', '{model}', '--role={role}', '{task}', '--title={title}', '{session}'] }),
  missing: () => adapter({ command: 'no-such-program-at-all' }),
  success: {
    transcript: 'working\n\u001b[32mok\u001b[0m\n{"task_completed": true, "summary": "All written."}\n',
    summary: 'All written.',
  },
  failure: { transcript: 'working\nno', exit: 3 },
});

describe('the argv template', () => {
  it('fills every placeholder, as one word of data', () => {
    const command = [
      'sh',
      '{prompt_file}',
      '{workspace}/x',
      '{task}.{attempt}',
      '{title}',
      '-m{model}',
      '{role}',
      '{session}',
    ];
    expect(adapter({ command }).command(context)).toEqual({
      argv: [
        expect.stringMatching(/^\/.*\/sh$/),
        '/run/prompt.txt',
        '/w/task-001/x',
        'task-001.2',
        'Users & "orders"; $(rm -rf /)',
        '-mm1',
        'pack:role',
        's-1',
      ],
      env: {
        COPSE_PROMPT_FILE: '/run/prompt.txt',
        COPSE_WORKSPACE: '/w/task-001',
        COPSE_TASK: 'task-001',
        COPSE_TITLE: 'Users & "orders"; $(rm -rf /)',
        COPSE_ATTEMPT_NUMBER: '2',
        COPSE_SESSION: 's-1',
        COPSE_MODEL: 'm1',
        COPSE_ROLE: 'pack:role',
      },
      stdin: 'prompt',
    });
  });

  it('keeps other braces, and {{ }} as braces', () => {
    const { argv } = adapter({ command: ['x', '{"a": 1}', '{HOME}', '{{task}}', '{A}', '}'] }).command(context);
    expect(argv).toEqual(['x', '{"a": 1}', '{HOME}', '{task}', '{A}', '}']);
  });

  it('takes data that contains placeholders as data', () => {
    fc.assert(
      fc.property(fc.constantFrom('{task}', '{{', '}}', '{no}', '-rf', '$&', "$'"), fc.string(), (head, tail) => {
        const title = `${head}${tail}`.replace(/[\s\u0000-\u001f\u007f-\u009f]/g, '');
        const { argv } = adapter({ command: ['x', 'a={title}', '{title}'] }).command({ ...context, title });
        expect(argv).toEqual(['x', `a=${title}`, title.replace(/^-+/, '')]);
      }),
    );
  });

  it('passes the model of the settings when the task has none', () => {
    const { model: _, ...without } = context;
    const made = adapter({ command: ['x', '{model}'], model: 'default' });
    expect(made.command(without).argv).toEqual(['x', 'default']);
    expect(made.command(context).argv).toEqual(['x', 'm1']);
    expect(adapter({ command: ['x'] }).command({ ...without, title: 't' }).env.COPSE_MODEL).toBeNull();
  });

  it.each([
    [[], 'no program'],
    [[''], 'no program'],
    [['{task}'], 'chooses its program by a placeholder'],
    [['x', '{tsk}'], 'unknown placeholder {tsk}'],
    [['x', 'a\0b'], 'NUL'],
    [['sh', '-c', 'echo {title}'], 'puts {title} into code'],
    [['/usr/bin/env', 'bash', '-euc', 'echo {task}'], 'puts {task} into code'],
    [['node', '--eval', 'run("{prompt_file}")'], 'puts {prompt_file} into code'],
    [['python3.12', '-I', '-c', '{title}'], 'puts {title} into code'],
  ])('refuses %j', (command, message) => {
    expect(() => adapter({ command })).toThrow(
      expect.objectContaining({
        code: 'bad-agent-command',
        exit: 2,
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  it('allows data behind the code of a shell, and options of other programs', () => {
    expect(
      adapter({ command: ['sh', '-c', 'cat "$1"', 'sh', '{prompt_file}'] })
        .command(context)
        .argv.slice(1),
    ).toEqual(['-c', 'cat "$1"', 'sh', '/run/prompt.txt']);
    expect(() => adapter({ command: ['aider', '-c', '{title}', 'node', 'x.js', '-e', '{title}'] })).not.toThrow();
  });
});

describe('the program', () => {
  it('is found below the repository when it is named with a slash', async () => {
    mkdirSync(join(dir, 'tools'));
    const file = join(dir, 'tools/agent');
    writeFileSync(file, '#!/bin/sh\n');
    expect(await adapter({ command: './tools/agent' }).check()).toMatchObject({
      ok: false,
      message: expect.stringContaining('not executable'),
    });
    chmodSync(file, 0o755);
    expect(await adapter({ command: './tools/agent' }).check()).toEqual({ ok: true, version: 'unknown', path: file });
    expect(adapter({ command: './tools/agent' }).command(context).argv).toEqual([file]);
  });

  it('written with its arguments in one string gets a hint', async () => {
    expect(await adapter({ command: 'my-agent --fast' }).check()).toMatchObject({
      hint: expect.stringContaining('as a list'),
    });
  });

  it('knows roles only when its command takes one', async () => {
    expect(await adapter({ command: ['x', '--as={role}'] }).roles!(['a:b', '-x'], dir)).toEqual(new Set(['a:b']));
    expect(await adapter({ command: ['x'] }).roles!(['a:b'], dir)).toEqual(new Set());
  });
});

describe('its ending', () => {
  const verdict = (lines: string[], exit: number | null, signal: string | null, stderr = '') => {
    const reader = createCommandReader();
    for (const line of lines) reader.line(line);
    return reader.verdict(exit, signal, stderr);
  };

  it.each([
    [0, null, 'success', 'two'],
    [3, null, 'agent-error', 'it broke'],
    [127, null, 'agent-error', 'could not be started: it broke'],
    [143, null, 'crashed', 'it broke'],
    [null, 'SIGKILL', 'crashed', 'it broke'],
    [null, 'SIGINT', 'cancelled', 'it broke'],
    [null, null, 'lost', 'how it ended is not known'],
  ] as const)('exit %s, signal %s is %s', (exit, signal, outcome, message) => {
    expect(verdict(['one', 'two', ''], exit, signal, 'warning\nit broke\n\n')).toEqual({
      outcome,
      message,
      claim: null,
      tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: null, source: 'unknown' },
    });
  });

  it('with status 75 is a limit of its account, whose end it can say', () => {
    const resets = (lines: string[], stderr = '') => {
      const reader = createCommandReader(() => Date.parse('2026-10-08T23:30:00Z'));
      for (const line of lines) reader.line(line);
      const { outcome, limit } = reader.verdict(75, null, stderr);
      expect(outcome).toBe('rate-limited');
      return limit!.resetsAt === null ? null : new Date(limit!.resetsAt).toISOString();
    };
    expect(resets(['{"resets_at": "2026-10-09T03:00:00Z"}'])).toBe('2026-10-09T03:00:00.000Z');
    expect(resets([`{"task_completed": false, "resets_at": ${Date.parse('2026-10-09T03:00:00Z') / 1000}}`])).toBe(
      '2026-10-09T03:00:00.000Z',
    );
    expect(resets([], 'quota is used up, try again in 2 hours')).toBe('2026-10-09T01:30:00.000Z');
    expect(resets(['{"resets_at": "2020-01-01T00:00:00Z"}'])).toBeNull();
    expect(resets([])).toBeNull();
  });

  it('has a message when nothing was said', () => {
    expect(verdict([], 0, null).message).toBe('The agent finished');
    expect(verdict(['last words'], 4, null).message).toBe('last words');
  });

  it('finds the claim at the end of much output', () => {
    const lines = [
      ...Array(5000).fill('x'.repeat(100)),
      '```json',
      '{"task_completed": true,',
      '"summary": "S"}',
      '```',
    ];
    expect(verdict(lines, 0, null)).toMatchObject({ claim: { task_completed: true, summary: 'S' }, message: 'S' });
  });
});

it('runs: the prompt on stdin and as a file, the task in arguments and variables', async () => {
  const file = join(dir, 'agent.sh');
  writeFileSync(
    file,
    '#!/bin/sh\ncat > from-stdin\ncp "$1" from-file\nenv | grep ^COPSE_ | sort\necho "$2" >&2\nexit 5\n',
  );
  chmodSync(file, 0o755);
  const workspace = join(dir, 'w');
  mkdirSync(workspace);
  const made = adapter({ command: ['./agent.sh', '{prompt_file}', '{title}'], env: { COPSE_ROLE: null } });
  const { model: _, role: __, promptFile: ___, ...rest } = context;
  const ran = await runAgent(made, {
    env: { PATH: process.env.PATH, COPSE_MODEL: 'of an outer copse' },
    prompt: 'the prompt\n',
    dir,
    context: { ...rest, workspace },
  });
  expect(readFileSync(join(workspace, 'from-stdin'), 'utf8')).toBe('the prompt\n');
  expect(readFileSync(join(workspace, 'from-file'), 'utf8')).toBe('the prompt\n');
  expect(ran.log.split('\n')).toEqual([
    'COPSE_ATTEMPT_NUMBER=2',
    expect.stringMatching(/^COPSE_PROMPT_FILE=\/.*prompt\.txt$/),
    'COPSE_SESSION=s-1',
    'COPSE_TASK=task-001',
    'COPSE_TITLE=Users & "orders"; $(rm -rf /)',
    `COPSE_WORKSPACE=${workspace}`,
  ]);
  expect(ran.events.map((event) => event.type)).toEqual(Array(6).fill('activity'));
  expect(ran.verdict).toMatchObject({
    outcome: 'agent-error',
    message: 'Users & "orders"; $(rm -rf /)',
  });
});
