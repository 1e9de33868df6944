import type { AcpOptions, AcpSettings } from './acp-options.ts';
import { createAcpReader } from './acp-reader.ts';
import { renderAcpLine } from './acp-render.ts';
import type { AgentAdapter, AgentContext } from './adapter.ts';
import type { Machine } from './machine.ts';
import { agentProgram, checkFound } from './program.ts';

/**
 * Any agent that speaks the Agent Client Protocol. What is started is our own client, which starts the agent and talks to it:
 * so it, too, is a process with files as stdio that lives on without copse.
 */
export function createAcpAdapter(settings: AcpSettings, machine: Machine, name = 'acp'): AgentAdapter {
  const overlay = settings.env ?? {};
  const program = agentProgram('', settings, machine, overlay);

  function optionsFor(context: AgentContext): AcpOptions {
    const { permissions = 'workspace', mode, auth, args = [] } = settings;
    const model = context.model ?? settings.model;
    return {
      argv: [...program.argv(), ...args],
      permissions,
      ...(model !== undefined && { model }),
      ...(mode !== undefined && { mode }),
      ...(auth !== undefined && { auth }),
    };
  }

  return {
    name,
    meters: 'tokens', // some report their cost as well
    command: (context) => ({
      argv: [...machine.acpClient, JSON.stringify(optionsFor(context))],
      env: { ...overlay },
      stdin: 'prompt',
    }),
    reader: (context) => createAcpReader({ workspace: context.workspace, title: name }),
    check: async () => checkFound(program.find(), name),
    render: renderAcpLine,
  };
}
