import { findProgram } from '../process/program.ts';
import type { AgentAdapter } from './adapter.ts';
import { type ClaudeProgram, checkClaude, knownRoles, type NoProgram } from './claude-check.ts';
import { type ClaudeSettings, claudeArguments, claudeEnvironment, roleProbeArguments } from './claude-command.ts';
import { createClaudeReader } from './claude-reader.ts';
import { renderClaudeLine } from './claude-render.ts';
import { withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';

/** The Claude Code CLI as an agent, driven headlessly: prompt on stdin, stream-json out, the result event decides. */
export function createClaudeAdapter(settings: ClaudeSettings, machine: Machine, name = 'claude'): AgentAdapter {
  const [wanted = 'claude', ...first] =
    typeof settings.command === 'string' ? [settings.command] : (settings.command ?? []);
  const overlay = claudeEnvironment(settings, machine);
  const env = withOverlay(machine.baseEnv, overlay);

  function program(): ClaudeProgram | NoProgram {
    const found = findProgram(wanted, { cwd: machine.baseDir, env });
    return 'path' in found ? { argv: [found.path, ...first], env } : { missing: found.error.message };
  }

  return {
    name,
    memory: 250_000_000, // measured: 231 MB of its own for a short task
    command(context) {
      const found = program();
      const argv = 'argv' in found ? found.argv : [wanted, ...first];
      return { argv: [...argv, ...claudeArguments(settings, context)], env: { ...overlay }, stdin: 'prompt' };
    },
    reader: (context) => createClaudeReader({ workspace: context.workspace }),
    check: () => checkClaude(program()),
    async roles(wantedRoles, workspace) {
      const found = program();
      if (wantedRoles.length === 0 || 'missing' in found) return new Set();
      const known = await knownRoles(found, workspace, (unknown) => roleProbeArguments(settings, unknown));
      return new Set(wantedRoles.filter((role) => known.has(role)));
    },
    render: renderClaudeLine,
  };
}
