import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, isFolder, onCopiedIndex } from '../git/copied-index.ts';
import { readRef } from '../git/refs.ts';
import { type Repository, readHead } from '../git/repository.ts';
import { scanWorktree } from '../git/scan.ts';
import { readShared } from '../git/shared-files.ts';
import { snapshot } from '../git/snapshot.ts';
import { readBaseline } from '../git/stage.ts';
import { operationInProgress } from '../git/status.ts';
import { forgetOperation, switchTo } from '../git/switch.ts';
import type { RunId } from '../run/event.ts';
import { makeAttemptBranch } from './attempt-branch.ts';
import { harvestWorktree } from './harvest.ts';
import { type Loan, openLoan, readLoan, writeLoan } from './loan.ts';
import { readRecord, removeRecord, writeRecord } from './ownership.ts';
import { type Harvest, MARKER, type Prepared, type WorkspaceSpec, type Workspaces } from './workspace.ts';

export interface BranchesOptions {
  /** The checkout that is lent to one attempt after the other. */
  repository: Repository;
  run: RunId;
  /** Prefix of snapshot refs, without the number: `refs/copse/snapshots/<run>/<task>`. */
  snapshotRef(spec: Pick<WorkspaceSpec, 'branch'>): string;
  /** gitignore patterns of files that are never committed, and that may lie around. */
  junk: readonly string[];
  /** Paths in the repository that no task may change: the plan folder. */
  never: readonly string[];
  /** Of the commit of what an agent left uncommitted. */
  message(spec: WorkspaceSpec): string;
}

/**
 * Workspaces of the pattern `branch`: the user's own checkout, lent to one attempt at a time on a branch of its own, and given
 * back after each: HEAD where it was, the tree clean. Where it has to go back to is on disk before HEAD moves, so that
 * `settle` puts it back after a crash too.
 */
export function createBranches(options: BranchesOptions): Workspaces {
  const { gitDir } = options.repository;
  return {
    prepare: (spec) => prepare(options, spec),
    harvest: (spec) => harvest(options, spec),
    async remove() {
      await settle(options);
      return { removed: true };
    },
    settle: async () => {
      if (openLoan(gitDir)?.run === options.run) await settle(options);
    },
  };
}

async function prepare(options: BranchesOptions, spec: WorkspaceSpec): Promise<Prepared> {
  const { repository, run } = options;
  const { git, gitDir } = repository;
  const started = Date.now();
  const loan = openLoan(gitDir);
  if (loan !== null && loan.run !== run)
    return refuse(`the checkout is lent to the run ${loan.run}: end that one first`);
  const notes = loan === null ? [] : await giveBack(options, loan);
  const obstacle = await whyNotClean(options);
  if (obstacle !== null) return refuse(obstacle);
  const home = await readHead(git);
  if (home === null) return refuse('the checkout is on a branch without a commit');
  const made = await makeAttemptBranch(options, spec);
  if (!made.ok) return refuse(made.why);
  writeLoan(gitDir, { v: 1, run, branch: spec.branch, home, state: 'out', harvest: null });
  writeRecord(gitDir, {
    v: 1,
    run,
    branch: spec.branch,
    base: spec.base,
    ready: true,
    provided: [],
    // Untracked files of the plan, such as reports of an earlier run: no doing of the agent.
    baseline: await readBaseline(git, { gitDir, junk: options.junk }),
    shared: readShared(repository.commonDir, gitDir),
  });
  const message = await switchTo(git, { branch: spec.branch, oid: spec.base });
  if (message === null) return { ok: true, ms: Date.now() - started, notes: [...notes, ...made.notes] };
  await settle(options);
  return refuse(`the checkout cannot go to ${spec.branch}: ${message}`);
}

type Checkout = Pick<BranchesOptions, 'repository' | 'junk' | 'never'>;

/** Why an attempt must not begin in the checkout: something there could get lost, or get into its commits. */
export async function whyNotClean(checkout: Checkout): Promise<string | null> {
  const operation = operationInProgress(checkout.repository.gitDir);
  if (operation !== null) return `a ${operation} is under way in the checkout`;
  const { tracked, untracked } = await findChanges(checkout);
  const dirty = [...tracked, ...untracked].map(decode);
  if (dirty.length === 0) return null;
  const more = dirty.length > 3 ? ` and ${dirty.length - 3} more` : '';
  return `the checkout has changes that are in no commit: ${dirty.slice(0, 3).join(', ')}${more}`;
}

/** Paths (latin1) that no commit has as they are. Untracked files of the plan may be there, and are left alone. */
async function findChanges({ repository, junk, never }: Checkout): Promise<{ tracked: string[]; untracked: string[] }> {
  const { git, gitDir } = repository;
  const scan = await onCopiedIndex(git, { gitDir, junk }, ({ patterns }) => scanWorktree(git, junk, patterns));
  const isPlan = (path: string) => never.some((folder) => `${decode(path)}/`.startsWith(`${folder}/`));
  return {
    tracked: [...new Set([...scan.staged, ...scan.changed])],
    untracked: scan.untracked.filter((path) => !isPlan(path)),
  };
}

async function harvest(options: BranchesOptions, spec: WorkspaceSpec): Promise<Harvest> {
  const { repository } = options;
  const loan = readLoan(repository.gitDir);
  if (loan === null || loan.run !== options.run || loan.branch !== spec.branch) {
    return harvestWorktree({ ...options, gitDirOf: async () => null }, spec, options.message(spec));
  }
  if (loan.state === 'returned') return loan.harvest ?? { ...NOTHING, head: spec.base };
  const made =
    loan.harvest ??
    (await harvestWorktree({ ...options, gitDirOf: async () => repository.gitDir }, spec, options.message(spec)));
  const harvested: Loan = { ...loan, state: 'harvested', harvest: made };
  writeLoan(repository.gitDir, harvested);
  const notes = await giveBack(options, harvested);
  return { ...made, notes: [...made.notes, ...notes] };
}

const NOTHING = { commits: 0, leftovers: [], marker: false, notes: ['the attempt never began in the checkout'] };

async function settle(options: BranchesOptions): Promise<void> {
  const loan = openLoan(options.repository.gitDir);
  if (loan !== null && loan.run === options.run) await giveBack(options, loan);
}

/**
 * Puts HEAD back where it was, and the tree to what is committed there. What an attempt left besides its branch is kept in a
 * snapshot first. Gives what was unusual.
 */
async function giveBack(options: BranchesOptions, loan: Loan): Promise<string[]> {
  const { repository } = options;
  const { git, gitDir } = repository;
  const notes = await clear(options, loan);
  const head = await readHead(git);
  const { branch, oid } = loan.home;
  const there = branch === null ? head?.branch === null && head.oid === oid : head?.branch === branch;
  const refused = there ? null : await switchTo(git, loan.home);
  if (refused !== null) {
    const detached = await switchTo(git, { branch: null, oid });
    if (detached !== null) throw new Error(`the checkout cannot go back to ${branch ?? oid}: ${refused}`);
    notes.push(`the checkout is on the commit ${oid.slice(0, 12)}, not on ${branch}: ${refused}`);
  }
  await rm(join(git.cwd, MARKER), { force: true });
  removeRecord(gitDir);
  writeLoan(gitDir, { ...loan, state: 'returned' });
  return notes;
}

/** Keeps whatever in the checkout no branch has, then takes it out. */
async function clear(options: BranchesOptions, loan: Loan): Promise<string[]> {
  const { repository, snapshotRef, junk } = options;
  const { git, gitDir } = repository;
  if ((await readRecord(gitDir)) === null || (await whyNotClean(options)) === null) return [];
  const { untracked } = await findChanges(options);
  const tip = await readRef(git, `refs/heads/${loan.branch}`);
  const message = `copse: ${loan.branch} as it was left in the checkout`;
  const tips = tip === null ? [] : [tip];
  const { ref, unreadable } = await snapshot(git, { prefix: snapshotRef(loan), message, gitDir, junk, tips });
  await forgetOperation(gitDir);
  const head = await readHead(git);
  if (head === null) return [`the checkout is on a branch without a commit; its files are kept in ${ref}`];
  const refused = await switchTo(git, head, { discard: true });
  if (refused !== null) throw new Error(`the checkout cannot be cleared: ${refused}`);
  for (const path of untracked) {
    // A repository inside the checkout stays, and so does what no snapshot could take in.
    if (isFolder(path) || unreadable.includes(decode(path))) continue;
    await rm(Buffer.concat([Buffer.from(`${git.cwd}/`), Buffer.from(path, 'latin1')]), { force: true });
  }
  return [`what the attempt left in the checkout is kept in ${ref}`];
}

function refuse(message: string): Extract<Prepared, { ok: false }> {
  return { ok: false, failure: { code: 'workspace', message } };
}
