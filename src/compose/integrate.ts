import type { Git } from '../git/git.ts';
import { keepLanding } from '../git/landings.ts';
import { branchExists, readRef } from '../git/refs.ts';
import { landOnTarget, type TargetLanding, type TargetMove, type TargetRequest } from '../integrate/target.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { buildReport } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import { listed } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import { integrationBranch, type RunState } from '../run/state.ts';
import type { Surroundings } from './context.ts';
import { demandContracts } from './demand-contracts.ts';
import { type HeldRun, holding } from './held-run.ts';
import { landingMessage } from './integrate-message.ts';
import { checkReady, noBranch, noTarget } from './integrate-ready.ts';
import { outputsOf, recordInManifest, writeReport } from './integrate-report.ts';
import type { IntegrateOptions, RunLanding } from './landing.ts';
import type { Project } from './project.ts';
import { mergedAsRecorded } from './recorded.ts';
import type { FoundRun } from './runs.ts';
import { checkMerged } from './stack-checks.ts';
import { trusting } from './trust.ts';

export type LandingContext = Pick<Surroundings, 'env' | 'warn'> & {
  /** Aborted: checks are ended, and nothing moves. */
  signal?: AbortSignal | undefined;
  /** Is told what is being done, a line at a time. */
  narrate?: ((line: string) => void) | undefined;
};

/** Lands the integration branch of a run on its target, and writes the report. */
export async function integrateRun(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  options: IntegrateOptions,
): Promise<RunLanding> {
  checkReady(run, options);
  const trusted = await trusting(project, run.id, context.warn);
  const target = await targetOf(trusted.repository.git, run.state, options.into);
  const act = options.dryRun ? foresee : land;
  return act(context, trusted, run, { style: trusted.config.integrate.style, ...options, target });
}

/** The branch that is named, else the one that the run started from. */
export async function targetOf(git: Git, state: RunState, into: string | undefined): Promise<string> {
  const target = into ?? state.target;
  if (target === null) throw await noTarget(git, state.plan);
  if (!(await branchExists(git, target))) throw noBranch(target, state.plan);
  return target;
}

async function land(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  options: IntegrateOptions & { target: string },
): Promise<RunLanding> {
  const { git } = project.repository;
  const { target } = options;
  return holding(context, project, run, async (held) => {
    const { state, append, journal } = held;
    checkReady({ state, alive: false }, options);
    const tip = await tipOf(git, held);
    const plan = readFrozenPlan(run.paths);
    const what = options.resolved ?? tip;
    const checks: StackCheck[] = [];
    const approve = async (move: TargetMove) => {
      checks.push(...(await checksOn(context, project, { move, state, options })));
      if (checks.length > 0 || state.checks.length > 0) append({ type: 'stack.checked', commit: move.to, checks });
      if (checks.some(({ outcome }) => outcome === 'failed')) return false;
      await keepLanding(git, { run: state.id, number: state.landings.length + 1, tip, to: move.to });
      append({ type: 'target.landing', target, tip, ...move });
      await journal.flush();
      return true;
    };
    const landIt = async (commit: Oid) => {
      if (options.contracts ?? true) await demandContracts(context, project, held, { plan, commit });
      return landOnTarget({ ...(await requestFor(context, project, { state, tip: commit, options })), approve });
    };
    const first = await landIt(what);
    const recorded = isConflict(first) ? await asRecorded(context, project, { state, target, tip: what }) : null;
    const landing = recorded ? await landIt(recorded.commit) : first;
    if (landing.landed) {
      const { from, to, how } = landing;
      const settled = recorded && { settled: { by: 'recorded' as const, paths: recorded.paths } };
      append({ type: 'target.landed', target, from, to, how, ...settled });
      await journal.flush();
    }
    if (!landing.landed && landing.why === 'no-branch') throw noBranch(target, state.plan);
    const report = buildReport(state, plan, Date.now());
    if (landing.landed) recordInManifest(context, state.planDir, report);
    return { target, landing, checks, state, report, files: writeReport(context, state.planDir, report) };
  });
}

const isConflict = (landing: TargetLanding) => !landing.landed && landing.why === 'conflict';

/** The merge with the target as it was resolved before, where git's rerere knows all of it. */
async function asRecorded(
  context: LandingContext,
  project: Project,
  { state, target, tip }: { state: RunState; target: string; tip: Oid },
): Promise<{ commit: Oid; paths: string[] } | null> {
  const from = await readRef(project.repository.git, `refs/heads/${target}`);
  if (from === null) return null;
  const message = await landingMessage(context, project.repository, { state, style: 'merge', tip, from });
  const recorded = await mergedAsRecorded(project, { ours: from, theirs: tip }, message);
  const where = recorded && listed(recorded.paths, 3);
  if (where) context.warn(`the conflict with ${target} was resolved as it was before (rerere): ${where}`);
  return recorded;
}

/** What `integrate` would do: the merge is made in memory, contracts are not compared and checks not run, nothing is written. */
async function foresee(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  options: IntegrateOptions & { target: string },
): Promise<RunLanding> {
  const { state } = run;
  checkReady(run, options);
  const tip = (await readRef(project.repository.git, state.integrationRef)) ?? state.tip;
  const landing = await landOnTarget({
    ...(await requestFor(context, project, { state, tip, options })),
    dryRun: true,
  });
  if (!landing.landed && landing.why === 'no-branch') throw noBranch(options.target, state.plan);
  const report = buildReport(state, readFrozenPlan(run.paths), Date.now());
  const files = { json: null, text: null, html: null };
  return { target: options.target, landing, checks: [], state, report, files };
}

async function requestFor(
  context: LandingContext,
  project: Project,
  { state, tip, options }: { state: RunState; tip: Oid; options: IntegrateOptions & { target: string } },
): Promise<TargetRequest> {
  const { repository } = project;
  const { target, style } = options;
  const from = await readRef(repository.git, `refs/heads/${target}`);
  return {
    repository,
    target,
    tip,
    style,
    message: await landingMessage(context, repository, { state, style, tip, from }),
    earlier: state.landed?.target === target ? state.landed : null,
    source: integrationBranch(state),
    outputs: outputsOf(project, state),
  };
}

/** The integration branch as it stands: a person may have committed to it. */
export async function tipOf(git: Git, { state, append }: HeldRun): Promise<Oid> {
  const tip = (await readRef(git, state.integrationRef)) ?? state.tip;
  if (tip !== state.tip) append({ type: 'integration.moved', from: state.tip, to: tip });
  return tip;
}

/** The project's own checks on what a move brings. */
export async function checksOn(
  context: LandingContext,
  project: Project,
  { move, state, options }: { move: { from: Oid; to: Oid }; state: RunState; options: IntegrateOptions },
): Promise<StackCheck[]> {
  if (options.checks === 'skip') return [];
  const { narrate = () => {}, signal } = context;
  return checkMerged(context, project, move, { state, tech: options.tech, narrate, signal });
}
