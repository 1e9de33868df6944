import { commitFolders } from '../git/commit-folders.ts';
import type { AgentAdapter } from './adapter.ts';
import { type CodexSettings, codexArguments } from './codex-command.ts';
import { createCodexReader } from './codex-reader.ts';
import { renderCodexLine } from './codex-render.ts';
import { withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';
import { agentProgram, checkVersion } from './program.ts';

const INSTALL = 'npm install -g @openai/codex';

/** OpenAI's Codex CLI as an agent: `codex exec`, prompt on stdin, JSON events out, the end of its turn decides. */
export function createCodexAdapter(settings: CodexSettings, machine: Machine, name = 'codex'): AgentAdapter {
  const overlay = settings.env ?? {};
  const program = agentProgram('codex', settings, machine, overlay);
  return {
    name,
    account: accountOf(withOverlay(machine.baseEnv, overlay)),
    meters: 'tokens',
    memory: 150_000_000, // measured, for a short task
    command(context) {
      const folders = settings.sandbox === 'workspace-write' ? commitFolders(context.workspace) : [];
      return {
        argv: [...program.argv(), ...codexArguments(settings, context, folders)],
        env: { ...overlay },
        stdin: 'prompt',
      };
    },
    reader: ({ workspace, saidAt }) => createCodexReader({ workspace, saidAt }),
    check: () => checkVersion(program.find(), { name, title: 'Codex', install: INSTALL }),
    render: renderCodexLine,
  };
}

/** The account by the name of what logs in: a key, or the folder with the login. */
function accountOf(env: NodeJS.ProcessEnv): string {
  const by = ['CODEX_API_KEY', 'OPENAI_API_KEY'].find((name) => env[name]);
  return by === undefined ? `codex in ${env.CODEX_HOME ?? '~/.codex'}` : `codex by ${by}`;
}
