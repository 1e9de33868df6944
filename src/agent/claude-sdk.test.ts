import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAgentAdapter } from '../../test/contract/agent-adapter.ts';
import { fed, recorded } from '../../test/rig/transcript.ts';
import type { AgentContext } from './adapter.ts';
import { createClaudeSdkAdapter } from './claude-sdk.ts';
import { findSdk } from './claude-sdk-module.ts';
import type { ClaudeSdkSettings, SdkOptions } from './claude-sdk-options.ts';
import { type AgentsConfig, createAgents } from './registry.ts';

// Transcripts recorded from claude-agent-sdk 0.3.330 with Claude Code 2.1.330. The real ones run in test/agents.

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-sdk-')));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A package of that name in a `node_modules` of the root, which tells its version. */
function installed(name: string, version: string, main: string, text = ''): string {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, main }));
  writeFileSync(join(folder, main), text);
  chmodSync(join(folder, main), 0o755);
  return join(folder, main);
}

const sdkFile = () => installed('@anthropic-ai/claude-agent-sdk', '0.3.330', 'sdk.mjs');
const answering = () => installed('claude', '2.1.330', 'claude', '#!/bin/sh\necho 2.1.330\n');
const machine = () => ({ isRoot: false, baseEnv: { PATH: '' }, baseDir: root, acpClient: [], sdkClient: ['/sdk'] });
const agent = (settings: ClaudeSdkSettings = {}) => createClaudeSdkAdapter(settings, machine());

describeAgentAdapter({
  name: 'claude-sdk',
  adapter: () => {
    sdkFile();
    return agent({ command: answering() });
  },
  missing: () => agent({ module: './no/such/sdk' }),
  success: { transcript: recorded('sdk-success'), summary: 'Added hello.' },
  failure: { transcript: recorded('claude-401'), exit: 1 },
});

const context: AgentContext = {
  task: 'task-001',
  title: 'Users',
  attempt: 1,
  workspace: '/home/dev/project',
  promptFile: '/p',
  session: 's-1',
};

describe('a transcript of the SDK', () => {
  it('claims with the structured output, and that is no deed', () => {
    const { verdict, activities, finishes } = fed(agent().reader(context), recorded('sdk-success'), { exit: 0 });
    expect(verdict).toMatchObject({
      outcome: 'success',
      claim: { task_completed: true, files_created: ['hello.txt'], error_message: null },
      cost: { usd: 0.015, source: 'reported' },
    });
    expect(activities.at(-1)).toBe('StructuredOutput Added hello.');
    expect(finishes).toBe(1);
    const deeds = recorded('sdk-success')
      .split('\n')
      .flatMap((line) => agent().deeds!(line));
    expect(deeds).toHaveLength(2);
  });

  it('that was cancelled has its cost', () => {
    const ending = { exit: null, signal: 'SIGTERM' };
    expect(fed(agent().reader(context), recorded('sdk-cancelled'), ending).verdict).toMatchObject({
      outcome: 'cancelled',
      tokens: { input: 1000, output: 50 },
      cost: { usd: 0.005, source: 'reported' },
    });
  });
});

describe('its reading, when we end it', () => {
  const interrupted =
    '{"type":"result","subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_streaming"}';
  const retry = (status: number) =>
    `{"type":"system","subtype":"api_retry","attempt":4,"max_retries":10,"error_status":${status}}\n`;

  it.each([
    [retry(401).repeat(4), 'auth'],
    [retry(529).repeat(4), 'cancelled'],
    ['', 'cancelled'],
  ])('after %j is %s', (before, outcome) => {
    const read = fed(agent().reader(context), before + interrupted, { exit: null, signal: 'SIGTERM' });
    expect(read.verdict.outcome).toBe(outcome);
  });
});

describe('its command line', () => {
  const optionsOf = (settings: ClaudeSdkSettings, more: Partial<AgentContext> = {}) =>
    JSON.parse(
      agent(settings)
        .command({ ...context, ...more })
        .argv.at(-1)!,
    ) as SdkOptions;

  it('says all that the client is to know', () => {
    const module = sdkFile();
    const settings = { command: ['/opt/claude', '--x'], model: 'opus', maxBudgetUsd: 5, args: ['--effort', 'high'] };
    expect(optionsOf(settings, { maxUsd: 2, role: 'r' })).toEqual({
      module,
      claude: ['/opt/claude', '--x'],
      args: ['--effort', 'high'],
      query: {
        permissionMode: 'bypassPermissions',
        allowDangerouslySkipPermissions: true,
        settingSources: ['user'],
        strictMcpConfig: true,
        disallowedTools: expect.arrayContaining(['EnterWorktree']),
        sessionId: 's-1',
        agent: 'r',
        model: 'opus',
        maxBudgetUsd: 2,
      },
    });
  });

  it('goes on with a session, loads the settings that were asked for, and limits turns', () => {
    const resume = { session: 's-0', spentUsd: 1 };
    const { query } = optionsOf({ settingSources: 'user,project', maxTurns: 9 }, { resume, model: 'm' });
    expect(query).toMatchObject({ resume: 's-0', settingSources: ['user', 'project'], maxTurns: 9, model: 'm' });
    expect(query).not.toHaveProperty('sessionId');
    expect(optionsOf({ settingSources: '' }).query.settingSources).toEqual([]);
  });

  it('starts the program that the SDK brings along where no other one is', () => {
    sdkFile();
    const name = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}`;
    const bundled = installed(name, '0.3.330', 'claude');
    expect(optionsOf({}).claude).toEqual([bundled]);
    expect(optionsOf({ command: '/opt/claude' }).claude).toEqual(['/opt/claude']);
  });
});

describe('the SDK is found', () => {
  it('in the repository, at a path, and as a package', () => {
    const file = sdkFile();
    const found = { file, version: '0.3.330' };
    expect(findSdk(undefined, root)).toEqual(found);
    for (const wanted of [file, dirname(file), './node_modules/@anthropic-ai/claude-agent-sdk']) {
      expect(findSdk(wanted, root)).toEqual(found);
    }
    expect(findSdk('node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs', root)).toEqual(found);
  });

  it('beside copse, in a repository that has none', () => {
    expect(findSdk('zod', root)).toMatchObject({ file: expect.stringMatching(/zod/), version: '4.6.7' });
  });

  it.each([undefined, './x', '/x', 'no-such-package', '\0'])('nowhere, and that is said: %j', (wanted) => {
    expect(findSdk(wanted, root)).toEqual({ missing: expect.stringContaining(wanted ?? 'claude-agent-sdk') });
  });
});

describe('its settings', () => {
  const commandOf = (agents: NonNullable<AgentsConfig['agents']>) => {
    const adapter = createAgents({ agents }, machine()).get('claude-sdk')!;
    return (JSON.parse(adapter.command(context).argv.at(-1)!) as SdkOptions).claude[0];
  };

  it('are those of agents.claude where its own say nothing', () => {
    expect(commandOf({ claude: { command: '/opt/claude' } })).toBe('/opt/claude');
    expect(commandOf({ claude: { command: '/a' }, 'claude-sdk': { command: '/b' } })).toBe('/b');
    expect(commandOf({ claude: { type: 'command', command: ['/a'] } })).toBe('claude');
  });
});
