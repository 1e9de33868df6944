import { type InHand, inHand } from '../integrate/by-hand.ts';
import { land } from '../integrate/land.ts';
import type { Oid, TaskId } from '../run/event.ts';
import { openConflict } from '../run/resolve.ts';
import type { RunState } from '../run/state.ts';
import { needsValidation } from '../schedule/wave-gates.ts';
import { unwrapped } from '../util/one-line.ts';
import { begin, type HandResult, type HandStep, type Held, holdingTasks } from './by-hand-step.ts';
import { beginWithTarget, landInHand } from './by-hand-target.ts';
import { handOf, keptPrefix, nothingInHand, otherRun, outside, rewritten, stale } from './hand.ts';
import type { LandingContext } from './integrate.ts';
import { checkNotRun } from './integrate-ready.ts';
import type { IntegrateOptions } from './landing.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import type { FoundRun } from './runs.ts';
import { trusting } from './trust.ts';

/**
 * Goes on with the conflicts of a run: what a person has resolved lands, then the next conflict is laid out. Those of tasks come
 * first, then the one of the integration branch with its target.
 */
export async function continueByHand(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  options: IntegrateOptions,
): Promise<HandResult> {
  checkNotRun(run);
  const trusted = await trusting(outside(project, run.state.plan), run.id, context.warn);
  const hand = handOf(context, trusted, run.state.plan);
  const standing = await inHand(trusted.repository, hand.path);
  if (standing !== null && standing.run !== run.id) throw otherRun(run.state.plan, standing, hand.path);
  if (standing !== null && 'target' in standing.of) {
    return landInHand({ context, project: trusted, hand, run }, standing, options);
  }
  return holdingTasks(context, trusted, run, async (heldRun) => {
    const held: Held = { ...heldRun, context, project: trusted, hand };
    const steps = standing === null ? [] : await integrateInHand(held, standing);
    const more = steps.every(({ is }) => is === 'integrated') ? await goOn(held, options, steps.length === 0) : [];
    finish(held);
    await held.journal.flush();
    return { path: hand.path, steps: [...steps, ...more], state: held.state };
  });
}

/** Lands what a person merged for a task, or says what is left to do. */
async function integrateInHand(held: Held, standing: InHand): Promise<HandStep[]> {
  const { project, hand, state } = held;
  const { task, attempt } = standing.of as { task: TaskId; attempt: number };
  const known = state.tasks.get(task);
  const { status } = known ?? {};
  if (status?.is === 'integrated' && status.attempt === attempt && status.settled?.by === 'person') {
    // We were killed behind the landing.
    const kept = await hand.putAway(standing, keptPrefix(state.id), [status.commit]);
    return [{ is: 'integrated', task, by: 'person', kept }];
  }
  if (known && openConflict(known)?.number !== attempt) throw stale(state.plan, task, hand.path);
  const left = await hand.left(standing);
  if (left !== null) return [{ is: 'left', inHand: standing, left }];
  const head = await hand.end();
  const landed = await land(project.repository.git, requestFor(held, { task, attempt, head }));
  if (landed.landed) {
    const settled = { by: 'person' as const, paths: standing.paths };
    held.append({ ...integrated(held, { task, attempt, head }, landed.commit), settled });
    await held.journal.flush();
    const kept = await hand.putAway(standing, keptPrefix(state.id), [landed.commit]);
    return [{ is: 'integrated', task, by: 'person', kept }];
  }
  if (landed.why !== 'conflict') throw rewritten(state);
  // The branch has moved since, and conflicts with what was resolved: that is merged once more.
  await hand.putAway(standing, keptPrefix(state.id), []);
  return [await begin(held, { of: standing.of, onto: landed.onto, head }, titleOf(held, task))];
}

/** The next conflict that waits; a task that merges by now is integrated as it is. */
async function goOn(held: Held, options: IntegrateOptions, first: boolean): Promise<HandStep[]> {
  const { project, state } = held;
  const steps: HandStep[] = [];
  for (const [task, known] of state.tasks) {
    const met = options.partial ? null : openConflict(known);
    if (met === null) continue;
    const { number: attempt, result } = met;
    const head = result!.head!;
    const landed = await land(project.repository.git, { ...requestFor(held, { task, attempt, head }), base: met.base });
    if (landed.landed) {
      held.append(integrated(held, { task, attempt, head }, landed.commit));
      steps.push({ is: 'integrated', task, by: 'itself', kept: null });
      continue;
    }
    if (landed.why !== 'conflict') throw rewritten(state);
    return [...steps, await begin(held, { of: { task, attempt }, onto: landed.onto, head }, titleOf(held, task))];
  }
  if (steps.length > 0 || !first) return steps;
  const target = await beginWithTarget(held, options);
  if (target === null) throw nothingInHand(state);
  return [target];
}

/** When all is in, and no validation is due: the run has come to its end. */
function finish({ state, append }: Held): void {
  const all = [...state.tasks.values()].every(({ status }) => status.is === 'integrated');
  const due = [...state.waves.keys()].some((wave) => needsValidation(state, wave));
  if (all && !due && state.outcome === 'failed') append({ type: 'run.finished', outcome: 'integrated' });
}

function requestFor(
  { context, state }: Held,
  { task, attempt, head }: { task: TaskId; attempt: number; head: string },
) {
  const { integrationRef: ref, tip, plan, id: run } = state;
  return { ref, tip, head, plan, run, task, title: maskFor(context)(titleFor(state, task)), attempt };
}

const titleFor = (state: RunState, task: TaskId) => state.tasks.get(task)!.seed.title;

function titleOf({ context, state }: Held, task: TaskId): string {
  return `Merge ${task}: ${unwrapped(maskFor(context)(titleFor(state, task)))}`;
}

function integrated({ state }: Held, of: { task: TaskId; attempt: number; head: Oid }, commit: Oid) {
  const commits = openConflict(state.tasks.get(of.task)!)?.result?.commits ?? 0;
  return { type: 'task.integrated', ...of, commit, commits } as const;
}

/** Puts a conflict away that is in hand; gives the snapshot of it. */
export async function abortByHand(context: LandingContext, project: Project, run: FoundRun) {
  checkNotRun(run);
  const trusted = await trusting(outside(project, run.state.plan), run.id, context.warn);
  const hand = handOf(context, trusted, run.state.plan);
  return holdingTasks(context, trusted, run, async ({ state }) => {
    const standing = await inHand(trusted.repository, hand.path);
    if (standing === null) throw nothingInHand(state, 'there is nothing to put away');
    const kept = await hand.putAway(standing, keptPrefix(standing.run), []);
    return { standing, kept, path: hand.path, state };
  });
}
