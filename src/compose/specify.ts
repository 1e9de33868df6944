import type { Ports } from '../engine/ports.ts';
import { extendedPrompt, goOnPrompt, placedPrompt, promptOf, retryPrompt } from '../plan/prompt.ts';
import { spentOf } from '../run/budget.ts';
import { evidenceForRetry } from '../run/retry-evidence.ts';
import { cutSession } from '../run/session.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { agentFor } from './agents.ts';
import type { Wiring } from './wiring.ts';
import { directoriesByTask, placeOf } from './workspaces.ts';

/** Everything an attempt needs: what its agent is told, and where it works. */
export function specifier(wiring: Wiring): Ports['specify'] {
  const { project, open, tasks, agents, mask } = wiring;
  const { plan } = open;
  const shared = open.state.settings.pattern === 'directory';
  const directories = shared ? directoriesByTask(project, plan) : new Map<string, string[]>();

  return (id, attempt, state) => {
    const task = tasks.get(id)!;
    const { settings } = state;
    const before = lastAttempt(state.tasks.get(id)!);
    const failure = before && before.number < attempt ? before.failure : null;
    const { granted } = state.tasks.get(id)!;
    const prompt = placedPrompt(extendedPrompt(promptOf(plan, task), granted), directories.get(id));
    const chosen = agentFor(wiring, task, state);
    const cut = agents.get(chosen.agent)?.resumes ? cutSession(state.tasks.get(id)!, attempt, chosen.agent) : null;
    return {
      run: state.id,
      task: id,
      attempt,
      title: mask(task.title),
      ...chosen,
      prompt: mask(failure ? retryPrompt(prompt, attempt, evidenceForRetry(failure, before!.evidence)) : prompt),
      ...(cut && {
        resume: { ...cut, prompt: mask(goOnPrompt(failure?.code === 'agent' ? failure.limit : undefined)) },
      }),
      base: cut?.base ?? state.tip,
      ...placeOf(project, plan.name, { task: id, pattern: settings.pattern }),
      timeoutMs: settings.timeoutMs,
      stallMs: settings.stallMs,
      ...(settings.taskMemory && { memoryCap: settings.taskMemory }),
      ...taskBudget(state, id),
    };
  };
}

/** What is left to the attempts of a task; a cent at least, for agents that take no zero. */
function taskBudget({ settings: { maxTaskUsd }, tasks }: RunState, id: string) {
  if (maxTaskUsd === undefined) return {};
  return { maxUsd: Math.max(0.01, maxTaskUsd - spentOf(tasks.get(id)!).usd), taskUsd: maxTaskUsd };
}
