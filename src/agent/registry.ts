import { EXIT, Refusal } from '../util/refusal.ts';
import type { AgentAdapter } from './adapter.ts';
import { createClaudeAdapter } from './claude.ts';
import type { ClaudeSettings } from './claude-command.ts';
import { type CommandSettings, createCommandAdapter } from './command.ts';
import type { Machine } from './machine.ts';

/** One entry of `agents` in the config; which settings count depends on the type. */
export interface AgentDefinition extends Omit<ClaudeSettings, 'command'>, Partial<CommandSettings> {
  /** Implied by the names `claude` and `command`. */
  type?: 'claude' | 'command' | undefined;
}

/** The part of the config that is about agents. */
export interface AgentsConfig {
  /** Which one carries out the tasks; default `claude`. */
  agent?: string | undefined;
  agents?: Readonly<Record<string, AgentDefinition>> | undefined;
}

/**
 * Every agent of the config, by name, and always `claude`. The `agent` that is chosen is among them.
 * @throws Refusal `unknown-agent`, `agent-type`, `bad-agent-command`
 */
export function createAgents(config: AgentsConfig, machine: Machine): Map<string, AgentAdapter> {
  const definitions = { claude: {}, ...config.agents };
  const agents = new Map(
    Object.entries(definitions).map(([name, definition]) => [name, create(name, definition, machine)] as const),
  );
  if (config.agent !== undefined) agentNamed(agents, config.agent);
  return agents;
}

/** @throws Refusal `unknown-agent` */
export function agentNamed(agents: ReadonlyMap<string, AgentAdapter>, name: string): AgentAdapter {
  const found = agents.get(name);
  if (found) return found;
  throw new Refusal('unknown-agent', `there is no agent \`${name}\``, {
    exit: EXIT.usage,
    hint: `known are ${[...agents.keys()].join(', ')}; define it under "agents" in copse.config.json, with a type and a command`,
  });
}

function create(name: string, definition: AgentDefinition, machine: Machine): AgentAdapter {
  const type = definition.type ?? (name === 'claude' || name === 'command' ? name : undefined);
  switch (type) {
    case 'claude':
      return createClaudeAdapter(definition, machine, name);
    case 'command':
      return createCommandAdapter({ ...definition, command: definition.command ?? [] }, machine, name);
    default:
      throw new Refusal('agent-type', `agent \`${name}\` has no known type`, {
        exit: EXIT.usage,
        hint: `set agents.${name}.type to "claude" or "command"`,
      });
  }
}
