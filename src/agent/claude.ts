import type { AgentAdapter } from './adapter.ts';
import { type ClaudeProgram, checkClaude, knownRoles } from './claude-check.ts';
import { type ClaudeSettings, claudeArguments, claudeEnvironment, roleProbeArguments } from './claude-command.ts';
import { createClaudeReader } from './claude-reader.ts';
import { renderClaudeLine } from './claude-render.ts';
import { withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';
import { findProgram } from './program.ts';

/** The Claude Code CLI as an agent, driven headlessly: prompt on stdin, stream-json out, the result event decides. */
export function createClaudeAdapter(settings: ClaudeSettings, machine: Machine, name = 'claude'): AgentAdapter {
  const [wanted = 'claude', ...first] =
    typeof settings.command === 'string' ? [settings.command] : (settings.command ?? []);
  const overlay = claudeEnvironment(settings, machine);
  const env = withOverlay(machine.baseEnv, overlay);

  function program(): ClaudeProgram {
    const path = findProgram(wanted, { path: env.PATH, baseDir: machine.baseDir });
    return { name: wanted, argv: path === null ? null : [path, ...first], env };
  }

  return {
    name,
    command: (context) => ({
      argv: [...(program().argv ?? [wanted, ...first]), ...claudeArguments(settings, context)],
      env: { ...overlay },
      stdin: 'prompt',
    }),
    reader: (context) => createClaudeReader({ workspace: context.workspace }),
    check: () => checkClaude(program()),
    async roles(wantedRoles, workspace) {
      if (wantedRoles.length === 0) return new Set();
      const known = await knownRoles(program(), workspace, (unknown) => roleProbeArguments(settings, unknown));
      return new Set(wantedRoles.filter((role) => known.has(role)));
    },
    render: renderClaudeLine,
  };
}
