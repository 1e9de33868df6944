import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { GRACE_MS } from '../../compose/executor.ts';
import { clearHand } from '../../compose/hand.ts';
import { maskFor } from '../../compose/mask.ts';
import { openProject, type Project } from '../../compose/project.ts';
import { asHeld, type FoundRun, findRun } from '../../compose/runs.ts';
import { trusting } from '../../compose/trust.ts';
import { workspacesOf, workspacesRoot } from '../../compose/workspaces.ts';
import { endAttempt } from '../../executor/end-attempt.ts';
import type { Git } from '../../git/git.ts';
import { isAncestor } from '../../git/history.ts';
import { deleteRef, findRefs, readRef } from '../../git/refs.ts';
import { keepCommit } from '../../git/snapshot.ts';
import { removeStaleLocks } from '../../git/stale-lock.ts';
import { checkedOutAt, emptyTrash, listWorktrees, removeWorktree } from '../../git/worktree.ts';
import type { Journal } from '../../journal/journal.ts';
import { attemptPaths } from '../../journal/store.ts';
import { openJournal } from '../../journal/write.ts';
import type { Oid } from '../../run/event.ts';
import { hasLanded, integrationBranch, lastAttempt, type RunState, type TaskState } from '../../run/state.ts';
import { systemClock } from '../../util/clock.ts';
import { parseDuration } from '../../util/duration.ts';
import { removeEmptyFolders } from '../../util/empty-folders.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import { deleteOwnedBranch } from '../../workspace/ownership.ts';
import type { Workspaces } from '../../workspace/workspace.ts';
import { type CleanSnapshots, cleanSnapshots } from '../clean-snapshots.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { landingRefs } from '../snapshots.ts';

/** What became of one thing that could be removed. */
interface Outcome {
  what: string;
  removed: boolean;
  /** Why it was kept; of what was removed, what is left of it. */
  why: string | null;
}

interface Options extends CleanSnapshots {
  force?: boolean;
  snapshots?: boolean;
}

export const clean: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--force', 'also what is not integrated; its work is kept in refs/copse/snapshots')
      .option('--dry-run', 'say what would go and what would stay')
      .option('--snapshots', 'remove old snapshots instead, of all runs unless one is named')
      .option('--older-than <age>', 'which snapshots are old: 12h, 30d, 8w', ageOf)
      .addHelpText(
        'after',
        `
Removes worktrees and branches that a run made and whose work is integrated, and
says what it kept and why. What --force removes can be had again: copse recover.

Snapshots stay until you remove them: copse clean --snapshots --older-than 30d.
Those of a run that is going on, or that copse resume could go on with, stay.`,
      );
  },

  async run(context, [name], options: Options) {
    const opened = await openProject(context);
    if (options.snapshots && options.force) throw usage('--force is for workspaces: a snapshot goes by its age');
    if (options.snapshots) return cleanSnapshots(context, opened.repository, name, options);
    if (options.olderThan !== undefined) throw usage('--older-than is for snapshots');
    const run = findRun(opened.repository.commonDir, { name });
    const project = await trusting(opened, run.id);
    const force = options.force === true;
    if (options.dryRun) return report(context, run, await foresee(project, run, force), options);
    // The lock: nobody runs this while its workspaces go.
    const journal = await openJournal({ dir: run.paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
    try {
      const outcomes = await removeAll(context, project, asHeld(run, journal.past), { journal, force });
      return report(context, run, outcomes, options);
    } finally {
      await journal.close();
    }
  },
};

function ageOf(text: string): number {
  const ms = parseDuration(text, Number.MAX_SAFE_INTEGER);
  if (ms === null) throw new InvalidArgumentError('An age is needed, such as 12h, 30d or 8w.');
  return ms;
}

function usage(message: string): Refusal {
  return new Refusal('usage', message, { exit: EXIT.usage, hint: 'copse clean --snapshots --older-than 30d' });
}

async function removeAll(
  context: CliContext,
  project: Project,
  { state }: FoundRun,
  { journal, force }: { journal: Journal; force: boolean },
): Promise<Outcome[]> {
  const workspaces = workspacesOf(context, project, { state, plan: null });
  const held = await heldTip(project, state);
  const outcomes: Outcome[] = [];
  if (force) await endAgents(project, state);
  await removeStaleLocks(project.repository);
  for (const task of state.tasks.values()) {
    const attempt = lastAttempt(task);
    if (!attempt) continue;
    const outcome = await removeTask(project, { state, task, workspaces, held, force });
    outcomes.push(outcome);
    if (outcome.removed) {
      journal.append({
        type: 'workspace.removed',
        task: task.seed.id,
        path: attempt.workspace,
        branch: attempt.branch,
      });
    }
  }
  outcomes.push(...[await clearHand(context, project, state, force)].filter((hand) => hand !== null));
  const all = outcomes.every((outcome) => outcome.removed);
  outcomes.push(...(await removeShared(project, state, { force, all })));
  if (force && !hasLanded(state)) journal.append({ type: 'run.abandoned' });
  return outcomes;
}

/** Where what is integrated lies: the integration branch, or, once that is gone, where it landed. */
async function heldTip({ repository: { git } }: Project, state: RunState): Promise<Oid | null> {
  const refs = await findRefs(git, landingRefs(state));
  return (
    landingRefs(state)
      .map((ref) => refs.get(ref))
      .find((tip) => tip !== undefined) ?? null
  );
}

interface TaskToRemove {
  state: RunState;
  task: TaskState;
  workspaces: Workspaces;
  held: Oid | null;
  force: boolean;
}

/** The workspace and the branch of one task. */
async function removeTask(project: Project, { state, task, workspaces, held, force }: TaskToRemove): Promise<Outcome> {
  const { git } = project.repository;
  const { branch, workspace, base } = lastAttempt(task)!;
  const what = `${task.seed.id}: ${branch}`;
  const keep = (why: string): Outcome => ({ what, removed: false, why });
  const why = whyKept(task);
  if (why !== null && !force) return keep(why);
  const tip = await readRef(git, `refs/heads/${branch}`);
  const integrated = tip === null || (held !== null && (await isAncestor(git, tip, held)));
  if (!integrated && !force) return keep(`${branch} has commits that were not integrated: copse diff ${task.seed.id}`);
  // Also where no folder is left: git may know it yet, when a clean was killed in between.
  const gone = await workspaces.remove({ path: workspace, branch, base }, { force, held });
  if (!gone.removed) return keep(gone.why);
  if (tip === null) return { what, removed: true, why: gone.left ?? null };
  const checkout = await checkedOutAt(git, branch);
  if (checkout !== null) return keep(`${branch} is checked out in ${checkout}`);
  if (!integrated) await keepCommit(git, snapshotPrefix(state, task.seed.id), tip);
  const deleted = await deleteOwnedBranch(project.repository, state.id, { branch, tip });
  return deleted
    ? { what, removed: true, why: gone.left ?? null }
    : keep(`${branch} moved meanwhile, or was not made by this run`);
}

/** Agents of a killed copse may live on; nobody would ever take them over. */
async function endAgents({ repository }: Project, state: RunState): Promise<void> {
  const running = [...state.tasks.values()].filter(({ status }) => status.is === 'running');
  await Promise.all(
    running.map((task) => {
      const key = { run: state.id, task: task.seed.id, attempt: lastAttempt(task)!.number };
      const files = attemptPaths(repository.commonDir, key.run, key.task, key.attempt);
      return endAttempt(key, files, GRACE_MS);
    }),
  );
}

const snapshotPrefix = (state: RunState, name: string) => `refs/copse/snapshots/${state.id}/${name}`;

function whyKept(task: TaskState): string | null {
  const { is } = task.status;
  return is === 'integrated' ? null : `is ${is === 'waiting' ? 'not finished' : is}, not integrated`;
}

/** The worktree for validations and the integration branch: last, and only when nothing needs them any more. */
async function removeShared(
  project: Project,
  state: RunState,
  { force, all }: { force: boolean; all: boolean },
): Promise<Outcome[]> {
  const { git } = project.repository;
  const root = workspacesRoot(project, state.plan);
  const worktree = join(root, '.integration');
  const outcomes: Outcome[] = [];
  // One whose folder is gone, but not its registration, is left by a clean that was killed.
  const there = (await listWorktrees(git)).some(({ path }) => path === worktree) || existsSync(worktree);
  if (there && all) {
    await removeWorktree(project.repository, worktree);
    outcomes.push({ what: worktree, removed: true, why: null });
  }
  if (all) await emptyTrash(root);
  const name = integrationBranch(state);
  const tip = await readRef(git, state.integrationRef);
  if (tip !== null) {
    const landed = (await isOn(git, tip, targetsOf(state))) || (await hasLandedAs(git, tip, state));
    const checkout = await checkedOutAt(git, name);
    if (checkout !== null && (landed || force)) {
      outcomes.push({ what: name, removed: false, why: `is checked out in ${checkout}` });
    } else if (landed || (force && all)) {
      if (!landed) await keepCommit(git, snapshotPrefix(state, '_integration'), tip);
      await deleteRef(git, state.integrationRef, tip);
      outcomes.push({ what: name, removed: true, why: null });
    } else {
      const why = `holds what ${state.target ?? 'no branch'} does not have: copse integrate ${state.plan}`;
      outcomes.push({ what: name, removed: false, why });
    }
  }
  // The plan's folder of worktrees, the repository's and the one for all; one that the user has chosen is the user's.
  removeEmptyFolders(root, project.config.workspace.root === undefined ? 3 : 1);
  return outcomes;
}

const targetsOf = ({ target, landed }: RunState) => [target, landed?.target ?? null].filter((each) => each !== null);

/** Landed with another history (squash, rebase): the journal tells as what, and the target still has that. */
async function hasLandedAs(git: Git, tip: Oid, { landed }: RunState): Promise<boolean> {
  return landed?.tip === tip && isOn(git, landed.to, [landed.target]);
}

async function isOn(git: Git, tip: Oid, branches: readonly string[]): Promise<boolean> {
  for (const branch of new Set(branches)) {
    const head = await readRef(git, `refs/heads/${branch}`);
    if (head !== null && (await isAncestor(git, tip, head))) return true;
  }
  return false;
}

/** What a dry run can tell without touching anything. */
async function foresee(project: Project, { state }: FoundRun, force: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const task of state.tasks.values()) {
    const attempt = lastAttempt(task);
    if (!attempt) continue;
    const tip = await readRef(project.repository.git, `refs/heads/${attempt.branch}`);
    if (tip === null && !existsSync(attempt.workspace)) continue;
    const why = force ? null : whyKept(task);
    outcomes.push({ what: `${task.seed.id}: ${attempt.branch}`, removed: why === null, why });
  }
  return outcomes;
}

function report(
  context: CliContext,
  run: FoundRun,
  outcomes: Outcome[],
  { json, dryRun }: { json?: boolean; dryRun?: boolean },
): ExitCode {
  const kept = outcomes.filter((outcome) => !outcome.removed);
  if (json) {
    context.stdout.write(
      `${JSON.stringify({ v: 1, command: 'clean', ok: true, run: run.id, dryRun: dryRun === true, outcomes })}\n`,
    );
    return EXIT.ok;
  }
  const verb = dryRun ? 'would remove' : 'removed';
  for (const { what, removed, why } of outcomes) {
    const note = why === null ? '' : `: ${why}`;
    context.stdout.write(`${removed ? verb : 'kept'} ${what}${note}\n`);
  }
  if (outcomes.length === 0) context.stdout.write(`${run.state.plan}: nothing to remove\n`);
  if (kept.length > 0)
    context.stdout.write(
      `next: copse clean ${run.state.plan} --force removes these too; their work stays: copse recover\n`,
    );
  return EXIT.ok;
}
