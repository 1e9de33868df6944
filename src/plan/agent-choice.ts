import type { Task } from './plan.ts';

/** Who carries out a task. */
export interface AgentChoice {
  /** A name under `agents` of the config, or of a built-in agent. */
  agent: string;
  /** What the task names is no agent, and so a role for the run's agent to take. */
  role?: string;
  model?: string;
}

/**
 * The agent of a task: the one it names (`agent: codex`), else the run's, in the role it names. A model that was given for the
 * run is for the run's agent: another one would not know it.
 * @param known the names of all agents
 */
export function chooseAgent(
  task: Pick<Task, 'agent' | 'model'>,
  run: { agent: string; model?: string },
  known: { has(name: string): boolean },
): AgentChoice {
  const named = task.agent !== undefined && known.has(task.agent);
  const agent = named ? task.agent! : run.agent;
  const model = (agent === run.agent ? run.model : undefined) ?? task.model;
  return {
    agent,
    ...(!named && task.agent !== undefined && { role: task.agent }),
    ...(model !== undefined && { model }),
  };
}

/**
 * The agent that takes over while another one's account is limited: the first of its line of fall-backs that is free, else
 * the one that was chosen, which then waits. Model and role were meant for that one: another would not know them.
 * @param fallbackOf the agent named to take over from this one, if any
 */
export function fallBack(
  choice: AgentChoice,
  fallbackOf: (agent: string) => string | undefined,
  isLimited: (agent: string) => boolean,
): AgentChoice {
  const tried = new Set<string>();
  let agent: string | undefined = choice.agent;
  while (agent !== undefined && !tried.has(agent)) {
    if (!isLimited(agent)) return agent === choice.agent ? choice : { agent };
    tried.add(agent);
    agent = fallbackOf(agent);
  }
  return choice;
}
