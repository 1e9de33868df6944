import type { AgentAdapter, AgentCheck, AgentContext } from './adapter.ts';
import { claudeTraits } from './claude.ts';
import { claudeEnvironment, repositoryInstructions } from './claude-command.ts';
import { bundledClaude, findSdk, SDK_PACKAGE } from './claude-sdk-module.ts';
import { type ClaudeSdkSettings, queryOptions, type SdkOptions } from './claude-sdk-options.ts';
import type { Machine } from './machine.ts';
import { type AgentProgram, agentProgram, type NoProgram } from './program.ts';

/**
 * Claude Code through `query()` of the Claude Agent SDK. What is started is a client of ours that makes the call in its own
 * process (docs/decisions/0010-sdk-in-a-process-of-its-own.md); its transcript is what the SDK says, message by message.
 */
export function createClaudeSdkAdapter(
  settings: ClaudeSdkSettings,
  machine: Machine,
  name = 'claude-sdk',
): AgentAdapter {
  const overlay = claudeEnvironment(settings, machine);
  const program = agentProgram('claude', settings, machine, overlay);
  const sdk = () => findSdk(settings.module, machine.baseDir);

  /** Claude Code where it is installed, else the one that the SDK brings along. */
  function find(): AgentProgram | NoProgram {
    const [found, module] = [program.find(), sdk()];
    if ('argv' in found || settings.command !== undefined || 'missing' in module) return found;
    const bundled = bundledClaude(module);
    return bundled === null ? found : { argv: [bundled], env: program.env };
  }

  function optionsFor(context: AgentContext): SdkOptions {
    const [found, module] = [find(), sdk()];
    const instructions = repositoryInstructions(settings, context.workspace);
    return {
      module: 'file' in module ? module.file : (settings.module ?? SDK_PACKAGE),
      claude: 'argv' in found ? found.argv : program.argv(),
      args: settings.args ?? [],
      ...(instructions !== null && { instructions }),
      query: queryOptions(settings, context),
    };
  }

  async function check(): Promise<AgentCheck> {
    const module = sdk();
    if ('missing' in module) {
      const message = `the Claude Agent SDK was not found: ${module.missing}`;
      const hint = `install it in the repository (\`npm install --save-dev ${SDK_PACKAGE}\`), or set agents.${name}.module to where it is`;
      return { ok: false, message, hint };
    }
    const claude = await traits.check();
    return claude.ok ? { ...claude, version: `${module.version} with Claude Code ${claude.version}` } : claude;
  }

  const traits = claudeTraits(find, { settings, machine, name });
  return {
    ...traits,
    endsItself: true,
    memory: 290_000_000, // measured: 37 MB for the client
    check,
    command: (context) => ({
      argv: [...machine.sdkClient, JSON.stringify(optionsFor(context))],
      env: { ...overlay },
      stdin: 'prompt',
    }),
  };
}
