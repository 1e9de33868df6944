import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AgentContext, CommandLine } from './adapter.ts';
import { programSettings } from './program.ts';

/** Settings of Claude Code as an agent, from the user's config. */
export const claudeSettings = programSettings.extend({
  /** For `--setting-sources`; default `user`, because hooks in a repository's settings would run unasked. */
  settingSources: z.string().optional(),
  maxTurns: z.int().positive().optional(),
  maxBudgetUsd: z.number().positive().optional(),
  /** How often a failed API request is tried again; Claude Code's own default is 10, about three minutes. */
  maxRetries: z.int().nonnegative().optional(),
  /** Folder of Claude Code's whole state, for `CLAUDE_CONFIG_DIR`; default the user's own. */
  configDir: z.string().min(1).optional(),
});
export type ClaudeSettings = z.infer<typeof claudeSettings>;

/**
 * Tools that reach out of the attempt: to other worktrees and sessions, or past the final result. A scheduled wake-up
 * keeps the process alive after it (measured); what it or a background workflow did then would be lost.
 */
export const DENIED_TOOLS = [
  'EnterWorktree',
  'ExitWorktree',
  'ListAgents',
  'SendMessage',
  'ScheduleWakeup',
  'CronCreate',
  'CronDelete',
  'CronList',
  'Monitor',
  'Workflow',
];

/**
 * The repository's own instructions, for runs that do not load them as a setting source: `CLAUDE.md` in the workspace, or
 * null. Settings of a repository may run hooks, and so stay out; what it asks of agents is plain text and belongs to the task.
 */
export function repositoryInstructions(settings: ClaudeSettings, workspace: string): string | null {
  if (settingSources(settings).includes('project')) return null;
  return (
    ['CLAUDE.md', '.claude/CLAUDE.md'].map((name) => join(workspace, name)).find((file) => existsSync(file)) ?? null
  );
}

/** The arguments behind the program; the prompt comes on stdin, so that no option can swallow it and none is too long. */
export function claudeArguments(settings: ClaudeSettings, context: AgentContext): string[] {
  const model = context.model ?? settings.model;
  const { maxTurns, maxBudgetUsd } = claudeLimits(settings, context);
  const instructions = repositoryInstructions(settings, context.workspace);
  // `--name=value`: a value from a plan that begins with a dash stays a value.
  return [
    '-p',
    '--output-format=stream-json',
    '--verbose', // stream-json demands it
    '--dangerously-skip-permissions',
    ...sources(settings),
    ...(instructions === null ? [] : [`--append-system-prompt-file=${instructions}`]),
    `--disallowedTools=${DENIED_TOOLS.join(',')}`,
    context.resume === undefined ? `--session-id=${context.session}` : `--resume=${context.resume.session}`,
    ...(context.role === undefined ? [] : [`--agent=${context.role}`]),
    ...(model === undefined ? [] : [`--model=${model}`]),
    ...(maxTurns === undefined ? [] : [`--max-turns=${maxTurns}`]),
    ...(maxBudgetUsd === undefined ? [] : [`--max-budget-usd=${maxBudgetUsd}`]),
    ...(settings.args ?? []),
  ];
}

/** The limits that Claude Code holds itself: of two budgets the lower one. */
export function claudeLimits({ maxTurns, maxBudgetUsd }: ClaudeSettings, { maxUsd }: AgentContext) {
  return { maxTurns, maxBudgetUsd: lower(maxBudgetUsd, maxUsd) };
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** Arguments that make Claude Code list its agents: it refuses an unknown one before it asks any model. */
export function roleProbeArguments(settings: ClaudeSettings, unknown: string): string[] {
  return ['-p', ...sources(settings), ...(settings.args ?? []), `--agent=${unknown}`];
}

function sources(settings: ClaudeSettings): string[] {
  return [`--setting-sources=${settingSources(settings).join(',')}`, '--strict-mcp-config'];
}

export function settingSources(settings: ClaudeSettings): string[] {
  return (settings.settingSources ?? 'user').split(',').filter((source) => source !== '');
}

/** Variables that a Claude Code session sets for its children: a copse started by one must not pass them on. */
const PARENT_SESSION = [
  'CLAUDECODE',
  'CLAUDE_PID',
  'CLAUDE_EFFORT',
  'AI_AGENT',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_EXECPATH',
  'CLAUDE_CODE_SSE_PORT',
  // Not a mark of the parent, but it takes permission skipping back, and the agent could do nothing.
  'CLAUDE_CODE_SUBPROCESS_ENV_SCRUB',
];
const PARENT_SESSION_PREFIX = /^CLAUDE_CODE_(SESSION|CHILD|MESSAGING|PARENT)_/;

/**
 * The environment of an attempt. Only the marks of a parent session go: other `CLAUDE_CODE_…` variables are the user's
 * settings (Bedrock, tokens) and stay.
 */
export function claudeEnvironment(
  settings: ClaudeSettings,
  machine: { isRoot: boolean; baseEnv: NodeJS.ProcessEnv },
): CommandLine['env'] {
  const inherited = Object.keys(machine.baseEnv).filter((name) => PARENT_SESSION_PREFIX.test(name));
  return {
    ...Object.fromEntries([...PARENT_SESSION, ...inherited].map((name) => [name, null])),
    ...(machine.isRoot ? { IS_SANDBOX: '1' } : {}),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // A background task keeps the process alive after its result.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    // Its folder is keyed on the main repository: every worktree would share it.
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    ...(settings.maxRetries === undefined ? {} : { CLAUDE_CODE_MAX_RETRIES: String(settings.maxRetries) }),
    ...(settings.configDir === undefined ? {} : { CLAUDE_CONFIG_DIR: settings.configDir }),
    ...settings.env,
  };
}
