import type { Oid } from '../run/event.ts';
import { readCommitObjects } from './commit-objects.ts';
import { decode } from './copied-index.ts';
import { changedFiles, type FileChange, fileChange } from './diff.ts';
import type { Git } from './git.ts';
import { diffTrees, type TreeChange } from './trees.ts';

/** A commit with what it changed against its only parent; nothing for a merge. */
export interface WorkCommit {
  oid: Oid;
  parents: Oid[];
  message: string;
  changes: FileChange[];
}

/** What a branch holds that its base does not. */
export interface Work {
  /** Newest first. */
  commits: WorkCommit[];
  /** Changed paths from the base to the head, sorted, without renames. */
  changes: FileChange[];
  /** The branch continues its base: false when it was reset, amended or rebased past it. */
  descends: boolean;
}

/** What lies between two commits never changes: the harvest and the gates of an attempt ask for the same. */
const recent = new Map<string, Promise<Work>>();
const RECENT = 32;

/** Commits and changes from a base to a head, without a process as long as nothing was merged or rewritten. */
export function workBetween(git: Git, base: Oid, head: Oid): Promise<Work> {
  const key = `${base} ${head}`;
  const found = recent.get(key) ?? findWork(git, base, head);
  recent.delete(key);
  recent.set(key, found);
  if (recent.size > RECENT) recent.delete(recent.keys().next().value!);
  found.catch(() => recent.delete(key));
  return found;
}

async function findWork(git: Git, base: Oid, head: Oid): Promise<Work> {
  if (base === head) return { commits: [], changes: [], descends: true };
  const quick = await quickWork(git, base, head);
  if (quick !== null) return { commits: quick, changes: together(quick), descends: true };
  const commits = await readCommits(git, base, head);
  // Some commit stands on the base exactly when the base is in the history of the head.
  const descends = commits.some(({ parents }) => parents.includes(base));
  const linear = commits.every(
    ({ parents }, at) => parents.length === 1 && parents[0] === (commits[at + 1]?.oid ?? base),
  );
  const changes = linear && descends ? together(commits) : await changedFiles(git, base, head);
  return { commits, changes, descends };
}

/** Commits of a line that are read one by one; a longer one is a single call of git. */
const SHORT = 32;

/** The same from the objects themselves; null when it is no short line of plain commits on the base. */
async function quickWork(git: Git, base: Oid, head: Oid): Promise<WorkCommit[] | null> {
  const commits: WorkCommit[] = [];
  for (let oid = head; oid !== base; ) {
    const commit = (await readCommitObjects(git, [oid])).get(oid);
    if (commit === undefined || commit.encoded || commit.parents.length !== 1 || commits.length === SHORT) return null;
    const [parent] = commit.parents;
    const before = (await readCommitObjects(git, [parent!])).get(parent!);
    const changes = before && (await diffTrees(git, before.tree, commit.tree));
    if (!changes) return null;
    commits.push({ oid, parents: commit.parents, message: commit.message, changes: changes.map(asFileChange) });
    oid = parent!;
  }
  return commits;
}

function asFileChange({ path, old, now }: TreeChange): FileChange {
  const id = (old ?? now)!.oid;
  const [oldMode, mode] = [old?.mode ?? NOTHING, now?.mode ?? NOTHING];
  const none = '0'.repeat(id.length);
  return {
    path: decode(path),
    kind: kindOf(oldMode, mode),
    oldMode,
    mode,
    oldOid: old?.oid ?? none,
    oid: now?.oid ?? none,
  };
}

async function readCommits(git: Git, base: Oid, head: Oid): Promise<WorkCommit[]> {
  const fields = await git.fields([
    'log',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--no-color',
    '--no-decorate',
    '--no-notes',
    '--no-ext-diff',
    '--no-relative',
    '--diff-merges=off',
    '--ignore-submodules=none',
    '-O/dev/null',
    // A message holds no NUL, but may hold lines that look like a change.
    '--format=tformat:%x00%H%n%P%n%B',
    `${base}..${head}`,
    '--',
  ]);
  const commits: WorkCommit[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]!.replace(/^\n/, '');
    if (field.startsWith(':')) {
      at += 1;
      commits.at(-1)!.changes.push(fileChange(field, fields[at]!));
    } else if (field !== '') {
      const [oid = '', parents = '', ...message] = field.split('\n');
      commits.push({
        oid,
        parents: parents.split(' ').filter(Boolean),
        message: message.join('\n').trimEnd(),
        changes: [],
      });
    }
  }
  return commits;
}

/** What a line of commits changed in all. */
function together(commits: readonly WorkCommit[]): FileChange[] {
  const all = new Map<string, FileChange>();
  for (const change of [...commits].reverse().flatMap(({ changes }) => changes)) {
    const first = all.get(change.path) ?? change;
    const { path, mode, oid } = change;
    const { oldMode, oldOid } = first;
    all.set(path, { path, kind: kindOf(oldMode, mode), oldMode, mode, oldOid, oid });
  }
  const changes = [...all.values()].filter(({ mode, oldMode, oid, oldOid }) => mode !== oldMode || oid !== oldOid);
  return changes.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function kindOf(oldMode: string, mode: string): FileChange['kind'] {
  if (oldMode === NOTHING) return 'added';
  if (mode === NOTHING) return 'deleted';
  return oldMode.slice(0, 3) === mode.slice(0, 3) ? 'modified' : 'type-changed';
}

const NOTHING = '000000';
