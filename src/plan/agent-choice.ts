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
