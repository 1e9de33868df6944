import { readRef } from '../git/refs.ts';
import type { HandWorktree, InHand } from '../integrate/by-hand.ts';
import { shapeLanding } from '../integrate/shape.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { begin, type HandResult, type HandStep, type Held, holdingTasks } from './by-hand-step.ts';
import { keptPrefix } from './hand.ts';
import { integrateRun, type LandingContext } from './integrate.ts';
import { landingMessage } from './integrate-message.ts';
import { checkReady, noBranch, noTarget } from './integrate-ready.ts';
import type { IntegrateOptions } from './landing.ts';
import type { Project } from './project.ts';
import type { FoundRun } from './runs.ts';

/** Lays out the conflict of the integration branch with its target; null when they do not conflict. */
export async function beginWithTarget(held: Held, options: IntegrateOptions): Promise<HandStep | null> {
  const { context, project, state } = held;
  const { git } = project.repository;
  checkReady({ state, alive: false }, options);
  const target = options.into ?? state.target;
  if (target === null) throw await noTarget(git, state.plan);
  const [from, tip = state.tip] = await Promise.all([
    readRef(git, `refs/heads/${target}`),
    readRef(git, state.integrationRef).then((oid) => oid ?? undefined),
  ]);
  if (from === null) throw noBranch(target, state.plan);
  const message = await landingMessage(context, project.repository, { state, style: 'merge', tip, from });
  const earlier = state.landed?.target === target ? state.landed : null;
  const shaped = await shapeLanding(git, { from, tip, message, earlier });
  return shaped.is === 'conflict' ? begin(held, { of: { target }, onto: from, head: tip }, message) : null;
}

interface InHandOf {
  context: LandingContext;
  project: Project;
  hand: HandWorktree;
  run: FoundRun;
}

/** Lands the merge that a person made of the integration branch and its target, after all gates of a landing. */
export async function landInHand(
  { context, project, hand, run }: InHandOf,
  standing: InHand,
  options: IntegrateOptions,
): Promise<HandResult> {
  const { target } = standing.of as { target: string };
  if (options.into !== undefined && options.into !== target) throw otherTarget(run.state.plan, target, hand.path);
  const left = await hand.left(standing);
  if (left !== null) return { path: hand.path, steps: [{ is: 'left', inHand: standing, left }], state: run.state };
  const resolved = await hand.end();
  const landing = await integrateRun(context, project, run, { ...options, into: target, resolved });
  const { state } = landing;
  const step: HandStep = { is: 'landing', landing, kept: null };
  if (landing.landing.landed) {
    step.kept = await hand.putAway(standing, keptPrefix(state.id), [landing.landing.to]);
    return { path: hand.path, steps: [step], state };
  }
  if (landing.landing.why !== 'conflict') return { path: hand.path, steps: [step], state };
  // The target has moved since, and conflicts with what was resolved: that is merged once more.
  return holdingTasks(context, project, run, async (held) => {
    const onto = (await readRef(project.repository.git, `refs/heads/${target}`))!;
    await hand.putAway(standing, keptPrefix(state.id), []);
    const of = { state: held.state, style: 'merge' as const, tip: resolved, from: onto };
    const message = await landingMessage(context, project.repository, of);
    const again = await begin({ hand, state: held.state }, { of: standing.of, onto, head: resolved }, message);
    return { path: hand.path, steps: [again], state: held.state };
  });
}

function otherTarget(plan: string, target: string, path: string): Refusal {
  return new Refusal('in-hand', `${path} holds the conflict with ${target}, not with another branch`, {
    exit: EXIT.usage,
    hint: `copse integrate --continue ${plan} --into ${target}; or put it away: copse integrate --abort ${plan}`,
  });
}
