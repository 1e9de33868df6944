import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../git/git.ts';
import { removeLeftovers } from '../git/leftovers.ts';
import type { Repository } from '../git/repository.ts';
import { untrackedPaths } from '../git/untracked.ts';
import { addWorktree, isUnfinished, populate, removeWorktree, worktreeGitDir } from '../git/worktree.ts';
import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { DEPENDENCY_FILES } from './dependency-files.ts';

export interface IntegrationWorktree {
  /** Absolute. */
  path: string;
  /**
   * Puts exactly the files of `commit` there: what an earlier check changed or left is gone; ignored files and what set-up
   * provided stay (`node_modules`, caches). Sets it up when it is new, and again when the files have changed that say what the
   * project depends on. Gives a failure when there is no place for it or set-up fails.
   */
  checkout(commit: Oid): Promise<Failure | null>;
}

export interface IntegrationWorktreeOptions {
  repository: Repository;
  path: string;
  /** Makes a fresh worktree usable (copies, links, set-up command), as for tasks. */
  setUp: (path: string) => Promise<Failure | null>;
}

/** Kept in the worktree's administrative folder: without it, a worktree at this path is not ours to reset. */
interface Note {
  v: 1;
  /** Set-up was done. */
  ready: boolean;
  /** For which commit; missing in the notes of early versions. */
  at?: Oid;
  /** Untracked paths that set-up left. */
  provided: string[];
}

const NOTE = 'copse-integration.json';

/** Our own detached worktree for whatever has to see merged files: validations, installing dependencies. Made when first used. */
export function integrationWorktree({ repository, path, setUp }: IntegrationWorktreeOptions): IntegrationWorktree {
  const git = repository.git.at(path);

  async function checkout(commit: Oid): Promise<Failure | null> {
    const standing = await worktreeGitDir(repository, path);
    const note = standing === null ? null : await readNote(standing);
    if (standing === null || note === null) {
      // Killed while it was made. Whoever made it: there is nothing in it.
      if (await isUnfinished(repository, path)) await removeWorktree(repository, path);
      else if (standing !== null) return occupied(`${path} is a worktree that copse did not make`);
      return make(commit);
    }
    await reset(git, { gitDir: standing, commit, keep: note.provided });
    if (note.ready && (await dependsOnTheSame(git, note.at, commit))) return null;
    writeNote(standing, { ...note, ready: false });
    return finish(standing, commit);
  }

  async function make(commit: Oid): Promise<Failure | null> {
    const added = await addWorktree(repository, { path, branch: null, base: commit });
    if (!added.ok) return occupied(added.message);
    const gitDir = await worktreeGitDir(repository, path);
    if (gitDir === null) throw new Error(`${path} was added and is no worktree`);
    writeNote(gitDir, { v: 1, ready: false, provided: [] });
    await populate(git);
    return finish(gitDir, commit);
  }

  async function finish(gitDir: string, at: Oid): Promise<Failure | null> {
    const failure = await setUp(path);
    if (failure) return failure;
    writeNote(gitDir, { v: 1, ready: true, at, provided: await untrackedPaths(git) });
    return null;
  }

  return { path, checkout };
}

/** What set-up was done for one commit serves the other as well. */
async function dependsOnTheSame(git: Git, at: Oid | undefined, commit: Oid): Promise<boolean> {
  if (at === undefined || at === commit) return at !== undefined;
  const files = DEPENDENCY_FILES.map((pattern) => `:(glob)${pattern}`);
  // Another status than 0: they differ, or the commit is gone.
  return (await git.run(['diff', '--quiet', '--no-ext-diff', '--no-renames', at, commit, '--', ...files])).exit === 0;
}

async function reset(git: Git, { gitDir, commit, keep }: { gitDir: string; commit: Oid; keep: readonly string[] }) {
  // Nobody but us works here, and one at a time: a lock is of a git that was killed.
  await removeLeftovers(gitDir);
  await git.bytes(['checkout', '-q', '--detach', '--force', commit]);
  await git.bytes(['clean', '-ffdq', ...keep.flatMap((path) => ['-e', `/${escapePattern(path)}`])]);
}

function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!# ]/g, '\\$&');
}

async function readNote(gitDir: string): Promise<Note | null> {
  if (!existsSync(join(gitDir, NOTE))) return null;
  try {
    return JSON.parse(await readFile(join(gitDir, NOTE), 'utf8')) as Note;
  } catch {
    return { v: 1, ready: false, provided: [] };
  }
}

function writeNote(gitDir: string, note: Note): void {
  writeFileAtomic(join(gitDir, NOTE), `${JSON.stringify(note)}\n`);
}

function occupied(message: string): Failure {
  return { code: 'workspace', message: `${message}: move it away, or set another workspace folder` };
}
