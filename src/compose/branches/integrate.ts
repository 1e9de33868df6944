import type { Judgement } from '../../gate/gate.ts';
import { removeStaleLocks } from '../../git/stale-lock.ts';
import { landOnTarget, type TargetRequest } from '../../integrate/target.ts';
import type { Plan } from '../../plan/plan.ts';
import { outputsOf } from '../integrate-report.ts';
import type { Project } from '../project.ts';
import { type Candidate, type Found, findCandidates } from './candidates.ts';
import { greenOnes } from './green.ts';
import { judgeCandidate } from './judge.ts';
import { type BranchesLanding, type BranchesOptions, isIn, type Stopped } from './landing.ts';
import { type MergedRows, mergeThese } from './merge-rows.ts';
import { setMessage } from './message.ts';
import { reportBranches } from './report.ts';
import { type BranchesContext, closeSite, openSite, type Site } from './site.ts';
import { type AllRows, type BranchRow, idOf } from './state.ts';
import type { Tried } from './tried.ts';
import { NOT_VERIFIED, verifyMerged } from './verify.ts';

/**
 * Merges branches that were made elsewhere, in memory onto the tip of the target, verifies each and what they are together, and
 * moves the target when all of it holds; with `partial`, as many as do. Branches are never moved or removed.
 */
export async function integrateBranches(
  context: BranchesContext,
  project: Project,
  options: BranchesOptions,
): Promise<BranchesLanding> {
  const site = await openSite(context, project, options);
  if (!options.dryRun) await removeStaleLocks(project.repository);
  const found = await findCandidates(project.repository.git, { ...site, globs: options.globs });
  try {
    const tried = await tryAll(site, found);
    return reportBranches(site, tried);
  } finally {
    await closeSite(site);
  }
}

async function tryAll(site: Site, found: Found): Promise<Tried> {
  const { partial = false, dryRun = false } = site.options;
  const judged = await judgeAll(site, found.candidates);
  const set = partial ? passing(found.candidates, judged) : found.candidates;
  let tried = await mergeThese(site, { found, judged, set });
  let verified = NOT_VERIFIED;
  const stop = (stopped: Stopped): Tried => ({ all: tried.all, verified, landing: null, stopped });
  const standing = reasonToStop(site, tried.all);
  if (standing !== null) return stop(standing);
  const first = await landOnTarget({ ...(await requestFor(site, tried)), dryRun: true });
  if (!first.landed && (first.why !== 'dry-run' || dryRun)) return stop({ why: 'landing', landing: first });
  verified = await verifyMerged(site, tried.all);
  if (!verified.green && partial) ({ tried, verified } = await greenOnes(site, { found, judged }, { tried, verified }));
  if (!verified.green) return stop({ why: 'red' });
  if (tried.merged.commits.size === 0) return stop({ why: 'none' });
  const landing = await landOnTarget({
    ...(await requestFor(site, tried)),
    // What was verified is what lands, and nothing else.
    approve: async ({ from }) => from === site.onto,
  });
  if (landing.landed) return { all: tried.all, verified, landing, stopped: null };
  const moved = landing.why === 'refused' ? ({ landed: false, why: 'moved', actual: null } as const) : landing;
  return stop({ why: 'landing', landing: moved });
}

async function judgeAll(site: Site, candidates: readonly Candidate[]): Promise<Map<string, Judgement>> {
  const { context, project, plan, planDir, options } = site;
  const contracts = options.contracts !== false;
  const judged = new Map<string, Judgement>();
  for (const each of candidates) {
    judged.set(each.name, await judgeCandidate(context, project, each, { plan, planDir, contracts }));
  }
  return judged;
}

/** Those that nothing is wrong with, nor with what they need. */
function passing(candidates: readonly Candidate[], judged: ReadonlyMap<string, Judgement>): Candidate[] {
  const failed = new Set(candidates.map(({ name }) => name).filter((name) => judged.get(name)!.failure !== null));
  for (const name of failed) {
    for (const each of candidates) if (each.needs.includes(name)) failed.add(each.name);
  }
  return candidates.filter(({ name }) => !failed.has(name));
}

function reasonToStop({ plan, options }: Site, { rows }: AllRows): Stopped | null {
  const merged = rows.filter(({ outcome }) => outcome.is === 'merged');
  if (!options.partial) {
    if (!rows.every(({ outcome }) => isIn(outcome.is))) return { why: 'branches' };
    const missing = plan === null ? [] : missingTasks(plan, rows);
    if (missing.length > 0) return { why: 'missing', tasks: missing };
  }
  return merged.length === 0 ? { why: 'none' } : null;
}

function missingTasks({ tasks }: Plan, rows: readonly BranchRow[]): string[] {
  const there = new Set(rows.map(({ branch }) => idOf(branch)));
  return tasks.map(({ id }) => id).filter((id) => !there.has(id));
}

async function requestFor(site: Site, { set, merged }: MergedRows): Promise<TargetRequest> {
  const { project, planDir, target, options } = site;
  const branches = [...merged.commits.keys()].map((name) => set.find((each) => each.name === name)!);
  return {
    repository: project.repository,
    target,
    tip: merged.tip,
    style: options.style,
    message: await setMessage(site, { tip: merged.tip, branches }),
    outputs: planDir === null ? [] : outputsOf(project, { planDir }),
  };
}
