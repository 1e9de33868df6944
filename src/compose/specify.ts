import type { Ports } from '../engine/ports.ts';
import { extendedPrompt, goOnPrompt, placedPrompt, promptOf, retryPrompt } from '../plan/prompt.ts';
import { spentOf } from '../run/budget.ts';
import type { ConflictFacts } from '../run/conflict-evidence.ts';
import type { TaskId } from '../run/event.ts';
import { evidenceForRetry } from '../run/retry-evidence.ts';
import { cutSession } from '../run/session.ts';
import { type AttemptState, lastAttempt, type RunState } from '../run/state.ts';
import { agentFor } from './agents.ts';
import { conflictFacts } from './conflict.ts';
import type { Wiring } from './wiring.ts';
import { directoriesByTask, placeOf } from './workspaces.ts';

/** Everything an attempt needs: what its agent is told, and where it works. */
export function specifier(wiring: Wiring): Pick<Ports, 'specify' | 'brief'> {
  const { project, open, tasks, agents, mask } = wiring;
  const { plan } = open;
  const prompt = prompter(wiring);

  return {
    specify(id, attempt, state) {
      const task = tasks.get(id)!;
      const { settings } = state;
      const before = lastAttempt(state.tasks.get(id)!);
      const failed = before && before.number < attempt && before.failure ? before : null;
      const chosen = agentFor(wiring, task, state);
      const cut = agents.get(chosen.agent)?.resumes ? cutSession(state.tasks.get(id)!, attempt, chosen.agent) : null;
      const limit = failed?.failure?.code === 'agent' ? failed.failure.limit : undefined;
      return {
        run: state.id,
        task: id,
        attempt,
        title: mask(task.title),
        ...chosen,
        prompt: prompt(id, attempt, failed),
        ...(cut && { resume: { ...cut, prompt: mask(goOnPrompt(limit)) } }),
        base: cut?.base ?? state.tip,
        ...placeOf(project, plan.name, { task: id, pattern: settings.pattern }),
        timeoutMs: settings.timeoutMs,
        stallMs: settings.stallMs,
        ...(settings.taskMemory && { memoryCap: settings.taskMemory }),
        ...taskBudget(state, id),
      };
    },

    async brief(spec, before) {
      const conflict = await conflictFacts(project.repository.git, open.state, before);
      return conflict === null ? spec : { ...spec, prompt: prompt(spec.task, spec.attempt, before, conflict) };
    },
  };
}

/** What the agent of an attempt is told; of the attempt before, when that failed. */
function prompter({ project, open, tasks, mask }: Wiring) {
  const { plan, state } = open;
  const shared = state.settings.pattern === 'directory';
  const directories = shared ? directoriesByTask(project, plan) : new Map<string, string[]>();
  return (id: TaskId, attempt: number, failed: AttemptState | null, conflict: ConflictFacts | null = null): string => {
    const { granted } = state.tasks.get(id)!;
    const prompt = placedPrompt(extendedPrompt(promptOf(plan, tasks.get(id)!), granted), directories.get(id));
    if (!failed?.failure) return mask(prompt);
    return mask(retryPrompt(prompt, attempt, evidenceForRetry(failed.failure, failed.evidence, conflict)));
  };
}

/** What is left to the attempts of a task; a cent at least, for agents that take no zero. */
function taskBudget({ settings: { maxTaskUsd }, tasks }: RunState, id: string) {
  if (maxTaskUsd === undefined) return {};
  return { maxUsd: Math.max(0.01, maxTaskUsd - spentOf(tasks.get(id)!).usd), taskUsd: maxTaskUsd };
}
