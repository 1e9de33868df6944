import type { AgentAdapter } from './adapter.ts';
import { checkClaude, knownRoles } from './claude-check.ts';
import { type ClaudeSettings, claudeArguments, claudeEnvironment, roleProbeArguments } from './claude-command.ts';
import { createClaudeReader } from './claude-reader.ts';
import { renderClaudeLine } from './claude-render.ts';
import type { Machine } from './machine.ts';
import { agentProgram } from './program.ts';

/** The Claude Code CLI as an agent, driven headlessly: prompt on stdin, stream-json out, the result event decides. */
export function createClaudeAdapter(settings: ClaudeSettings, machine: Machine, name = 'claude'): AgentAdapter {
  const overlay = claudeEnvironment(settings, machine);
  const program = agentProgram('claude', settings, machine, overlay);
  return {
    name,
    memory: 250_000_000, // measured: 231 MB of its own for a short task
    command: (context) => ({
      argv: [...program.argv(), ...claudeArguments(settings, context)],
      env: { ...overlay },
      stdin: 'prompt',
    }),
    reader: (context) => createClaudeReader({ workspace: context.workspace }),
    check: () => checkClaude(program.find(), name),
    async roles(wanted, workspace) {
      const found = program.find();
      if (wanted.length === 0 || 'missing' in found) return new Set();
      const known = await knownRoles(found, workspace, (unknown) => roleProbeArguments(settings, unknown));
      return new Set(wanted.filter((role) => known.has(role)));
    },
    render: renderClaudeLine,
  };
}
