import type { AgentAdapter } from './adapter.ts';
import { checkClaude, knownRoles } from './claude-check.ts';
import { type ClaudeSettings, claudeArguments, claudeEnvironment, roleProbeArguments } from './claude-command.ts';
import { claudeDeeds } from './claude-deeds.ts';
import { createClaudeReader } from './claude-reader.ts';
import { renderClaudeLine } from './claude-render.ts';
import { withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';
import { type AgentProgram, agentProgram, type NoProgram } from './program.ts';

/** The Claude Code CLI as an agent, driven headlessly: prompt on stdin, stream-json out, the result event decides. */
export function createClaudeAdapter(settings: ClaudeSettings, machine: Machine, name = 'claude'): AgentAdapter {
  const overlay = claudeEnvironment(settings, machine);
  const program = agentProgram('claude', settings, machine, overlay);
  return {
    ...claudeTraits(program.find, { settings, machine, name }),
    command: (context) => ({
      argv: [...program.argv(), ...claudeArguments(settings, context)],
      env: { ...overlay },
      stdin: 'prompt',
    }),
  };
}

/** What every agent is that has Claude Code behind it, however it is started: all but its command line. */
export function claudeTraits(
  find: () => AgentProgram | NoProgram,
  { settings, machine, name }: { settings: ClaudeSettings; machine: Machine; name: string },
): Omit<AgentAdapter, 'command'> {
  const overlay = claudeEnvironment(settings, machine);
  return {
    name,
    account: accountOf(withOverlay(machine.baseEnv, overlay), machine.baseEnv, name),
    resumes: true,
    meters: 'cost',
    memory: 250_000_000, // measured: 231 MB of its own for a short task
    reader: ({ workspace, resume, saidAt }) =>
      createClaudeReader({
        workspace,
        ...(resume && { spentBefore: resume.spentUsd }),
        ...(machine.prices && { prices: machine.prices }),
        ...(saidAt && { saidAt }),
      }),
    check: () => checkClaude(find(), name),
    async roles(wanted, workspace) {
      const found = find();
      if (wanted.length === 0 || 'missing' in found) return new Set();
      const known = await knownRoles(found, workspace, (unknown) => roleProbeArguments(settings, unknown));
      return new Set(wanted.filter((role) => known.has(role)));
    },
    deeds: claudeDeeds,
    render: renderClaudeLine,
  };
}

/** What says whose allowance Claude Code uses, the strongest first. */
const CREDENTIALS = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
];

/**
 * The account by the name of what logs in, never by its value: a variable, or the folder with the login. A variable that the
 * config gives a value of its own is an account of its own.
 */
function accountOf(env: NodeJS.ProcessEnv, inherited: NodeJS.ProcessEnv, name: string): string {
  const by = CREDENTIALS.find((variable) => env[variable]);
  if (by === undefined) return `claude in ${env.CLAUDE_CONFIG_DIR ?? '~/.claude'}`;
  const own = [by, 'ANTHROPIC_BASE_URL'].some((variable) => env[variable] !== inherited[variable]);
  return own ? `claude by ${by} of agents.${name}` : `claude by ${by}`;
}
