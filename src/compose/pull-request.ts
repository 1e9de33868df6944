import type { Forge, PullRequest } from '../forge/forge.ts';
import { forgeAt, openRequest } from '../forge/open-request.ts';
import { hostedAt } from '../forge/remote.ts';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { addressOf, type Pushed, push } from '../git/push.ts';
import { readRef } from '../git/refs.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import { shapeLanding } from '../integrate/shape.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { openJournal } from '../journal/write.ts';
import { buildReport, type Report } from '../report/report.ts';
import type { StackCheck } from '../run/check.ts';
import type { Oid, RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import { demandContracts } from './demand-contracts.ts';
import { checksOn, type LandingContext, settleLanding, targetOf, tipOf } from './integrate.ts';
import { checkReady, noBranch } from './integrate-ready.ts';
import { writeReport } from './integrate-report.ts';
import type { IntegrateOptions, ReportFiles } from './landing.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { type ChosenRemote, chooseRemote } from './remote.ts';
import { cutLines, renderReport } from './report.ts';
import { asHeld, type FoundRun } from './runs.ts';
import { trusting } from './trust.ts';

export interface PullRequestOptions extends Omit<IntegrateOptions, 'style'> {
  /** Where it is pushed; default the remote that the target comes from, else `origin`. */
  remote?: string | undefined;
}

/** What came of it. */
export type Requested =
  /** The target has it all: there is nothing to ask for. */
  | { is: 'there' }
  | { is: 'conflict'; paths: string[] }
  /** Checks fail on the merge that pass on the target. */
  | { is: 'red' }
  | { is: 'dry-run' }
  | { is: 'not-pushed'; pushed: Extract<Pushed, { ok: false }> }
  | { is: 'open'; url: string; existing: boolean; noun: string }
  /** It is pushed, and nobody here can ask for the rest: `program` is not installed, or failed. */
  | { is: 'pushed'; page: string | null; command: string | null; program: string | null; message: string | null };

export interface PullRequestResult {
  requested: Requested;
  remote: string;
  /** Names on the remote. */
  branch: string;
  base: string;
  commit: Oid;
  checks: StackCheck[];
  state: RunState;
  report: Report;
  files: ReportFiles;
}

/** GitHub takes no longer body of a pull request than 65,536 characters. */
const MAX_BODY = 60_000;

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
  const journal = await openJournal({ dir: run.paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
  try {
    const held = asHeld(run, journal.past);
    checkReady(held, options);
    const { state } = held;
    const append = (event: RunEventBody) => void reduce(state, journal.append(event));
    await removeStaleLocks(project.repository);
    await settleLanding(git, state, append);
    const tip = await tipOf(git, state, append);
    const plan = readFrozenPlan(run.paths);
    if (options.contracts ?? true) await demandContracts(context, project, { plan, journal, state, commit: tip });
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
  } finally {
    await journal.close();
  }
}

interface Asking {
  context: LandingContext;
  project: Project;
  state: RunState;
  target: string;
  tip: Oid;
  chosen: ChosenRemote;
}

type Merged = { is: 'there' } | { is: 'conflict'; paths: string[] } | { is: 'made'; from: Oid; to: Oid };

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

function namesOf({ state, chosen }: Asking): Pick<PullRequestResult, 'remote' | 'branch' | 'base'> {
  const branch = state.integrationRef.replace('refs/heads/', '');
  return { remote: chosen.remote, branch, base: chosen.base };
}

async function ask(
  asking: Asking,
  { merged, report, append }: { merged: Merged; report: Report; append: (event: RunEventBody) => void },
): Promise<Requested> {
  if (merged.is !== 'made') return merged;
  const { project, tip } = asking;
  const { remote, branch, base } = namesOf(asking);
  const pushed = await push(project.repository.git, { remote, commit: tip, branch });
  if (!pushed.ok) return { is: 'not-pushed', pushed };
  const requested = await openAt(asking, report);
  const url = requested.is === 'open' ? requested.url : null;
  append({ type: 'pull-request.opened', remote, branch, base, commit: tip, url });
  return requested;
}

/** Asks the forge, if there is one here. */
async function openAt(asking: Asking, report: Report): Promise<Requested> {
  const { context, project, state } = asking;
  const { repository, config } = project;
  const { remote, branch, base } = namesOf(asking);
  const address = await addressOf(repository.git, remote);
  const at = address === null ? null : hostedAt(address);
  const place = { cwd: repository.root, env: outsideEnv(withoutAgentKeys(context.env, config.secrets.pass)) };
  const found = at && (await forgeAt(place, at));
  const alone = { is: 'pushed', page: null, command: null, program: null, message: null } as const;
  if (at === null || found === null) return alone;
  const { forge, installed } = found;
  const title = maskFor(context)(state.title).replace(/\s+/g, ' ').trim();
  const request: PullRequest = { at, branch, base, title, body: bodyOf(asking, report) };
  const byHand = { page: forge.page(request), command: commandOf(forge, request), program: forge.program };
  if (!installed) return { ...alone, ...byHand };
  const answer = await openRequest(place, forge, request);
  if (!answer.ok) return { ...alone, ...byHand, message: maskFor(context)(answer.message) };
  return { is: 'open', url: answer.url, existing: answer.existing, noun: forge.noun };
}

const commandOf = (forge: Forge, request: PullRequest) => forge.command(request, 'integration-report.md');

/** The report, without where things are on this machine. */
function bodyOf({ context, project }: Asking, report: Report): string {
  const text = renderReport(context, report, 'markdown').replaceAll(`${project.repository.root}/`, '');
  return cutLines(text, MAX_BODY);
}

export function exitOfRequest(requested: Requested): ExitCode {
  switch (requested.is) {
    case 'there':
    case 'dry-run':
    case 'open':
      return EXIT.ok;
    case 'pushed':
      return EXIT.waitsForPerson;
    case 'not-pushed':
      return requested.pushed.why === 'rejected' ? EXIT.integration : EXIT.environment;
    default:
      return EXIT.integration;
  }
}
