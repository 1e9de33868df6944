import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Git } from '../git/git.ts';
import { branchExists, readRef } from '../git/refs.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import { landOnTarget, type TargetLanding } from '../integrate/target.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { openJournal } from '../journal/write.ts';
import { MANIFEST } from '../plan/manifest.ts';
import { rewriteManifest } from '../plan/rewrite-manifest.ts';
import { buildReport, type Report } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import { listed } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import { demandContracts } from './demand-contracts.ts';
import type { IntegrateOptions, ReportFiles, RunLanding } from './landing.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { renderReport } from './report.ts';
import { asHeld, type FoundRun } from './runs.ts';
import { checkMerged } from './stack-checks.ts';
import { trusting } from './trust.ts';

const REPORTS = ['report.json', 'integration-report.md', 'logs/report.html'] as const;

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

/** What stands in the way of landing the run as a whole. */
function checkReady({ state, alive }: FoundRun, { partial }: IntegrateOptions): void {
  const { plan, opened } = state;
  if (alive) {
    const by = opened ? ` by process ${opened.pid} on ${opened.host}` : '';
    throw new Refusal('run-held', `${plan} is still being run${by}`, {
      exit: EXIT.environment,
      hint: 'copse status --watch',
    });
  }
  const failed = [...state.waves.values()].find((wave) => wave.status.is === 'failed');
  if (failed) {
    throw new Refusal('validation-failed', `the validation of wave ${failed.number} failed on the merged tree`, {
      exit: EXIT.integration,
      hint: `mend it on ${state.integrationRef.replace('refs/heads/', '')}, then: copse resume ${plan}`,
    });
  }
  const missing = [...state.tasks.values()]
    .filter((task) => task.status.is !== 'integrated')
    .map((task) => task.seed.id);
  if (missing.length === state.tasks.size) {
    throw new Refusal('nothing-integrated', `no task of ${plan} is integrated`, {
      exit: EXIT.integration,
      hint: `copse status ${plan}`,
    });
  }
  if (missing.length > 0 && !partial) {
    const failed = [...state.tasks.values()].some(({ status }) => status.is === 'failed');
    const goOn = failed ? `copse run ${plan} --retry-failed` : `copse resume ${plan}`;
    throw new Refusal(
      'not-integrated',
      `${missing.length} of ${state.tasks.size} tasks of ${plan} are not integrated: ${listed(missing, 5)}`,
      {
        exit: EXIT.integration,
        hint: `${goOn}; or land the rest: copse integrate ${plan} --partial`,
        details: { missing },
      },
    );
  }
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

/** Writes all forms of the report into the plan folder; a folder that takes none is told, for what has landed has landed. */
function writeReport(context: Pick<Surroundings, 'env' | 'warn'>, folder: string, report: Report): ReportFiles {
  const [json, text, html] = REPORTS.map((name) => join(folder, name)) as [string, string, string];
  try {
    writeFileAtomic(json, renderReport(context, report, 'json'));
    writeFileAtomic(text, renderReport(context, report, 'markdown'));
    writeFileAtomic(html, renderReport(context, report, 'html'));
    return { json, text, html };
  } catch (error) {
    context.warn(`the report was not written: ${(error as Error).message}`);
    return { json: null, text: null, html: null };
  }
}

/** The block of the manifest that tells readers of the plan folder that it is done; the rest of the file stays as it is. */
function recordInManifest(context: Pick<Surroundings, 'warn'>, folder: string, { checks, generatedAt }: Report): void {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return;
  const { branch_merge, contract_compliance, boundary_violations, tests } = checks;
  const named = { branch_merge, contract_compliance, boundary_violations, tests };
  const results = Object.fromEntries(Object.entries(named).map(([name, { result }]) => [name, result]));
  const integration = {
    status: 'completed',
    report_path: 'integration-report.md',
    completed_at: new Date(generatedAt).toISOString(),
    checks: results,
  };
  try {
    writeFileAtomic(file, rewriteManifest(readFileSync(file, 'utf8'), { integration }), statSync(file).mode & 0o777);
  } catch (error) {
    context.warn(`${MANIFEST} does not say that the plan is integrated: ${(error as Error).message}`);
  }
}

/**
 * What a run and this command write into plan folders; a change of these is no dirt in a checkout. The manifest of another plan
 * may say that it is integrated.
 */
function outputsOf({ repository }: Project, { planDir }: RunState): string[] {
  const inside = relative(repository.root, planDir);
  if (inside.startsWith('..')) return [];
  const above = dirname(planDir);
  const plans = existsSync(above) ? readdirSync(above) : []; // gone with all its plans: the report will make it anew
  return [
    ...['logs', ...REPORTS].map((name) => join(inside, name)),
    ...plans.map((name) => join(dirname(inside), name, MANIFEST)),
  ];
}

async function noTarget(git: Git, plan: string): Promise<Refusal> {
  const usual = (await branchExists(git, 'main')) ? 'main' : 'BRANCH';
  return new Refusal('no-target', 'the run started from a detached HEAD, so there is no branch to land on', {
    exit: EXIT.usage,
    hint: `copse integrate ${plan} --into ${usual}`,
  });
}

function noBranch(target: string, plan: string): Refusal {
  return new Refusal('no-branch', `there is no branch ${target} to land on`, {
    exit: EXIT.usage,
    hint: `git branch ${target} BASE, or copse integrate ${plan} --into ANOTHER`,
  });
}

/** The exit status of a command that landed a run, or did not. */
export function exitOfLanding(landing: TargetLanding): ExitCode {
  if (landing.landed) return EXIT.ok;
  switch (landing.why) {
    case 'no-branch':
      return EXIT.usage;
    case 'conflict':
    case 'moved':
    case 'refused':
      return EXIT.integration;
    default:
      return EXIT.waitsForPerson;
  }
}
