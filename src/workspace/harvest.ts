import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitAll } from '../git/commit.ts';
import type { Git } from '../git/git.ts';
import { unhide } from '../git/hidden.ts';
import { isAncestor } from '../git/history.ts';
import { removeLeftovers, unlockRefs } from '../git/leftovers.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import { type Head, type Repository, readHead } from '../git/repository.ts';
import { changedShared, readShared } from '../git/shared-files.ts';
import { snapshot } from '../git/snapshot.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import { isOnBranch, operationInProgress } from '../git/status.ts';
import { type WorkCommit, workBetween } from '../git/work.ts';
import { worktreeGitDir } from '../git/worktree.ts';
import type { Oid } from '../run/event.ts';
import { resolvedFiles } from './merging.ts';
import { readRecord, type WorkspaceRecord } from './ownership.ts';
import { type Harvest, MARKER, type WorkspaceSpec } from './workspace.ts';

export interface HarvestOptions {
  repository: Repository;
  snapshotRef(spec: WorkspaceSpec): string;
  junk: readonly string[];
  never: readonly string[];
  /** The git directory of a workspace, null when it is none any more; default: that of a linked worktree. */
  gitDirOf?(path: string): Promise<string | null>;
}

/**
 * Brings everything an agent made onto the branch of its workspace and measures it. Leftovers become a commit; work that the
 * agent put on another branch or on no branch is taken over when it descends from the base; whatever cannot be is kept in
 * a snapshot and noted. Called again it changes nothing. An agent that removed its workspace and its branch
 * has made nothing.
 */
export async function harvestWorktree(options: HarvestOptions, spec: WorkspaceSpec, message: string): Promise<Harvest> {
  const { repository } = options;
  const gitDir = await (options.gitDirOf?.(spec.path) ?? worktreeGitDir(repository, spec.path));
  const record = gitDir === null ? null : await readRecord(gitDir);
  if (gitDir === null || !record?.ready) {
    const head = await readRef(repository.git, `refs/heads/${spec.branch}`);
    const none = { leftovers: [], marker: false };
    if (head === null) {
      const notes = [`of ${spec.branch} neither the workspace nor the branch is there any more`];
      return { head: spec.base, commits: 0, ...none, notes };
    }
    const { length: commits } = await commitsOf(repository.git, spec, head);
    return {
      head,
      commits,
      ...none,
      notes: [`${spec.path} is no workspace any more: its branch was taken as it stands`],
    };
  }
  const site: Site = { git: repository.git.at(spec.path), gitDir, record, settled: null, notes: [] };
  // Whoever held these locks has ended: the executor reaps an attempt before it is harvested.
  await Promise.all([
    removeLeftovers(gitDir),
    unlockRefs(repository.commonDir, [`refs/heads/${spec.branch}`]),
    removeStaleLocks(repository),
  ]);
  const hidden = await unhide(site.git, { gitDir, base: spec.base });
  if (hidden.length > 0) site.notes.push(`git was told to pass over ${listed(hidden)}: seen all the same`);
  const shared = record.shared ? changedShared(record.shared, readShared(repository.commonDir, gitDir)) : [];
  const seen = { marker: existsSync(join(spec.path, MARKER)), ...(shared.length > 0 && { shared }) };
  if (record.merge && operationInProgress(gitDir) === 'merge') await settleMerge(site, record.merge);
  const kept = await settleHead(options, spec, site);
  if (kept !== null) {
    const { length: commits } = await commitsOf(site.git, spec, kept);
    return { head: kept, commits, leftovers: [], ...seen, notes: site.notes };
  }
  return { ...(await commitLeftovers(options, spec, site, message)), ...seen, notes: site.notes };
}

interface Site {
  git: Git;
  gitDir: string;
  record: WorkspaceRecord;
  /** The unmerged files of the merge it was made for, when all are resolved; null: there is no merge to be committed. */
  settled: Set<string> | null;
  notes: string[];
}

/** The agent need not have told git what it resolved. */
async function settleMerge(site: Site, merge: NonNullable<WorkspaceRecord['merge']>): Promise<void> {
  const { settled, open } = await resolvedFiles(site.git, merge);
  if (open.length > 0) site.notes.push(`the agent left ${listed(open)} unmerged`);
  else site.settled = settled;
}

async function commitsOf(git: Git, { base }: WorkspaceSpec, head: Oid): Promise<WorkCommit[]> {
  return (await workBetween(git, base, head)).commits;
}

/**
 * Sees to it that HEAD is on the branch of the workspace, and gives null. Otherwise the files belong to another history, so
 * that they must not be committed onto the branch: gives the tip of the branch, and leaves the work tree as it is, in a
 * snapshot as well.
 */
async function settleHead(options: HarvestOptions, spec: WorkspaceSpec, site: Site): Promise<Oid | null> {
  const operation = operationInProgress(site.gitDir);
  const rewriting = operation === 'rebase' || operation === 'am';
  if (
    !rewriting &&
    (await isOnBranch(site.gitDir, spec.branch)) &&
    (operation === null || site.settled || (await noteOperation()))
  )
    return null;
  const ref = `refs/heads/${spec.branch}`;
  const [head, tip] = await Promise.all([readHead(site.git), readRef(site.git, ref)]);
  const kept = await keep(options, spec, site, tip);
  const where = head === null ? 'a branch without commits' : (head.branch ?? `the detached commit ${head.oid}`);
  if (!rewriting && head !== null && (await canTakeOver(site.git, spec, head, tip))) {
    if (
      head.oid !== tip &&
      !(await compareAndSwap(site.git, ref, { next: head.oid, old: tip, reason: 'copse: harvest' }))
    ) {
      throw new Error(`${spec.branch} moved while its workspace was harvested`);
    }
    await site.git.bytes(['symbolic-ref', '-m', 'copse: harvest', 'HEAD', ref]);
    if (head.oid !== tip)
      site.notes.push(`the agent worked on ${where}; its commits were taken over (all is in ${kept})`);
    return null;
  }
  const left = rewriting
    ? `left a ${operation} unfinished`
    : `ended on ${where}, which does not continue ${spec.branch}`;
  site.notes.push(`the agent ${left}: the branch is taken as it stands, the files are kept in ${kept}`);
  if (tip === null) await compareAndSwap(site.git, ref, { next: spec.base, old: null, reason: 'copse: harvest' });
  return tip ?? spec.base;

  async function noteOperation(): Promise<true> {
    site.notes.push(`the agent left a ${operation} unfinished (kept in ${await keep(options, spec, site, null)})`);
    return true;
  }
}

/** Whether the commit the agent ended on continues what it was given, and is not merely an older state of its branch. */
async function canTakeOver(git: Git, { base }: WorkspaceSpec, { oid }: Head, tip: Oid | null): Promise<boolean> {
  if (oid === tip) return true;
  if (!(await isAncestor(git, base, oid))) return false;
  return tip === null || !(await isAncestor(git, oid, tip));
}

async function keep(options: HarvestOptions, spec: WorkspaceSpec, site: Site, tip: Oid | null): Promise<string> {
  const autostash = await readFile(join(site.gitDir, 'rebase-merge/autostash'), 'utf8').catch(() => '');
  const tips = [tip ?? spec.base, autostash.trim()].filter(Boolean);
  const { record, gitDir } = site;
  const kept = await snapshot(site.git, {
    prefix: options.snapshotRef(spec),
    message: `copse: ${spec.branch} as the agent left it`,
    gitDir,
    junk: options.junk,
    never: [...options.never, ...record.provided],
    baseline: record.baseline,
    tips,
  });
  return kept.ref!; // nothing was said to be held anyway
}

/** Paths that are named. */
const MAX_REFUSED = 100;

async function commitLeftovers(
  options: HarvestOptions,
  spec: WorkspaceSpec,
  site: Site,
  message: string,
): Promise<Pick<Harvest, 'head' | 'commits' | 'leftovers' | 'refused'>> {
  const { git, gitDir, record, notes } = site;
  const { before, head, paths, refused, nested, unreadable } = await commitAll(git, {
    gitDir,
    message,
    against: spec.base,
    junk: options.junk,
    never: [...options.never, ...record.provided],
    baseline: record.baseline,
    settled: (path) => site.settled?.has(path) === true,
    async onStaged() {
      notes.push(`what the agent had staged otherwise is kept in ${await keep(options, spec, site, null)}`);
    },
  });
  const ours = refused.filter((path) => !record.provided.some((top) => path === top || path.startsWith(`${top}/`)));
  if (ours.length > 0)
    notes.push(`changes of the agent to ${listed(ours)} are not taken: the plan is not a task's to change`);
  for (const folder of nested) notes.push(`${folder} is a repository of its own and was not committed`);
  if (unreadable.length > 0) notes.push(`git cannot take in ${listed(unreadable)}: not committed`);
  const taken = ours.length > 0 ? { refused: ours.slice(0, MAX_REFUSED) } : {};
  if (paths.length > 0 && before === spec.base) return { head, commits: 1, leftovers: paths, ...taken };
  const commits = await commitsOf(git, spec, head);
  return {
    head,
    commits: commits.length,
    leftovers: paths.length > 0 ? paths : madeBefore(commits, message),
    ...taken,
  };
}

/** After a crash between commit and event, the leftovers are told from the commit that was made of them. */
function madeBefore([last]: WorkCommit[], message: string): string[] {
  return last?.message === message.trimEnd() ? last.changes.map(({ path }) => path) : [];
}

function listed(paths: readonly string[]): string {
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more`;
}
