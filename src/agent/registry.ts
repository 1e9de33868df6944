import type { z } from 'zod';
import { EXIT, Refusal } from '../util/refusal.ts';
import { createAcpAdapter } from './acp.ts';
import { acpSettings } from './acp-options.ts';
import type { AgentAdapter } from './adapter.ts';
import { createClaudeAdapter } from './claude.ts';
import { claudeSettings } from './claude-command.ts';
import { createClaudeSdkAdapter } from './claude-sdk.ts';
import { claudeSdkSettings } from './claude-sdk-options.ts';
import { createCodexAdapter } from './codex.ts';
import { codexSettings } from './codex-command.ts';
import { commandSettings, createCommandAdapter } from './command.ts';
import { createGeminiAdapter } from './gemini.ts';
import type { Machine } from './machine.ts';
import { createOpencodeAdapter } from './opencode.ts';
import { type Price, priceBook } from './prices.ts';
import { programSettings } from './program.ts';

/** A type of agents: what a config may say of one, and how it becomes an adapter. */
interface AgentType {
  settings: z.ZodObject;
  create(settings: never, machine: Machine, name: string): AgentAdapter;
  /** Usable without a word in the config. */
  builtIn: boolean;
  /** The type of agents whose settings, under its own name in the config, count where this one's say nothing. */
  like?: string;
}

/** Every type of agents. Another agent is a file of its own and a row here. */
export const AGENT_TYPES: Readonly<Record<string, AgentType>> = {
  acp: { settings: acpSettings, create: createAcpAdapter, builtIn: false },
  claude: { settings: claudeSettings, create: createClaudeAdapter, builtIn: true },
  'claude-sdk': { settings: claudeSdkSettings, create: createClaudeSdkAdapter, builtIn: true, like: 'claude' },
  codex: { settings: codexSettings, create: createCodexAdapter, builtIn: true },
  gemini: { settings: programSettings, create: createGeminiAdapter, builtIn: true },
  opencode: { settings: programSettings, create: createOpencodeAdapter, builtIn: true },
  command: { settings: commandSettings, create: createCommandAdapter, builtIn: false },
};

/** Agents that are there without a word in the config. */
export const BUILT_IN: readonly string[] = Object.keys(AGENT_TYPES).filter((type) => AGENT_TYPES[type]!.builtIn);

/** One entry of `agents` in the config; which settings count depends on the type. */
export interface AgentDefinition {
  /** Implied by a name that is a type. */
  type?: string | undefined;
  [setting: string]: unknown;
}

/** The part of the config that is about agents. */
export interface AgentsConfig {
  /** Which one carries out the tasks; default `claude`. */
  agent?: string | undefined;
  agents?: Readonly<Record<string, AgentDefinition>> | undefined;
  /** US dollars for a million tokens, by the name of a model; before the list that is known. */
  prices?: Readonly<Record<string, Price>> | undefined;
}

/**
 * Every agent of the config, by name, and the built-in ones. The `agent` that is chosen is among them.
 * @throws Refusal `unknown-agent`, `agent-type`, `bad-agent-command`
 */
export function createAgents(config: AgentsConfig, machine: Machine): Map<string, AgentAdapter> {
  const definitions: Record<string, AgentDefinition> = {
    ...Object.fromEntries(BUILT_IN.map((name) => [name, {}])),
    ...config.agents,
  };
  const priced = { ...machine, prices: priceBook(config.prices) };
  const agents = new Map(
    Object.entries(definitions).map(([name, definition]) => {
      const settings = { ...likeOf(definition.type ?? name, definitions), ...definition };
      return [name, create(name, settings, priced)] as const;
    }),
  );
  if (config.agent !== undefined) agentNamed(agents, config.agent);
  return agents;
}

/** The settings that a type shares with another one, as long as its name has not been given to a third. */
function likeOf(type: string, definitions: Readonly<Record<string, AgentDefinition>>): AgentDefinition {
  const like = AGENT_TYPES[type]?.like ?? '';
  const { type: typed = like, ...shared } = definitions[like] ?? {};
  return typed === like ? shared : {};
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

/** The settings were checked when the config was read. */
function create(name: string, definition: AgentDefinition, machine: Machine): AgentAdapter {
  const type = definition.type ?? name;
  if (Object.hasOwn(AGENT_TYPES, type)) return AGENT_TYPES[type]!.create(definition as never, machine, name);
  throw new Refusal('agent-type', `agent \`${name}\` has no known type`, {
    exit: EXIT.usage,
    hint: `set agents.${name}.type to one of ${Object.keys(AGENT_TYPES).join(', ')}`,
  });
}
