import type { AgentAdapter } from './adapter.ts';
import type { Machine } from './machine.ts';
import { createOpencodeReader } from './opencode-reader.ts';
import { renderOpencodeLine } from './opencode-render.ts';
import { agentProgram, checkVersion, type ProgramSettings } from './program.ts';

const INSTALL = 'npm install -g opencode-ai';

/** OpenCode as an agent (measured with 1.18.33): prompt on stdin, JSON events out; its last step and its exit decide. */
export function createOpencodeAdapter(settings: ProgramSettings, machine: Machine, name = 'opencode'): AgentAdapter {
  const overlay = {
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    // A question would be answered with no, and end the run as if it were done.
    OPENCODE_PERMISSION: '{"*":"allow"}',
    ...settings.env,
  };
  const program = agentProgram('opencode', settings, machine, overlay);
  return {
    name,
    account: `opencode of agents.${name}`,
    meters: 'cost',
    memory: 600_000_000, // measured, for a short task
    command(context) {
      const model = context.model ?? settings.model;
      const chosen = model === undefined ? [] : [`--model=${model}`];
      const argv = [...program.argv(), 'run', '--format=json', ...chosen, ...(settings.args ?? [])];
      return { argv, env: { ...overlay }, stdin: 'prompt' };
    },
    reader: (context) => createOpencodeReader({ workspace: context.workspace }),
    check: () => checkVersion(program.find(), { name, title: 'OpenCode', install: INSTALL }),
    render: renderOpencodeLine,
  };
}
