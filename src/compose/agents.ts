import { fileURLToPath } from 'node:url';
import type { AgentAdapter } from '../agent/adapter.ts';
import { createAgents } from '../agent/registry.ts';
import { type AgentChoice, chooseAgent, fallBack } from '../plan/agent-choice.ts';
import type { Plan, Task } from '../plan/plan.ts';
import { fallbackOf } from '../project/config.ts';
import type { RunSettings } from '../run/event.ts';
import { toResolve } from '../run/resolve.ts';
import type { RunState } from '../run/state.ts';
import { isClosed } from '../schedule/quota.ts';
import { systemClock } from '../util/clock.ts';
import { PACKAGE_ROOT } from '../util/package-root.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import type { Wiring } from './wiring.ts';

/** Bytes, of an agent that says nothing of itself. */
const AGENT_MEMORY = 200_000_000;

/** The agents of this machine and this project, by name. */
export function agentsOf(
  { env, parts }: Pick<Surroundings, 'env' | 'parts'>,
  { config, repository }: Project,
): Map<string, AgentAdapter> {
  const client = (file: string) => [process.execPath, fileURLToPath(new URL(file, PACKAGE_ROOT))];
  const machine = {
    isRoot: process.getuid?.() === 0,
    baseEnv: env,
    baseDir: repository.root,
    acpClient: client('bin/acp-client.js'),
    sdkClient: client('bin/sdk-client.js'),
  };
  const agents = createAgents({ agent: config.agent, agents: config.agents, prices: config.prices }, machine);
  for (const [name, adapter] of Object.entries(parts?.agents ?? {})) agents.set(name, adapter);
  return agents;
}

/** Who makes the next attempt at a task now. */
export function agentFor({ project, agents }: Wiring, task: Task, state: RunState): AgentChoice {
  const { agent: resolver } = project.config.onConflict;
  const resolves = resolver !== undefined && toResolve(state.tasks.get(task.id)!.attempts, state.settings) !== null;
  return fallBack(
    resolves ? { agent: resolver } : chooseAgent(task, state.settings, agents),
    (name) => fallbackOf(project.config, name),
    (name) => isClosed(state, accountOf(agents, name), systemClock.now()),
  );
}

/** Whose allowance an agent uses. */
export function accountOf(agents: ReadonlyMap<string, AgentAdapter>, name: string): string {
  return agents.get(name)?.account ?? name;
}

/** Roles only the run's agent is asked for. */
export function rolesOf({ open, agents }: Wiring): Map<string, string[]> {
  const { settings } = open.state;
  const wanted = open.plan.tasks.flatMap((task) => chooseAgent(task, settings, agents).role ?? []);
  return new Map([[settings.agent, [...new Set(wanted)]]]);
}

/** What one agent takes as a rule: of several kinds in one run the largest. */
export function memoryOf(plan: Plan, settings: RunSettings, agents: ReadonlyMap<string, AgentAdapter>): number {
  const used = plan.tasks.map((task) => agents.get(chooseAgent(task, settings, agents).agent));
  return Math.max(...used.map((adapter) => adapter?.memory ?? AGENT_MEMORY));
}
