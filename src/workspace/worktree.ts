import { readdirSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { GitError } from '../git/git.ts';
import { unhide } from '../git/hidden.ts';
import { isAncestor } from '../git/history.ts';
import { unlockRefs } from '../git/leftovers.ts';
import { branchObstacle, inspectBranch, isBranchName, resolve } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { readShared } from '../git/shared-files.ts';
import { keepCommit, snapshot } from '../git/snapshot.ts';
import { readBaseline } from '../git/stage.ts';
import { addWorktree, emptyTrash, isUnfinished, populate, removeWorktree, worktreeGitDir } from '../git/worktree.ts';
import { isNoSpace } from '../machine/no-space.ts';
import type { Oid, RunId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { type Clock, systemClock } from '../util/clock.ts';
import { harvestWorktree } from './harvest.ts';
import { startMerging } from './merging.ts';
import { ownedRef, readRecord, type WorkspaceRecord, writeRecord } from './ownership.ts';
import { type SetupConfig, setUp } from './setup.ts';
import type { Prepared, WorkspaceSpec, Workspaces } from './workspace.ts';

export interface WorktreesOptions {
  repository: Repository;
  /** The run the workspaces belong to; what another run or the user made under the same names is refused. */
  run: RunId;
  setup: SetupConfig;
  /** Prefix of snapshot refs, without the number: `refs/copse/snapshots/<run>/<task>`. */
  snapshotRef(spec: WorkspaceSpec): string;
  /** gitignore patterns of files that are never committed. */
  junk: readonly string[];
  /** Paths in the repository that no task may change: the plan folder. */
  never: readonly string[];
  /** The user's environment, for set-up commands. */
  env: NodeJS.ProcessEnv;
  clock?: Clock;
}

/** Workspaces of the pattern `worktree`: a linked worktree and a branch for each attempt, outside the user's checkout. */
export function createWorktrees(options: WorktreesOptions): Workspaces {
  const clock = options.clock ?? systemClock;
  return {
    async prepare(spec) {
      const started = clock.now();
      try {
        const result = await prepare(options, spec);
        if (result.ok) return { ...result, ms: clock.now() - started };
        return (await noSpace(options, spec, textOf(result.failure))) ?? result;
      } catch (error) {
        const full = await noSpace(options, spec, error);
        if (full) return full;
        if (error instanceof GitError) return refuse(error.message); // a filter that fails: the machine's fault
        throw error;
      }
    },
    harvest: (spec, message) => harvestWorktree(options, spec, message),
    remove: (spec, how) => remove(options, spec, how),
    settle: async () => {}, // nothing of the user's is lent
  };
}

/** When the disk is why a workspace could not be made: takes what there is of it away again, which is nobody's work. */
async function noSpace({ repository }: WorktreesOptions, spec: WorkspaceSpec, error: unknown) {
  if (!isNoSpace(error, [spec.path, repository.commonDir])) return null;
  const { message } = error as Error;
  try {
    const gitDir = await worktreeGitDir(repository, spec.path);
    const record = gitDir === null ? null : await readRecord(gitDir);
    if (record !== null && !record.ready) await removeWorktree(repository, spec.path);
    await emptyTrash(dirname(spec.path));
  } catch {
    // As full as that: the next attempt at it clears the place.
  }
  return { ok: false as const, failure: { code: 'no-space' as const, message } };
}

function textOf(failure: Failure): Error {
  return new Error('message' in failure ? failure.message : 'tail' in failure ? failure.tail : failure.code);
}

type Result = { ok: true; notes: string[]; kept?: boolean } | { ok: false; failure: Failure };

async function prepare(options: WorktreesOptions, spec: WorkspaceSpec): Promise<Result> {
  const { repository, run } = options;
  if (await takeFreePlace(options, spec)) return fill(options, spec);
  const standing = await findStanding(options, spec);
  if (standing.foreign !== null) return refuse(standing.foreign);
  if (spec.keep && isIntact(spec, standing)) return { ok: true, notes: [], kept: true };
  // Whoever worked on the branch before has ended, and may have been killed with a lock in its hand.
  await unlockRefs(repository.commonDir, [`refs/heads/${spec.branch}`, ownedRef(run, spec.branch)]);
  const notes = await putAside(options, spec, standing);
  if (typeof notes === 'string') return refuse(notes);
  const claim = { ref: ownedRef(run, spec.branch), old: standing.from };
  const branch = { name: spec.branch, old: standing.tip, claim };
  const added = await addWorktree(repository, { path: spec.path, base: spec.base, branch });
  if (!added.ok) return refuse((await branchObstacle(repository.git, spec.branch)) ?? added.message);
  const filled = await fill(options, spec);
  return filled.ok ? { ok: true, notes: [...notes, ...filled.notes] } : filled;
}

/**
 * Most attempts find neither their folder nor their branch: making the branch tells, so that nothing need be asked before.
 * False: nothing was made, because something stands there or the names are no good.
 */
async function takeFreePlace({ repository, run }: WorktreesOptions, spec: WorkspaceSpec): Promise<boolean> {
  const { path, branch: name, base } = spec;
  if (!isBranchName(name) || isInside(repository, path) || (await lstat(path).catch(() => null)) !== null) return false;
  const claim = { ref: ownedRef(run, name), old: null };
  return (await addWorktree(repository, { path, base, branch: { name, old: null, claim } })).ok;
}

/** Writes the files of a new worktree and sets it up; its record says when it is ready. */
async function fill({ repository, run, setup, env, junk }: WorktreesOptions, spec: WorkspaceSpec): Promise<Result> {
  const gitDir = await worktreeGitDir(repository, spec.path);
  if (gitDir === null) throw new Error(`${spec.path} was added and is no worktree`);
  const record = { v: 1 as const, run, branch: spec.branch, base: spec.base, ready: false, provided: [], baseline: {} };
  writeRecord(gitDir, record);
  const git = repository.git.at(spec.path);
  await populate(git);
  const done = await setUp(spec.path, { repository, config: setup, env });
  if (!done.ok) return done;
  const touched = done.provided.length > 0 || setup.command !== null;
  const baseline = touched ? await readBaseline(git, { gitDir, junk }) : {};
  const shared = readShared(repository.commonDir, gitDir);
  const merge = spec.merge && (await startMerging(git, spec.merge));
  if (merge && 'code' in merge) return { ok: false, failure: merge };
  const merging = merge ? { merge } : {};
  writeRecord(gitDir, { ...record, ready: true, provided: done.provided, baseline, shared, ...merging });
  return { ok: true, notes: done.notes };
}

/** An attempt can go on in it. */
function isIntact({ branch, base }: WorkspaceSpec, { tip, record }: Standing): boolean {
  return tip !== null && record?.ready === true && record.branch === branch && record.base === base;
}

/** What stands under the names of a workspace already. */
interface Standing {
  /** Why it cannot be replaced: it is not ours, or git does not allow it. Null when it can. */
  foreign: string | null;
  /** Of the branch. */
  tip: Oid | null;
  /** The base that this run last cut the branch from; null when it never did. */
  from: Oid | null;
  gitDir: string | null;
  record: WorkspaceRecord | null;
  there: boolean;
  /** Git was killed while it made it: nothing is in it. */
  unfinished: boolean;
}

async function findStanding({ repository, run }: WorktreesOptions, spec: WorkspaceSpec): Promise<Standing> {
  const claim = ownedRef(run, spec.branch);
  const [{ tip, refs, obstacle }, gitDir, there] = await Promise.all([
    inspectBranch(repository.git, spec.branch, [claim]),
    worktreeGitDir(repository, spec.path),
    lstat(spec.path).catch(() => null),
  ]);
  const record = gitDir === null ? null : await readRecord(gitDir);
  const unfinished = gitDir === null && there !== null && (await isUnfinished(repository, spec.path));
  const standing = { tip, from: refs.get(claim) ?? null, gitDir, record, there: there !== null, unfinished };
  return { ...standing, foreign: obstacle ?? whyForeign({ repository, run }, spec, standing) };
}

function whyForeign(
  { repository, run }: Pick<WorktreesOptions, 'repository' | 'run'>,
  { path, branch }: WorkspaceSpec,
  { tip, from, gitDir, record, there, unfinished }: Omit<Standing, 'foreign'>,
): string | null {
  if (isInside(repository, path)) {
    return `the workspace ${path} would lie inside the checkout ${repository.root}: choose a folder outside it`;
  }
  if (tip !== null && from === null) {
    return `the branch ${branch} exists and is not of this run: rename it (git branch -m ${branch} <name>) or delete it`;
  }
  if (gitDir === null) {
    const move = `${path} exists and is not of this run: move it away or choose another folder`;
    return there && !unfinished && !isEmptyFolder(path) ? move : null;
  }
  if (record === null ? from !== null : record.run === run) return null;
  const whose = record === null ? 'another worktree' : `a workspace of the run ${record.run}`;
  return `${path} is ${whose}: remove it (git worktree remove ${path}) or choose another folder`;
}

function isInside({ root }: Repository, path: string): boolean {
  return `${path}${sep}`.startsWith(`${root}${sep}`);
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false; // a file
  }
}

/** Keeps all that an earlier attempt left, then clears its place. A string says why that cannot be. */
async function putAside(
  options: WorktreesOptions,
  spec: WorkspaceSpec,
  standing: Standing,
): Promise<string[] | string> {
  const { repository } = options;
  const { tip, from, gitDir, record, unfinished } = standing;
  const notes: string[] = [];
  if (gitDir !== null && record?.ready) {
    const { ref, unreadable } = await keepState(options, spec, { tip, gitDir, record });
    if (unreadable.length > 0) return cannotKeep(spec, unreadable);
    if (ref !== null) notes.push(`the earlier attempt is kept in ${ref}`);
  } else if (tip !== null && tip !== from) {
    const { ref } = await keepCommit(repository.git, options.snapshotRef(spec), tip);
    notes.push(`the earlier branch is kept in ${ref}`);
  }
  if (gitDir !== null || unfinished) await removeWorktree(repository, spec.path);
  return notes;
}

async function keepState(
  { repository, snapshotRef, junk, never }: WorktreesOptions,
  spec: WorkspaceSpec,
  { tip, gitDir, record, held }: Kept,
) {
  const git = repository.git.at(spec.path);
  await unhide(git, { gitDir, base: spec.base });
  return snapshot(git, {
    prefix: snapshotRef(spec),
    message: `copse: ${spec.branch} as it was left`,
    gitDir,
    junk,
    never: [...never, ...record.provided],
    baseline: record.baseline,
    tips: tip === null ? [] : [tip],
    held: [record.base, ...(held ? [held] : [])],
  });
}

interface Kept {
  tip: Oid | null;
  gitDir: string;
  record: WorkspaceRecord;
  /** A commit that stays, besides the base. */
  held?: Oid | null;
}

async function remove(
  options: WorktreesOptions,
  spec: WorkspaceSpec,
  { force, held = null }: { force: boolean; held?: Oid | null },
) {
  const { repository } = options;
  const standing = await findStanding(options, spec);
  const { tip, gitDir, record } = standing;
  if (gitDir === null && standing.there && !standing.unfinished)
    return kept(`${spec.path} is no workspace of this repository`);
  if (gitDir !== null && standing.foreign !== null) return kept(standing.foreign);
  if (gitDir !== null && record?.ready) {
    const why = await whyNot(options, spec, { tip, gitDir, record, held, force });
    if (why !== null) return kept(why);
  }
  await removeWorktree(repository, spec.path);
  await emptyTrash(dirname(spec.path));
  return { removed: true as const };
}

/** Snapshots the workspace; says what in it its branch does not have, or, with `force`, only what no snapshot can keep. */
async function whyNot(
  options: WorktreesOptions,
  spec: WorkspaceSpec,
  { force, ...state }: Kept & { force: boolean },
): Promise<string | null> {
  const { ref, dirty, nested, unreadable } = await keepState(options, spec, state);
  if (unreadable.length > 0) return cannotKeep(spec, unreadable);
  if (force || ref === null) return null;
  if (dirty) return `${spec.path} holds work that is in no commit (a copy is in ${ref})`;
  if (nested.length > 0) return `${spec.path} holds the repository ${nested[0]} (what only it has is in ${ref})`;
  const git = options.repository.git.at(spec.path);
  const head = await resolve(git, 'HEAD');
  if (head === null || (state.tip !== null && (await isAncestor(git, head, state.tip)))) return null;
  return `${spec.path} holds commits that are not on ${spec.branch} (they are in ${ref})`;
}

function cannotKeep({ path }: WorkspaceSpec, files: string[]): string {
  return `${path} holds ${files[0]}, which git cannot take in, so that no copy can be kept: move it away`;
}

function kept(why: string) {
  return { removed: false as const, why };
}

function refuse(message: string): Extract<Prepared, { ok: false }> {
  return { ok: false, failure: { code: 'workspace', message } };
}
