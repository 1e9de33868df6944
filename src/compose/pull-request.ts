import { readRef } from '../git/refs.ts';
import { shapeLanding } from '../integrate/shape.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { buildReport } from '../report/report.ts';
import { type Asking, ask, type Merged, namesOf } from './ask-forge.ts';
import { demandContracts } from './demand-contracts.ts';
import { holding } from './held-run.ts';
import { checksOn, type LandingContext, targetOf, tipOf } from './integrate.ts';
import { checkReady, noBranch } from './integrate-ready.ts';
import { writeReport } from './integrate-report.ts';
import type { Project } from './project.ts';
import { chooseRemote } from './remote.ts';
import type { PullRequestOptions, PullRequestResult, Requested } from './requested.ts';
import type { FoundRun } from './runs.ts';
import { trusting } from './trust.ts';

/** Pushes the integration branch of a run, once it is what could land, and opens a pull request. Nothing moves here. */
export async function requestPull(
  context: LandingContext,
  opened: Project,
  run: FoundRun,
  options: PullRequestOptions,
): Promise<PullRequestResult> {
  checkReady(run, options);
  const project = await trusting(opened, run.id, context.warn);
  const { git } = project.repository;
  const target = await targetOf(git, run.state, options.into);
  const chosen = await chooseRemote(git, { target, remote: options.remote });
  if (options.dryRun) return foresee(context, project, run, { target, chosen });
  return holding(context, project, run, async (held) => {
    const { state, append, journal } = held;
    checkReady({ state, alive: false }, options);
    const tip = await tipOf(git, held);
    const plan = readFrozenPlan(run.paths);
    if (options.contracts ?? true) await demandContracts(context, project, held, { plan, commit: tip });
    const asking: Asking = { context, project, state, target, tip, chosen };
    const merged = await mergeOf(asking);
    const checks = merged.is === 'made' ? await checksOn(context, project, { move: merged, state, options }) : [];
    if (checks.length > 0 || state.checks.length > 0) append({ type: 'stack.checked', commit: tip, checks });
    const before = buildReport(state, plan, Date.now());
    const red = checks.some(({ outcome }) => outcome === 'failed');
    const requested = red ? ({ is: 'red' } as const) : await ask(asking, { merged, report: before, append });
    await journal.flush();
    const report = buildReport(state, plan, Date.now());
    const files = writeReport(context, state.planDir, report);
    return { ...namesOf(asking), requested, commit: tip, checks, state, report, files };
  });
}

/** What the forge would make of it, as far as this repository knows. */
async function mergeOf({ project, state, target, tip }: Asking): Promise<Merged> {
  const { git } = project.repository;
  const from = await readRef(git, `refs/heads/${target}`);
  if (from === null) throw noBranch(target, state.plan);
  const shaped = await shapeLanding(git, { from, tip, message: `Merge ${state.plan}\n`, earlier: state.landed });
  switch (shaped.is) {
    case 'made':
      return { is: 'made', from, to: shaped.to };
    case 'there':
      return { is: 'there' };
    default:
      return { is: 'conflict', paths: shaped.paths };
  }
}

async function foresee(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  { target, chosen }: Pick<Asking, 'target' | 'chosen'>,
): Promise<PullRequestResult> {
  const { state } = run;
  const tip = (await readRef(project.repository.git, state.integrationRef)) ?? state.tip;
  const asking: Asking = { context, project, state, target, tip, chosen };
  const merged = await mergeOf(asking);
  const requested: Requested = merged.is === 'made' ? { is: 'dry-run' } : merged;
  const report = buildReport(state, readFrozenPlan(run.paths), Date.now());
  const files = { json: null, text: null, html: null };
  return { ...namesOf(asking), requested, commit: tip, checks: [], state, report, files };
}
