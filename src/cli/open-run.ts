import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { agentNamed } from '../agent/registry.ts';
import { agentsOf } from '../compose/agents.ts';
import { maskFor } from '../compose/mask.ts';
import type { Project } from '../compose/project.ts';
import { createRun, type OpenRun, reopenRun } from '../engine/open.ts';
import { oneAtATime } from '../journal/new-run.ts';
import { chooseAgent } from '../plan/agent-choice.ts';
import type { Diagnostic, Plan } from '../plan/plan.ts';
import { fallbackOf } from '../project/config.ts';
import { findPlan } from '../project/find-plan.ts';
import { loadPlanFolder } from '../project/plan-folder.ts';
import { listed } from '../run/describe.ts';
import type { RunSettings } from '../run/event.ts';
import { hasLanded, lastAttempt, type RunState } from '../run/state.ts';
import { select } from '../schedule/select.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { budgetWarnings, checkBudget } from './budget.ts';
import type { CliContext } from './context.ts';
import { preflight, preflightAgain } from './preflight.ts';
import { nextCommand } from './render/next.ts';
import { changedSettings, type RunOptions, selectionOf, settingsOf } from './run-options.ts';
import { canGoOn, type FoundRun, latestRunOf } from './runs.ts';
import { quoted, typedPath } from './typed.ts';

/** `run`: a new run of the plan, or the one that is there gone on with when that was asked for. */
export async function openRun(
  context: CliContext,
  project: Project,
  name: string | undefined,
  options: RunOptions,
): Promise<OpenRun> {
  const { repository, config } = project;
  const { plan, dir } = readPlan(context, project, name, { ...options, command: 'run' });
  const latest = latestRunOf(repository.commonDir, plan.name);
  const goesOn = options.retryFailed || options.wave !== undefined || options.only !== undefined;
  if (latest && goesOn && canGoOn(latest)) return goOn(context, project, latest, plan, options);
  if (options.retryFailed) throw nothingToRetry(plan.name);
  if (latest) checkDone(latest);

  const settings = settingsOf(config, options);
  await checkAgents(context, project, plan.tasks, settings);
  return oneAtATime(repository.commonDir, async () => {
    // Again: somebody else may have begun one meanwhile.
    const newer = latestRunOf(repository.commonDir, plan.name);
    if (newer) checkDone(newer);
    await preflight(context, project, { plan, planDir: dir, settings });
    const select = selectionOf(options);
    return createRun({ repository, plan, planDir: dir, settings, select, clock: systemClock, mask: maskFor(context) });
  });
}

/** `resume`: the latest run, or the one that is named, gone on with. */
export async function resumeRun(
  context: CliContext,
  project: Project,
  found: FoundRun,
  options: RunOptions,
): Promise<OpenRun> {
  let current: Plan | null = null;
  try {
    current = readPlan(context, project, found.state.planDir, { ...options, command: 'resume' }).plan;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.stderr.write(
      `copse: the plan cannot be read any more (${error.message.split('\n')[0]}); going on with it as it was\n`,
    );
  }
  return goOn(context, project, found, current, options);
}

async function goOn(
  context: CliContext,
  project: Project,
  found: FoundRun,
  current: Plan | null,
  options: RunOptions,
): Promise<OpenRun> {
  const { retry } = select(found.state, selectionOf(options)); // before the lock is taken over; it is made again behind it
  const tasks = current?.tasks ?? [...found.state.tasks.values()].map(({ seed }) => seed);
  const settings = changedSettings(found.state.settings, options);
  checkBudget(found.state, settings, retry);
  await checkAgents(context, project, tasks, settings);
  checkCheckout(project, found.state);
  await preflightAgain(project, found.state.plan);
  const opened = await reopenRun({
    repository: project.repository,
    run: found.id,
    current,
    settings: (frozen) => changedSettings(frozen, options),
    select: selectionOf(options),
    ...(options.now && { now: true }),
    clock: systemClock,
    mask: maskFor(context),
  });
  if (opened.replanned)
    context.stderr.write('copse: the plan was edited since; tasks that start now use it as it is\n');
  return opened;
}

/** What worked in a checkout goes on there, and nowhere else. */
function checkCheckout({ repository }: Project, { plan, settings, tasks }: RunState): void {
  if (settings.pattern === 'worktree') return;
  const checkout = [...tasks.values()].flatMap((task) => lastAttempt(task)?.workspace ?? []).at(0) ?? repository.root;
  if (checkout === repository.root) return;
  throw new Refusal('other-checkout', `the run of ${plan} works in the checkout ${checkout}`, {
    exit: EXIT.usage,
    hint: `cd ${quoted(checkout)} && copse resume ${plan}`,
  });
}

/** The plan that is meant; a refusal with every finding when it has errors. `command`: the one to suggest with a name. */
export function readPlan(
  context: CliContext,
  project: Project,
  name: string | undefined,
  { honorBlocks = false, freshPrompts = false, command }: RunOptions & { command: string },
): { plan: Plan; dir: string } {
  const found = findPlan({ cwd: project.cwd, argument: name, command });
  // git's paths have no links in them. Of the folder itself the name counts, wherever it leads.
  const dir = join(realpathSync(dirname(found)), basename(found));
  const loaded = loadPlanFolder(dir, { honorBlocks, mask: maskFor(context) });
  if (!loaded.ok) throw planInvalid(typedPath(project.cwd, dir), loaded.diagnostics);
  if (!freshPrompts) return { plan: loaded.plan, dir };
  const tasks = loaded.plan.tasks.map(({ prompt: _, ...task }) => task);
  return { plan: { ...loaded.plan, tasks }, dir };
}

/** Errors of a plan that are shown; all of them are in the details. */
const SHOWN = 5;

function planInvalid(folder: string, diagnostics: readonly Diagnostic[]): Refusal {
  const errors = diagnostics.filter((each) => each.level === 'error');
  const place = ({ file, line, column }: Diagnostic) =>
    `${folder === '.' ? '' : `${folder}/`}${file}:${line}:${column}`;
  const [first, ...others] = errors;
  const lines = others.slice(0, SHOWN - 1).map((each) => `  ${place(each)}: ${each.message}`);
  const more =
    errors.length > SHOWN ? [`  … and ${errors.length - SHOWN} more: the plan has ${errors.length} errors`] : [];
  return new Refusal('plan-invalid', [first!.message, ...lines, ...more].join('\n'), {
    exit: EXIT.planInvalid,
    where: place(first!),
    hint: `copse validate ${quoted(folder)}`,
    details: errors,
  });
}

/** Every agent that a task of the run is for has to be there before anything starts. */
async function checkAgents(
  context: CliContext,
  project: Project,
  tasks: readonly { agent?: string }[],
  settings: RunSettings,
): Promise<void> {
  const agents = agentsOf(context, project);
  agentNamed(agents, settings.agent);
  const used = new Set(tasks.map((task) => chooseAgent(task, settings, agents).agent));
  for (const name of used) {
    const fallback = fallbackOf(project.config, name); // a set goes on with what is added meanwhile
    if (fallback !== undefined) used.add(fallback);
  }
  const checks = await Promise.all([...used].map((name) => agentNamed(agents, name).check()));
  for (const check of checks) {
    if (!check.ok) throw new Refusal('agent-missing', check.message, { exit: EXIT.environment, hint: check.hint });
  }
  const warnings = budgetWarnings(
    settings,
    [...used].map((name) => agentNamed(agents, name)),
  );
  for (const warning of warnings) context.stderr.write(`copse: ${warning}\n`);
}

/** A run that is not done must not be forgotten by starting another one. */
function checkDone({ state, alive }: FoundRun): void {
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

function nothingToRetry(plan: string): Refusal {
  return new Refusal('nothing-to-retry', `there is no run of ${plan} with tasks that failed`, {
    exit: EXIT.usage,
    hint: `copse run ${plan}`,
  });
}
