import type { AgentAdapter } from './adapter.ts';
import { withOverlay } from './environment.ts';
import { createGeminiReader } from './gemini-reader.ts';
import { renderGeminiLine } from './gemini-render.ts';
import type { Machine } from './machine.ts';
import { agentProgram, checkVersion, type ProgramSettings } from './program.ts';

const INSTALL = 'npm install -g @google/gemini-cli';

/** Google's Gemini CLI as an agent (measured with 0.61.0): prompt on stdin, stream-json out, the result event decides. */
export function createGeminiAdapter(settings: ProgramSettings, machine: Machine, name = 'gemini'): AgentAdapter {
  const overlay = {
    // Else a second process does the work, and SIGTERM to the first is ignored for half a minute.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    // Nobody is there to say that the workspace can be trusted.
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    ...settings.env,
  };
  const program = agentProgram('gemini', settings, machine, overlay);
  const env = withOverlay(machine.baseEnv, overlay);
  const key = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'].find((variable) => env[variable]);
  return {
    name,
    account: key === undefined ? 'gemini in ~/.gemini' : `gemini by ${key}`,
    meters: 'tokens',
    memory: 340_000_000, // measured, for a short task
    command(context) {
      const model = context.model ?? settings.model;
      const chosen = model === undefined ? [] : [`--model=${model}`];
      const argv = [...program.argv(), '--yolo', '--output-format=stream-json', ...chosen, ...(settings.args ?? [])];
      return { argv, env: { ...overlay }, stdin: 'prompt' };
    },
    reader: (context) => createGeminiReader({ workspace: context.workspace }),
    check: () => checkVersion(program.find(), { name, title: 'Gemini CLI', install: INSTALL }),
    render: renderGeminiLine,
  };
}
