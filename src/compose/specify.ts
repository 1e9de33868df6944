import type { Ports } from '../engine/ports.ts';
import type { AttemptSpec } from '../executor/executor.ts';
import { extendedPrompt, goOnPrompt, placedPrompt, promptOf, retryPrompt } from '../plan/prompt.ts';
import { resolvePrompt } from '../plan/resolve-prompt.ts';
import { spentOf } from '../run/budget.ts';
import type { ConflictFacts } from '../run/conflict-evidence.ts';
import { describeFailure } from '../run/describe.ts';
import type { TaskId } from '../run/event.ts';
import { metConflict, toResolve } from '../run/resolve.ts';
import { evidenceForRetry } from '../run/retry-evidence.ts';
import { cutSession } from '../run/session.ts';
import { type AttemptState, lastAttempt, type RunState } from '../run/state.ts';
import { agentFor } from './agents.ts';
import { conflictFacts } from './conflict.ts';
import type { Wiring } from './wiring.ts';
import { directoriesByTask, placesIn } from './workspaces.ts';

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
      const resolves = resolvesOf(state, id, attempt);
      const resumes = agents.get(chosen.agent)?.resumes && !resolves; // a half merge is begun anew
      const cut = resumes ? cutSession(state.tasks.get(id)!, attempt, chosen.agent) : null;
      const limit = failed?.failure?.code === 'agent' ? failed.failure.limit : undefined;
      return {
        run: state.id,
        task: id,
        attempt,
        title: mask(task.title),
        ...chosen,
        prompt: prompt({ id, attempt, failed, resolves }),
        ...(resolves && { resolves }),
        ...(cut && { resume: { ...cut, prompt: mask(goOnPrompt(limit)) } }),
        base: cut?.base ?? state.tip,
        ...placesIn(project, plan.name, settings.pattern)(id),
        timeoutMs: settings.timeoutMs,
        stallMs: settings.stallMs,
        ...(settings.taskMemory && { memoryCap: settings.taskMemory }),
        ...taskBudget(state, id),
      };
    },

    async brief(spec, before) {
      const met = metConflict(open.state, spec.task, before);
      const conflict = await conflictFacts(project.repository.git, open.state, met, spec.base);
      const { task: id, attempt, resolves } = spec;
      return conflict === null
        ? spec
        : { ...spec, prompt: prompt({ id, attempt, failed: before, resolves, conflict }) };
    },
  };
}

interface Telling {
  id: TaskId;
  attempt: number;
  /** The attempt before, when that failed. */
  failed: AttemptState | null;
  resolves: AttemptSpec['resolves'];
  conflict?: ConflictFacts;
}

/** What the agent of an attempt is told. */
function prompter({ project, open, tasks, mask }: Wiring) {
  const { plan, state } = open;
  const shared = state.settings.pattern === 'directory';
  const directories = shared ? directoriesByTask(project, plan) : new Map<string, string[]>();
  const promptFor = (id: TaskId) =>
    placedPrompt(extendedPrompt(promptOf(plan, tasks.get(id)!), state.tasks.get(id)!.granted), directories.get(id));
  const told = (id: TaskId) => {
    const claim = lastAttempt(state.tasks.get(id)!)?.result?.claim;
    return { task: tasks.get(id)!, prompt: promptFor(id), summary: claim?.summary ?? null };
  };

  return ({ id, attempt, failed, resolves, conflict }: Telling): string => {
    if (!failed?.failure) return mask(promptFor(id));
    const met = metConflict(state, id, failed);
    if (resolves && met.failure?.code === 'merge-conflict') {
      const others = [...new Set((conflict?.landed ?? []).flatMap(({ task }) => task ?? []))];
      return mask(
        resolvePrompt({
          own: told(id),
          others: others.filter((each) => each !== id).map(told),
          attempt,
          failure: met.failure,
          conflict,
        }),
      );
    }
    const refused =
      met === failed
        ? ''
        : `\n\nThen an agent was to resolve the conflict, in vain: ${describeFailure(failed.failure)}.`;
    const evidence = evidenceForRetry(met.failure!, met.evidence, conflict);
    return mask(retryPrompt(promptFor(id), attempt, `${evidence}${refused}`));
  };
}

/** The conflict that an attempt is to resolve: as it was begun, or as it is to begin. */
function resolvesOf(state: RunState, id: TaskId, attempt: number): AttemptSpec['resolves'] {
  const { attempts } = state.tasks.get(id)!;
  const begun = attempts.find(({ number }) => number === attempt);
  if (begun) return begun.resolves ?? undefined;
  const met = toResolve(attempts, state.settings);
  return met ? { attempt: met.number, head: met.result!.head! } : undefined;
}

/** What is left to the attempts of a task; a cent at least, for agents that take no zero. */
function taskBudget({ settings: { maxTaskUsd }, tasks }: RunState, id: string) {
  if (maxTaskUsd === undefined) return {};
  return { maxUsd: Math.max(0.01, maxTaskUsd - spentOf(tasks.get(id)!).usd), taskUsd: maxTaskUsd };
}
