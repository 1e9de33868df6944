import { z } from 'zod';
import type { AgentContext } from './adapter.ts';
import { type ClaudeSettings, claudeLimits, claudeSettings, DENIED_TOOLS, settingSources } from './claude-command.ts';

/** Settings of Claude Code behind the Claude Agent SDK: those of Claude Code, and where the SDK is. */
export const claudeSdkSettings = claudeSettings.extend({
  /** Package or path, relative to the repository; default what the repository has installed, else what copse has. */
  module: z.string().min(1).optional(),
});
export type ClaudeSdkSettings = z.infer<typeof claudeSdkSettings>;

/** What the client is told, as one argument in JSON. What can be long, the prompt, comes on its stdin. */
export interface SdkOptions {
  /** The SDK, as an absolute path. */
  module: string;
  /** Claude Code and its first arguments. */
  claude: readonly string[];
  /** Arguments behind those that the SDK makes. */
  args: readonly string[];
  /** What the repository asks of agents: a file for the system prompt. */
  instructions?: string;
  /** Options of `query()` that are data. */
  query: Readonly<Record<string, unknown>>;
}

/** The same of an attempt as the command line of Claude Code says, in the words of the SDK. */
export function queryOptions(settings: ClaudeSettings, context: AgentContext): SdkOptions['query'] {
  const { model = settings.model, role, resume, session } = context;
  const { maxTurns, maxBudgetUsd } = claudeLimits(settings, context);
  return {
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    settingSources: settingSources(settings), // left out, it would load all
    strictMcpConfig: true,
    disallowedTools: DENIED_TOOLS,
    ...(resume === undefined ? { sessionId: session } : { resume: resume.session }),
    ...(role !== undefined && { agent: role }),
    ...(model !== undefined && { model }),
    ...(maxTurns !== undefined && { maxTurns }),
    ...(maxBudgetUsd !== undefined && { maxBudgetUsd }),
  };
}
