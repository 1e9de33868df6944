import { agentNamed } from '../agent/registry.ts';
import { chooseAgent } from '../plan/agent-choice.ts';
import { fallbackOf } from '../project/config.ts';
import { listed } from '../run/describe.ts';
import type { RunSettings } from '../run/event.ts';
import { nextCommand } from '../run/next.ts';
import { hasLanded, lastAttempt, type RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { agentsOf } from './agents.ts';
import { budgetWarnings } from './budget.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import type { FoundRun } from './runs.ts';
import { quoted } from './typed.ts';

/** Every agent that a task of the run is for has to be there before anything starts. */
export async function checkAgents(
  context: Surroundings,
  project: Project,
  tasks: readonly { agent?: string }[],
  settings: RunSettings,
): Promise<void> {
  const agents = agentsOf(context, project);
  agentNamed(agents, settings.agent);
  const used = new Set(tasks.map((task) => chooseAgent(task, settings, agents).agent));
  const { agent: resolver } = project.config.onConflict;
  if (settings.onConflict === 'agent' && resolver !== undefined) used.add(resolver);
  for (const name of used) {
    const fallback = fallbackOf(project.config, name); // a set goes on with what is added meanwhile
    if (fallback !== undefined) used.add(fallback);
  }
  const checks = await Promise.all([...used].map((name) => agentNamed(agents, name).check()));
  for (const check of checks) {
    if (!check.ok) throw new Refusal('agent-missing', check.message, { exit: EXIT.environment, hint: check.hint });
  }
  if (settings.onConflict === 'agent' && settings.pattern !== 'worktree')
    context.warn(
      `a conflict is resolved by an agent in a worktree of its own: with ${settings.pattern} the task is done again`,
    );
  const warnings = budgetWarnings(
    settings,
    [...used].map((name) => agentNamed(agents, name)),
  );
  for (const warning of warnings) context.warn(warning);
}

/** What worked in a checkout goes on there, and nowhere else. */
export function checkCheckout({ repository }: Project, { plan, settings, tasks }: RunState): void {
  if (settings.pattern === 'worktree') return;
  const checkout = [...tasks.values()].flatMap((task) => lastAttempt(task)?.workspace ?? []).at(0) ?? repository.root;
  if (checkout === repository.root) return;
  throw new Refusal('other-checkout', `the run of ${plan} works in the checkout ${checkout}`, {
    exit: EXIT.usage,
    hint: `cd ${quoted(checkout)} && copse resume ${plan}`,
  });
}

/** A run that is not done must not be forgotten by starting another one. */
export function checkDone({ state, alive }: FoundRun): void {
  if (state.phase === 'abandoned') return;
  const { plan } = state;
  if (alive) {
    const { pid, host } = state.opened!;
    throw new Refusal('run-held', `${plan} is being run by process ${pid} on ${host}`, {
      exit: EXIT.environment,
      hint: 'watch it: copse status --watch; or end it with Ctrl-C where it runs',
    });
  }
  if (state.phase !== 'finished' || state.outcome === 'stopped' || state.outcome === 'paused') {
    throw new Refusal('run-unfinished', `the last run of ${plan} has not come to an end`, {
      exit: EXIT.usage,
      hint: `${nextCommand(state, alive).replace('next: ', '')}; or forget it: copse clean ${plan} --force`,
    });
  }
  if (state.outcome === 'failed') {
    throw new Refusal('run-failed', `the last run of ${plan} left tasks that failed`, {
      exit: EXIT.usage,
      hint: `copse run ${plan} --retry-failed; or forget it: copse clean ${plan} --force`,
    });
  }
  if (state.outcome === 'partial') {
    const left = [...state.tasks.values()]
      .filter((task) => task.status.is !== 'integrated')
      .map((task) => task.seed.id);
    throw new Refusal('run-partial', `the last run of ${plan} has integrated all but ${listed(left, 5)}`, {
      exit: EXIT.usage,
      hint: `copse resume ${plan}; or choose with --wave or --only`,
    });
  }
  if (!hasLanded(state)) {
    throw new Refusal('not-landed', `the last run of ${plan} is integrated but has not landed`, {
      exit: EXIT.usage,
      hint: `copse integrate ${plan}; or forget it: copse clean ${plan} --force`,
    });
  }
}

export function nothingToRetry(plan: string): Refusal {
  return new Refusal('nothing-to-retry', `there is no run of ${plan} with tasks that failed`, {
    exit: EXIT.usage,
    hint: `copse run ${plan}`,
  });
}
