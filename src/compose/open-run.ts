import { createRun, type OpenRun, reopenRun } from '../engine/open.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { oneAtATime } from '../journal/new-run.ts';
import type { Plan } from '../plan/plan.ts';
import { select } from '../schedule/select.ts';
import { systemClock } from '../util/clock.ts';
import { Refusal } from '../util/refusal.ts';
import { chooseAgents, chooseSettings } from './advice.ts';
import { withGrants } from './asks.ts';
import { checkBudget } from './budget.ts';
import { checkAgents, checkCheckout, checkDone, nothingToRetry } from './check-start.ts';
import type { Choices, Reading } from './choices.ts';
import type { Surroundings } from './context.ts';
import { readGrants } from './grants.ts';
import { checkNotInHand } from './hand.ts';
import { maskFor } from './mask.ts';
import { checkDirectories, preflight, preflightAgain } from './preflight.ts';
import type { Project } from './project.ts';
import { type ReadPlan, readPlan } from './read-plan.ts';
import { canGoOn, type FoundRun, latestRunOf } from './runs.ts';
import { changedSettings, selectionOf } from './settings.ts';

/** `run`: a new run of the plan, or the one that is there gone on with when that was asked for. */
export async function openRun(
  context: Surroundings,
  project: Project,
  { plan, dir }: ReadPlan,
  options: Choices,
): Promise<OpenRun> {
  const { repository } = project;
  const latest = latestRunOf(repository.commonDir, plan.name);
  const goesOn = options.retryFailed || options.wave !== undefined || options.only !== undefined;
  if (latest && goesOn && canGoOn(latest)) return goOn(context, project, latest, plan, options);
  if (options.retryFailed) throw nothingToRetry(plan.name);
  if (latest) checkDone(latest);

  const { settings, advice } = await chooseSettings(context, project, { plan, dir }, options);
  await checkAgents(context, project, plan.tasks, settings);
  return oneAtATime(repository.commonDir, async () => {
    // Again: somebody else may have begun one meanwhile.
    const newer = latestRunOf(repository.commonDir, plan.name);
    if (newer) checkDone(newer);
    await preflight(context, project, { plan, planDir: dir, settings });
    const select = selectionOf(options);
    const input = { repository, plan, planDir: dir, settings, advice, select };
    return createRun({ ...input, clock: systemClock, mask: maskFor(context) });
  });
}

/** What only a run that goes on can be told. */
interface GoOn {
  /** Try accounts that are parked at once. */
  now?: boolean;
  /** What tasks may write besides their scopes, as `task-003:src/a.ts`. */
  grant?: readonly string[];
}

/** `resume`: the latest run, or the one that is named, gone on with. */
export async function resumeRun(
  context: Surroundings,
  project: Project,
  found: FoundRun,
  options: Choices & Reading & GoOn,
): Promise<OpenRun> {
  let current: Plan | null = null;
  try {
    current = readPlan(context, project, found.state.planDir, { ...options, command: 'resume' }).plan;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.warn(`the plan cannot be read any more (${error.message.split('\n')[0]}); going on with it as it was`);
  }
  return goOn(context, project, found, current, options);
}

async function goOn(
  context: Surroundings,
  project: Project,
  found: FoundRun,
  current: Plan | null,
  typed: Choices & GoOn,
): Promise<OpenRun> {
  const options = await chooseAgents(context, project, found, { current, options: typed });
  const known = { plan: current ?? readFrozenPlan(found.paths), state: found.state };
  const grants = readGrants(context, project, known, options.grant ?? []);
  const selection = { ...selectionOf(options), retry: grants.map(({ task }) => task) };
  const { retry } = select(found.state, selection); // before the lock is taken over; it is made again behind it
  const tasks = current?.tasks ?? [...found.state.tasks.values()].map(({ seed }) => seed);
  const settings = changedSettings(found.state.settings, options);
  checkBudget(found.state, settings, retry);
  await checkNotInHand(project, found.state, retry);
  await checkAgents(context, project, tasks, settings);
  checkCheckout(project, found.state);
  if (current && settings.pattern === 'directory') checkDirectories(project, current, found.state.planDir);
  await preflightAgain(project, found.state.plan);
  const opened = await reopenRun({
    repository: project.repository,
    run: found.id,
    current,
    settings: (frozen) => changedSettings(frozen, options),
    select: selection,
    grants,
    ...(options.now && { now: true }),
    clock: systemClock,
    mask: maskFor(context),
  });
  const plan = { ...opened.plan, tasks: opened.plan.tasks.map((task) => withGrants(task, opened.state)) };
  return { ...opened, plan };
}
