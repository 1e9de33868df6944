import type { Survey } from '../git/survey.ts';
import type { EscapeChange } from '../run/escape.ts';
import type { Oid, TaskId } from '../run/event.ts';
import { contains } from '../scope/directories.ts';

/** What a run may change itself. */
export interface Own {
  /** Folder that holds its workspaces. */
  workspaces: string;
  /** Tasks by their branches (`feature/task-001`). */
  branches: ReadonlyMap<string, TaskId>;
  /** The user's checkout. */
  root: string;
  /** `mine`: it is the user's alone; `lent`: attempts work in it, HEAD and all; else the directories in which they write. */
  checkout: 'mine' | 'lent' | { directories: readonly string[] };
  /** Where copse left the branches of tasks. */
  heads: ReadonlyMap<TaskId, Oid>;
  /** Tasks of which an attempt was alive meanwhile: their branches are theirs to move. */
  alive: ReadonlySet<TaskId>;
}

export interface Difference {
  /** Of the user's checkout. Paths in latin1. */
  files: Extract<EscapeChange, { kind: 'file' }>[];
  /** Of what all worktrees share. */
  shared: Exclude<EscapeChange, { kind: 'file' }>[];
  /** Branches of tasks none of whose attempts was alive. */
  siblings: Map<TaskId, Extract<EscapeChange, { kind: 'ref' }>[]>;
}

/** What is different and not copse's own doing. Pure. */
export function compare(before: Survey, after: Survey, own: Own): Difference {
  const shared: Difference['shared'] = [];
  const siblings: Difference['siblings'] = new Map();
  const claimed = claimedBranches(before, after);
  for (const [ref, from, to] of different(before.refs, after.refs)) {
    const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
    const task = branch === null ? undefined : own.branches.get(branch);
    const change = { kind: 'ref' as const, ref, from, to };
    if (ref.startsWith('refs/copse/') || branch?.startsWith('copse/')) continue;
    if (task !== undefined) {
      // Made and removed by copse, with its claim; between that only its own agent moves it.
      const left = own.heads.get(task) ?? from;
      if (own.alive.has(task) || left === null || to === null || to === left) continue;
      siblings.set(task, [...(siblings.get(task) ?? []), { ...change, from: left }]);
    } else if (branch === null || !claimed.has(branch)) shared.push(change);
  }
  for (const [worktree, from, to] of different(before.heads, after.heads)) {
    const ours = (own.checkout === 'lent' && worktree === own.root) || `${worktree}/`.startsWith(`${own.workspaces}/`);
    if (!ours && from !== null && to !== null) shared.push({ kind: 'head', worktree, from, to });
  }
  const stash = compareStash(before.stash, after.stash);
  if (stash !== null) shared.push(stash);
  return { files: filesOf(compareFiles(before.files, after.files), own.checkout), shared, siblings };
}

function filesOf(files: Difference['files'], checkout: Own['checkout']): Difference['files'] {
  if (checkout === 'mine') return files;
  if (checkout === 'lent') return [];
  const path = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');
  return files.filter((file) => !checkout.directories.some((directory) => contains(directory, path(file.path))));
}

/** Branches that some run says to have made (workspace/ownership.ts); also those of runs beside this one. */
function claimedBranches(...surveys: Survey[]): Set<string> {
  const owned = /^refs\/copse\/owned\/[^/]+\/(.+)$/;
  return new Set(surveys.flatMap(({ refs }) => Object.keys(refs).flatMap((ref) => owned.exec(ref)?.[1] ?? [])));
}

function compareStash(before: Oid[], after: Oid[]): Extract<EscapeChange, { kind: 'stash' }> | null {
  const added = after.filter((oid) => !before.includes(oid));
  const removed = before.filter((oid) => !after.includes(oid));
  return added.length + removed.length > 0 ? { kind: 'stash', added, removed } : null;
}

function compareFiles(before: Survey['files'], after: Survey['files']): Difference['files'] {
  return different(before, after).map(([path, , to]) => {
    if (to === null) return { kind: 'file', path, how: 'settled' };
    if (to.endsWith(' gone')) return { kind: 'file', path, how: 'deleted' };
    return { kind: 'file', path, how: before[path] === undefined && to.startsWith('?') ? 'added' : 'modified' };
  });
}

function different<T>(before: Record<string, T>, after: Record<string, T>): [string, T | null, T | null][] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.filter((key) => before[key] !== after[key]).map((key) => [key, before[key] ?? null, after[key] ?? null]);
}
