import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beginMerge } from '../git/begin-merge.ts';
import { endMerge, type Unfinished, unfinishedMerge } from '../git/end-merge.ts';
import type { Repository } from '../git/repository.ts';
import { snapshot } from '../git/snapshot.ts';
import { addWorktree, emptyTrash, isUnfinished, populate, removeWorktree, worktreeGitDir } from '../git/worktree.ts';
import type { Oid, RunId, TaskId } from '../run/event.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';

/** A conflict that a person resolves, in a worktree that is there for that alone. */
export interface InHand {
  run: RunId;
  /** Whose work is merged into the integration branch; or the branch that this is merged into. */
  of: { task: TaskId; attempt: number } | { target: string };
  /** What HEAD was. */
  onto: Oid;
  /** What is merged into it. */
  head: Oid;
  /** In conflict when it began. */
  paths: string[];
}

export interface HandWorktreeOptions {
  repository: Repository;
  /** Absolute. */
  path: string;
  /** Makes a fresh worktree usable, as for tasks; a sentence says why that failed. */
  setUp(path: string): Promise<string | null>;
  junk: readonly string[];
}

/** Kept in the worktree's administrative folder. Without `ready` nobody was told of it, and nothing of anybody is in it. */
interface Note extends InHand {
  v: 1;
  ready: boolean;
}

const NOTE = 'copse-in-hand.json';

/** What is in hand at `path`, or null; also when it was killed in the making. */
export async function inHand(repository: Repository, path: string): Promise<InHand | null> {
  const gitDir = await worktreeGitDir(repository, path);
  return gitDir === null ? null : readNote(gitDir);
}

export type Begun = { ok: true; inHand: InHand; notes: string[] } | { ok: false; message: string };

/** The worktree in which a person resolves a conflict: one at a time for each plan, and nobody but that person works in it. */
export function handWorktree({ repository, path, setUp, junk }: HandWorktreeOptions) {
  const git = repository.git.at(path);

  /** Cuts it from `onto` and begins the merge there: git's own markers, stages and rerere. */
  async function begin(wanted: Omit<InHand, 'paths'>, message: string): Promise<Begun> {
    await clear();
    const added = await addWorktree(repository, { path, branch: null, base: wanted.onto });
    if (!added.ok) return { ok: false, message: added.message };
    const gitDir = await gitDirOf();
    const note: Note = { v: 1, ready: false, ...wanted, paths: [] };
    writeNote(gitDir, note);
    await populate(git);
    const failed = await setUp(path);
    const paths = await beginMerge(git, { head: wanted.head, message });
    if (typeof paths === 'string') {
      await removeWorktree(repository, path);
      return { ok: false, message: paths };
    }
    writeNote(gitDir, { ...note, paths, ready: true });
    return { ok: true, inHand: { ...wanted, paths }, notes: failed === null ? [] : [failed] };
  }

  async function left(merge: InHand): Promise<Unfinished | null> {
    return unfinishedMerge(git, await gitDirOf(), merge);
  }

  async function end(): Promise<Oid> {
    return endMerge(git, await gitDirOf());
  }

  /**
   * Takes it away. Whatever is in it that no commit of `held` has is kept first: gives that ref, or null.
   * @param prefix of the snapshot's ref
   */
  async function putAway(merge: InHand, prefix: string, held: readonly Oid[]): Promise<string | null> {
    const message = `copse: a conflict of ${'task' in merge.of ? merge.of.task : merge.of.target} as it was in hand`;
    const options = {
      prefix,
      message,
      gitDir: await gitDirOf(),
      junk,
      held,
      tips: held.length > 0 ? [] : [merge.head],
    };
    const { ref, unreadable } = await snapshot(git, options);
    if (unreadable.length > 0) throw new Error(`${path} holds ${unreadable[0]}, which git cannot take in`);
    await removeWorktree(repository, path);
    await emptyTrash(dirname(path));
    return ref;
  }

  /** Removes what a killed copse left half made: nothing of anybody is in it. False: there was no such thing. */
  async function clear(): Promise<boolean> {
    const there = await isHalfMade();
    if (there) await removeWorktree(repository, path);
    return there;
  }

  async function isHalfMade(): Promise<boolean> {
    if (await isUnfinished(repository, path)) return true;
    const gitDir = await worktreeGitDir(repository, path);
    return gitDir !== null && existsSync(join(gitDir, NOTE)) && readNote(gitDir) === null;
  }

  async function gitDirOf(): Promise<string> {
    const gitDir = await worktreeGitDir(repository, path);
    if (gitDir === null) throw new Error(`${path} is no worktree`);
    return gitDir;
  }

  return { path, begin, left, end, putAway, clear };
}

export type HandWorktree = ReturnType<typeof handWorktree>;

function readNote(gitDir: string): InHand | null {
  try {
    const { v, ready, ...note } = JSON.parse(readFileSync(join(gitDir, NOTE), 'utf8')) as Note;
    return v === 1 && ready ? note : null;
  } catch {
    return null;
  }
}

function writeNote(gitDir: string, note: Note): void {
  writeFileAtomic(join(gitDir, NOTE), `${JSON.stringify(note)}\n`);
}
