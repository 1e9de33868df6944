import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Directories, holds, restoreDirectories, writeDirectories } from '../git/directories.ts';
import { isAncestor, log } from '../git/history.ts';
import { commitTree, treeOf } from '../git/merge.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import { type Repository, readHead } from '../git/repository.ts';
import { keepCommit } from '../git/snapshot.ts';
import type { Oid, RunId } from '../run/event.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { makeAttemptBranch } from './attempt-branch.ts';
import {
  type Harvest,
  MARKER,
  type Prepared,
  type Withdrawal,
  type WorkspaceSpec,
  type Workspaces,
} from './workspace.ts';

export interface DirectoriesOptions {
  /** The checkout that all attempts work in at once. */
  repository: Repository;
  run: RunId;
  /** Prefix of snapshot refs, without the number. */
  snapshotRef(spec: Pick<WorkspaceSpec, 'branch'>): string;
  junk: readonly string[];
  /** Paths that no task may change: the plan folder. */
  never: readonly string[];
  /** The directories of an attempt, relative to the top. */
  directoriesOf(spec: Pick<WorkspaceSpec, 'branch'>): readonly string[];
  /** Of the one commit of an attempt. */
  message(spec: WorkspaceSpec): string;
}

/**
 * Workspaces of the pattern `directory`: the user's own checkout for all attempts at once, each in its directories. HEAD, index
 * and everything outside of the directories are never touched. An attempt's commit is made in memory: its base, with the
 * directories as they are on disk.
 */
export function createDirectories(options: DirectoriesOptions): Workspaces {
  return {
    prepare: (spec) => prepare(options, spec),
    harvest: (spec) => harvest(options, spec),
    withdraw: (spec) => withdraw(options, spec),
    remove: (spec, { held = null }) => remove(options, spec, held),
    settle: async () => {}, // HEAD and index were never lent
  };
}

/** The files are of the user's checkout. Those of an attempt that is not integrated are told. */
async function remove(
  options: DirectoriesOptions,
  spec: WorkspaceSpec,
  held: Oid | null,
): Promise<{ removed: true; left?: string }> {
  const { git } = options.repository;
  const record = readRecord(options, spec);
  rmSync(recordFile(options, spec), { force: true });
  if (record?.run !== options.run) return { removed: true };
  const { base, directories, harvest } = record;
  if (harvest !== null && held !== null && (await isAncestor(git, harvest.head, held))) return { removed: true };
  if (await holds(git, base, { ...directoriesAt(options, spec), directories })) return { removed: true };
  return { removed: true, left: `what it made stays in ${directories.join(', ')} of the checkout` };
}

/** What is known of the directories of the latest attempt at a task. */
interface DirectoryRecord {
  v: 1;
  run: RunId;
  base: Oid;
  directories: readonly string[];
  /** What the attempt made; null while its agent may be at work. */
  harvest: Harvest | null;
}

async function prepare(options: DirectoriesOptions, spec: WorkspaceSpec): Promise<Prepared> {
  const { repository, run } = options;
  const { git } = repository;
  const started = Date.now();
  const where = directoriesAt(options, spec);
  const before = readRecord(options, spec);
  // Directories that were not the task's before may hold what is the user's.
  const ours = before?.run === run && same(before.directories, where.directories);
  if (spec.keep && ours && before.base === spec.base) {
    writeRecord(options, spec, { ...before, harvest: null });
    return { ok: true, ms: Date.now() - started, notes: [], kept: true };
  }
  const notes: string[] = [];
  if (!(await holds(git, spec.base, where))) {
    if (ours) {
      const { ref, unreadable } = await keep(options, spec, before.base);
      if (unreadable.length > 0) return refuse(cannotKeep(unreadable));
      notes.push(`what the earlier attempt left is kept in ${ref}`);
    } else if (!(await isCommitted(options, where))) return refuse(unclean(where.directories));
    await restoreDirectories(git, spec.base, where);
  }
  const made = await makeAttemptBranch(options, spec);
  if (!made.ok) return refuse(made.why);
  for (const directory of where.directories) mkdirSync(join(repository.root, directory), { recursive: true });
  writeRecord(options, spec, { v: 1, run, base: spec.base, directories: where.directories, harvest: null });
  return { ok: true, ms: Date.now() - started, notes: [...notes, ...made.notes] };
}

/** Whether nothing in the directories can get lost: they hold what HEAD has. */
async function isCommitted({ repository }: DirectoriesOptions, where: Directories): Promise<boolean> {
  const head = await readHead(repository.git);
  return head !== null && holds(repository.git, head.oid, where);
}

function unclean(directories: readonly string[]): string {
  return `${directories.join(', ')} holds changes that are in no commit: commit or stash them`;
}

function cannotKeep(files: readonly string[]): string {
  return `git cannot take in ${files[0]}, so that no copy can be kept of what the earlier attempt left: move it away`;
}

/** Keeps the directories as they are under a snapshot ref. */
async function keep(
  options: DirectoriesOptions,
  spec: WorkspaceSpec,
  base: Oid,
): Promise<{ ref: string; unreadable: string[] }> {
  const { git } = options.repository;
  const { tree, unreadable } = await writeDirectories(git, base, directoriesAt(options, spec));
  const message = `copse: the directories of ${spec.branch} as they were left`;
  const commit = await commitTree(git, { tree, parents: [base], message });
  return { ref: (await keepCommit(git, options.snapshotRef(spec), commit)).ref, unreadable };
}

async function harvest(options: DirectoriesOptions, spec: WorkspaceSpec): Promise<Harvest> {
  const { repository } = options;
  const { git } = repository;
  const record = readRecord(options, spec);
  if (record?.harvest) return record.harvest;
  const where = directoriesAt(options, spec);
  const { tree, paths, nested, unreadable } = await writeDirectories(git, spec.base, where);
  const marker = await takeMarkers(repository, where.directories);
  const notes = [
    ...nested.map((folder) => `${folder} is a repository of its own and was not committed`),
    ...unreadable.map((path) => `git cannot take in ${path}: not committed`),
  ];
  const ref = `refs/heads/${spec.branch}`;
  const tip = await readRef(git, ref);
  if (tip !== null && tip !== spec.base && (await treeOf(git, tip)) !== tree) {
    const { ref: kept } = await keepCommit(git, options.snapshotRef(spec), tip);
    notes.push(`the agent committed to ${spec.branch} itself: that is kept in ${kept}, its files were committed anew`);
  }
  const changed = tree !== (await treeOf(git, spec.base));
  const message = options.message(spec);
  const head = changed ? await commitTree(git, { tree, parents: [spec.base], message }) : spec.base;
  if (head !== tip && !(await compareAndSwap(git, ref, { next: head, old: tip, reason: 'copse: harvest' }))) {
    throw new Error(`${spec.branch} moved while its directories were harvested`);
  }
  const commits = changed ? (await log(git, spec.base, head)).length : 0;
  const made: Harvest = { head, commits, leftovers: changed ? paths : [], marker, notes };
  if (record !== null) writeRecord(options, spec, { ...record, harvest: made });
  return made;
}

/** Puts the directories back to what the attempt found, if they hold what is on its branch and nothing else. */
async function withdraw(options: DirectoriesOptions, spec: WorkspaceSpec): Promise<Withdrawal> {
  const { git } = options.repository;
  const record = readRecord(options, spec);
  if (record?.run !== options.run || record.base !== spec.base || record.harvest === null) return { is: 'nothing' };
  const where = { ...directoriesAt(options, spec), directories: record.directories };
  if (await holds(git, spec.base, where)) return { is: 'nothing' };
  const names = record.directories.join(', ');
  if (!(await holds(git, record.harvest.head, where))) {
    const note = `${names} of the checkout still holds what it made, as something there was changed since, or is in no commit`;
    return { is: 'left', note: `${note}; what it made is on ${spec.branch}` };
  }
  await restoreDirectories(git, spec.base, where);
  return { is: 'taken', note: `what it made is on ${spec.branch}, and no longer in ${names} of the checkout` };
}

/** Agents that share a checkout touch the marker in a directory of their own; it must not stay for the next attempt. */
async function takeMarkers({ root }: Repository, directories: readonly string[]): Promise<boolean> {
  const found = directories.map((directory) => join(root, directory, MARKER)).filter((file) => existsSync(file));
  await Promise.all(found.map((file) => rm(file, { force: true })));
  return found.length > 0;
}

function directoriesAt(options: DirectoriesOptions, spec: WorkspaceSpec): Directories {
  const { repository, junk, never } = options;
  return { gitDir: repository.gitDir, directories: options.directoriesOf(spec), junk, never };
}

function recordFile({ repository }: DirectoriesOptions, { branch }: WorkspaceSpec): string {
  return join(repository.gitDir, 'copse-directories', `${encodeURIComponent(branch)}.json`);
}

function readRecord(options: DirectoriesOptions, spec: WorkspaceSpec): DirectoryRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordFile(options, spec), 'utf8')) as DirectoryRecord;
    return record.v === 1 && typeof record.run === 'string' ? record : null;
  } catch {
    return null;
  }
}

function writeRecord(options: DirectoriesOptions, spec: WorkspaceSpec, record: DirectoryRecord): void {
  writeFileAtomic(recordFile(options, spec), `${JSON.stringify(record)}\n`, 0o600);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

function refuse(message: string): Extract<Prepared, { ok: false }> {
  return { ok: false, failure: { code: 'workspace', message } };
}
