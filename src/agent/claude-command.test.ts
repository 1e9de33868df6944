import { describe, expect, it } from 'vitest';
import type { AgentContext } from './adapter.ts';
import { parseRoles } from './claude-check.ts';
import { claudeArguments, claudeEnvironment, roleProbeArguments } from './claude-command.ts';

const context: AgentContext = {
  task: 'task-001',
  title: 'Users',
  attempt: 1,
  workspace: '/w',
  promptFile: '/p',
  session: 'b3f3f3a0-64a5-4f7e-9f0a-7a35b9c2f5d1',
};

describe('the command line of Claude Code', () => {
  it('is the one that was measured to work', () => {
    expect(claudeArguments({}, context)).toEqual([
      '-p',
      '--output-format=stream-json',
      '--verbose',
      '--dangerously-skip-permissions',
      '--setting-sources=user',
      '--strict-mcp-config',
      '--disallowedTools=EnterWorktree,ExitWorktree,ListAgents,SendMessage,ScheduleWakeup,CronCreate,CronDelete,CronList,Monitor,Workflow',
      '--session-id=b3f3f3a0-64a5-4f7e-9f0a-7a35b9c2f5d1',
    ]);
  });

  it('carries every setting, the task before the config, further arguments last', () => {
    const settings = {
      model: 'opus',
      maxTurns: 50,
      maxBudgetUsd: 2.5,
      settingSources: 'user,project',
      args: ['--effort', 'high'],
    };
    expect(claudeArguments(settings, { ...context, role: 'pack:role', model: 'sonnet' }).slice(4)).toEqual([
      '--setting-sources=user,project',
      '--strict-mcp-config',
      expect.stringMatching(/^--disallowedTools=/),
      expect.stringMatching(/^--session-id=/),
      '--agent=pack:role',
      '--model=sonnet',
      '--max-turns=50',
      '--max-budget-usd=2.5',
      '--effort',
      'high',
    ]);
    expect(claudeArguments(settings, context)).toContain('--model=opus');
  });

  it('lets no value become an option', () => {
    const hostile = claudeArguments({}, { ...context, role: '--version', model: '-h' });
    expect(hostile).toContain('--agent=--version');
    expect(hostile).toContain('--model=-h');
  });

  it('asks for roles with the same settings as a run', () => {
    const settings = { settingSources: 'user,project', args: ['--plugin-dir', '/x'] };
    expect(roleProbeArguments(settings, 'nobody')).toEqual([
      '-p',
      '--setting-sources=user,project',
      '--strict-mcp-config',
      '--plugin-dir',
      '/x',
      '--agent=nobody',
    ]);
  });
});

describe('its environment', () => {
  const baseEnv = {
    PATH: '/bin',
    CLAUDECODE: '1',
    CLAUDE_CODE_SESSION_ID: 'x',
    CLAUDE_CODE_CHILD_SESSION: '1',
    CLAUDE_CODE_MESSAGING_TOKEN: 't',
    CLAUDE_CODE_OAUTH_TOKEN: 'mine',
    CLAUDE_CODE_USE_BEDROCK: '1',
  };

  it('loses the marks of a parent session and keeps the settings of the user', () => {
    const env = claudeEnvironment({}, { isRoot: false, baseEnv });
    expect(env).toMatchObject({
      CLAUDECODE: null,
      CLAUDE_CODE_ENTRYPOINT: null,
      CLAUDE_CODE_SESSION_ID: null,
      CLAUDE_CODE_CHILD_SESSION: null,
      CLAUDE_CODE_MESSAGING_TOKEN: null,
      CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: null,
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    });
    for (const name of [
      'PATH',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_USE_BEDROCK',
      'IS_SANDBOX',
      'CLAUDE_CODE_MAX_RETRIES',
    ]) {
      expect(env).not.toHaveProperty(name);
    }
  });

  it('says that root sits in a sandbox, and obeys the config', () => {
    expect(claudeEnvironment({}, { isRoot: true, baseEnv }).IS_SANDBOX).toBe('1');
    const settings = {
      maxRetries: 3,
      configDir: '/c',
      env: { IS_SANDBOX: null, CLAUDE_CODE_DISABLE_AUTO_MEMORY: '0', FOO: 'x' },
    };
    expect(claudeEnvironment(settings, { isRoot: true, baseEnv })).toMatchObject({
      IS_SANDBOX: null,
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: '0',
      CLAUDE_CODE_MAX_RETRIES: '3',
      CLAUDE_CONFIG_DIR: '/c',
      FOO: 'x',
    });
  });
});

describe('the list of agents', () => {
  it('is read from the complaint', () => {
    const stderr =
      "warning\n--agent 'copse-probe-1' not found. Available agents: claude, Explore, python-experts:django-expert\n";
    expect(parseRoles(stderr)).toEqual(new Set(['claude', 'Explore', 'python-experts:django-expert']));
  });

  it.each(['', 'error: unknown option --agent', 'Available agents: x', "--agent 'x' not found. Available agents:"])(
    'is empty for %j',
    (stderr) => {
      expect(parseRoles(stderr)).toEqual(new Set());
    },
  );
});
