import { branchExists, readRef } from '../git/refs.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import { landOnTarget } from '../integrate/target.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { openJournal } from '../journal/write.ts';
import { buildReport } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import type { Oid } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { systemClock } from '../util/clock.ts';
import type { Surroundings } from './context.ts';
import { demandContracts } from './demand-contracts.ts';
import { checkReady, noBranch, noTarget } from './integrate-ready.ts';
import { outputsOf, recordInManifest, writeReport } from './integrate-report.ts';
import type { IntegrateOptions, RunLanding } from './landing.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { asHeld, type FoundRun } from './runs.ts';
import { checkMerged } from './stack-checks.ts';
import { trusting } from './trust.ts';

type LandingContext = Pick<Surroundings, 'env' | 'warn'> & {
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
  const target = options.into ?? run.state.target;
  const trusted = await trusting(project, run.id, context.warn);
  const { git } = trusted.repository;
  if (target === null) throw await noTarget(git, run.state.plan);
  if (!(await branchExists(git, target))) throw noBranch(target, run.state.plan);
  return land(context, trusted, run, { ...options, target });
}

async function land(
  context: LandingContext,
  project: Project,
  run: FoundRun,
  options: IntegrateOptions & { target: string },
): Promise<RunLanding> {
  const { repository } = project;
  const { target } = options;
  const { paths } = run;
  const journal = await openJournal({ dir: paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
  try {
    const held = asHeld(run, journal.past);
    checkReady(held, options);
    const { state } = held;
    await removeStaleLocks(repository);
    const tip = (await readRef(repository.git, state.integrationRef)) ?? state.tip;
    const plan = readFrozenPlan(paths);
    if (options.contracts ?? true) await demandContracts(context, project, { plan, journal, state, commit: tip });
    const message = `Merge ${state.plan}: ${maskFor(context)(state.title)}\n\nCopse-Run: ${state.id}\n`;
    const source = state.integrationRef.replace('refs/heads/', '');
    const checks: StackCheck[] = [];
    const landing = await landOnTarget({
      repository,
      target,
      tip,
      message,
      source,
      outputs: outputsOf(project, state),
      approve: async (move) => {
        checks.push(...(await checksOn(context, project, { move, state, options })));
        const said = checks.length > 0 || state.checks.length > 0;
        if (said) reduce(state, journal.append({ type: 'stack.checked', commit: move.to, checks }));
        return checks.every(({ outcome }) => outcome !== 'failed');
      },
    });
    if (landing.landed) {
      reduce(
        state,
        journal.append({ type: 'target.landed', target, from: landing.from, to: landing.to, how: landing.how }),
      );
      await journal.flush();
    }
    if (!landing.landed && landing.why === 'no-branch') throw noBranch(target, state.plan);
    const report = buildReport(state, plan, Date.now());
    if (landing.landed) recordInManifest(context, state.planDir, report);
    return { target, landing, checks, state, report, files: writeReport(context, state.planDir, report) };
  } finally {
    await journal.close();
  }
}

async function checksOn(
  context: LandingContext,
  project: Project,
  { move, state, options }: { move: { from: Oid; to: Oid }; state: RunState; options: IntegrateOptions },
): Promise<StackCheck[]> {
  if (options.checks === 'skip') return [];
  const { narrate = () => {}, signal } = context;
  return checkMerged(context, project, move, { state, tech: options.tech, narrate, signal });
}
