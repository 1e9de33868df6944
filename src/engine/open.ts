import { hostname } from 'node:os';
import { type Commit, isAncestor, log } from '../git/history.ts';
import { unlockRefs, unlockRefsBelow } from '../git/leftovers.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import { isInstallation } from '../integrate/dependencies.ts';
import { isLandingOf } from '../integrate/land.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import type { Journal } from '../journal/journal.ts';
import type { Position } from '../journal/replay.ts';
import { createRun as createFolder, newRunId, type RunPaths, removeRun, runPaths } from '../journal/store.ts';
import { type OpenedJournal, openJournal } from '../journal/write.ts';
import type { Plan } from '../plan/plan.ts';
import type { Advice } from '../run/advice.ts';
import type { Oid, RunEventBody, RunId, RunSettings, TaskId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { lastConflict } from '../run/resolve.ts';
import { fold, integrationBranch, type RunState } from '../run/state.ts';
import { type SelectOptions, select } from '../schedule/select.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import type { Clock } from '../util/clock.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { createdEvent } from './create.ts';

/** A run that this process is the coordinator of. */
export interface OpenRun {
  id: RunId;
  plan: Plan;
  state: RunState;
  journal: Journal;
  paths: RunPaths;
  /** How far its journal went before this opening. */
  from: Position;
  /** The plan was edited since the run was opened last; what starts now uses it as it is. */
  replanned: boolean;
}

export interface CreateRunInput {
  repository: Repository;
  plan: Plan;
  planDir: string;
  settings: RunSettings;
  select: SelectOptions;
  /** What `auto` chose. */
  advice?: Advice | undefined;
  clock: Clock;
  mask?: (text: string) => string;
}

/** The branch that the tasks of a plan land on. */
export const integrationRefOf = (plan: string) => `refs/heads/copse/${plan}`;

/**
 * Starts a run: takes the lock, freezes the plan, makes the integration branch at HEAD. Throws a refusal, with everything as
 * it was, when the integration branch holds work that HEAD does not have.
 */
export async function createRun(input: CreateRunInput): Promise<OpenRun> {
  const { repository, plan, planDir, settings, advice, clock } = input;
  const { git, head } = repository;
  const integrationRef = integrationRefOf(plan.name);
  const place = { plan, planDir, base: head.oid, target: head.branch, integrationRef };
  const created = createdEvent({ ...place, settings, ...(advice && { advice }) });
  await removeStaleLocks(repository);
  const selection = select(fold([{ v: 1, seq: 1, at: 0, run: '', ...created }], reduce), input.select);
  const old = await readRef(git, integrationRef);
  if (old && !(await isAncestor(git, old, head.oid))) throw branchTaken(integrationRef, plan.name);

  const id = newRunId(clock, Math.random);
  const paths = createFolder(repository.commonDir, id);
  let journal: OpenedJournal | null = null;
  try {
    writeFileAtomic(paths.plan, `${JSON.stringify(plan)}\n`, 0o600);
    journal = await openJournal({ dir: paths.dir, run: id, clock, ...(input.mask && { mask: input.mask }) });
    const state = fold([journal.append(created)], reduce);
    append(journal, state, opened(journal, selection, settings));
    await journal.flush();
    if (!(await compareAndSwap(git, integrationRef, { next: head.oid, old, reason: 'copse: run' }))) {
      throw branchTaken(integrationRef, plan.name);
    }
    return { id, plan, state, journal, paths, from: positionOf(journal), replanned: false };
  } catch (error) {
    await journal?.close().catch(() => {}); // what it could not write counts for nothing any more
    removeRun(paths); // nothing was started: the run never was
    throw error;
  }
}

export interface ReopenRunInput {
  repository: Repository;
  run: RunId;
  /** The plan as it is on disk now, when it could be read. */
  current: Plan | null;
  settings: (frozen: RunSettings) => RunSettings;
  select: SelectOptions;
  /** Accounts that are parked are tried at once. */
  now?: boolean;
  /** What tasks may write besides their scopes from now on. */
  grants?: readonly { task: TaskId; entries: string[] }[];
  clock: Clock;
  mask?: (text: string) => string;
}

/** Goes on with a run: takes the lock over from a dead coordinator, replays the journal. */
export async function reopenRun(input: ReopenRunInput): Promise<OpenRun> {
  const { repository, run, clock, current } = input;
  const paths = runPaths(repository.commonDir, run);
  const journal = await openJournal({ dir: paths.dir, run, clock, ...(input.mask && { mask: input.mask }) });
  try {
    const state = fold(journal.past.events, reduce);
    const selection = select(state, input.select);
    const frozen = readFrozenPlan(paths);
    const replanned = current !== null && JSON.stringify(current) !== JSON.stringify(frozen);
    if (replanned) checkSameShape(frozen, current);
    await unlockOwnRefs(repository, state);
    const actual = await restoreIntegrationRef(repository, state);
    const plan = replanned ? current : frozen;
    if (replanned) writeFileAtomic(paths.plan, `${JSON.stringify(plan)}\n`, 0o600);
    const settings = input.settings(state.settings);
    append(journal, state, { ...opened(journal, selection, settings), ...(input.now && { now: true }) });
    for (const grant of input.grants ?? []) append(journal, state, { type: 'scope.granted', ...grant });
    await catchUp(repository, { journal, state, actual });
    await journal.flush();
    return { id: run, plan, state, journal, paths, from: positionOf(journal), replanned };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

function positionOf({ past: { end, lines, seq, epoch } }: OpenedJournal): Position {
  return { end, lines, seq, epoch };
}

function append(journal: Journal, state: RunState, body: RunEventBody): void {
  reduce(state, journal.append(body));
}

function opened(
  journal: Journal,
  selection: ReturnType<typeof select>,
  settings: RunSettings,
): Extract<RunEventBody, { type: 'run.opened' }> {
  return { type: 'run.opened', pid: process.pid, host: hostname(), epoch: journal.epoch, selection, settings };
}

/** Nobody but the holder of the run writes these refs: a lock on one is of a git that was killed. */
async function unlockOwnRefs(repository: Repository, { id, integrationRef }: RunState): Promise<void> {
  const { commonDir } = repository;
  await removeStaleLocks(repository);
  await unlockRefs(commonDir, [integrationRef]);
  await unlockRefsBelow(commonDir, [`refs/copse/owned/${id}`, `refs/copse/snapshots/${id}`]);
}

/** The branch is made after the journal says so, and may be missing after a crash; one that was rewritten is not ours to mend. */
async function restoreIntegrationRef({ git }: Repository, state: RunState): Promise<Oid> {
  const actual = await readRef(git, state.integrationRef);
  if (actual === null) {
    await compareAndSwap(git, state.integrationRef, { next: state.tip, old: null, reason: 'copse: resume' });
    return state.tip;
  }
  if (await isAncestor(git, state.tip, actual)) return actual;
  const name = integrationBranch(state);
  throw new Refusal('integration-rewritten', `${name} no longer holds ${short(state.tip)}, which this run made`, {
    exit: EXIT.integration,
    hint: `put it back: git branch -f ${name} ${short(state.tip)}`,
  });
}

/** The same for who holds a run without running it. */
export async function catchUpWith(repository: Repository, held: { journal: Journal; state: RunState }): Promise<void> {
  await catchUp(repository, { ...held, actual: await restoreIntegrationRef(repository, held.state) });
}

/** Journals what happened to the integration branch unseen: what landed just before a crash, commits of a person. */
async function catchUp(
  { git }: Repository,
  { journal, state, actual }: { journal: Journal; state: RunState; actual: Oid },
): Promise<void> {
  if (actual === state.tip) return;
  const unseen = await log(git, state.tip, actual, { firstParent: true });
  for (const commit of unseen.reverse()) {
    const event = eventOf(state, commit);
    if (event) append(journal, state, event);
  }
  if (actual !== state.tip) append(journal, state, { type: 'integration.moved', from: state.tip, to: actual });
}

/** What this run did by making that commit; null when it did not make it. */
function eventOf(state: RunState, { oid: commit, message, parents }: Commit): RunEventBody | null {
  if (state.dependencies === 'pending' && isInstallation(message)) return { type: 'dependencies.installed', commit };
  for (const [task, { status, attempts }] of state.tasks) {
    const isLanding = (attempt: number) => isLandingOf(message, { plan: state.plan, run: state.id, task, attempt });
    const commitsOf = (attempt: number) => attempts.find(({ number }) => number === attempt)!.result!.commits;
    if (status.is === 'verified') {
      const { attempt, head } = status;
      if (!isLanding(attempt)) continue;
      return { type: 'task.integrated', task, attempt, head, commit, commits: commitsOf(attempt) };
    }
    // What a person merged may have landed, too.
    const met = status.is === 'integrated' ? null : lastConflict({ attempts });
    if (met === null || !isLanding(met.number)) continue;
    const head = parents[1] ?? met.result!.head!;
    const paths = met.failure?.code === 'merge-conflict' ? met.failure.paths : [];
    const settled = head === met.result!.head ? {} : { settled: { by: 'person' as const, paths } };
    return {
      type: 'task.integrated',
      task,
      attempt: met.number,
      head,
      commit,
      commits: commitsOf(met.number),
      ...settled,
    };
  }
  return null;
}

function branchTaken(ref: string, plan: string): Refusal {
  const name = ref.replace('refs/heads/', '');
  return new Refusal('branch-exists', `the branch ${name} exists and holds work that HEAD does not have`, {
    exit: EXIT.usage,
    hint: `look: git log HEAD..${name}; land it: copse integrate ${plan}; or put it aside: git branch -m ${name} NEW-NAME`,
  });
}

/** A plan may be mended between two openings of a run, not turned into another one. */
function checkSameShape(frozen: Plan, current: Plan): void {
  const shape = (plan: Plan) => JSON.stringify(plan.tasks.map(({ id, wave, deps }) => [id, wave, deps]));
  if (shape(frozen) === shape(current)) return;
  throw new Refusal(
    'plan-changed',
    `the tasks, waves or dependencies of ${current.name} changed since this run began`,
    {
      exit: EXIT.planInvalid,
      hint: `start anew: copse clean ${current.name} --force, then copse run ${current.name}`,
    },
  );
}

const short = (oid: Oid) => oid.slice(0, 12);
