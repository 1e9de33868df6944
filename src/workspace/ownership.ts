import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteRef, readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import type { SharedState } from '../git/shared-files.ts';
import type { Baseline } from '../git/stage.ts';
import type { Oid, RunId } from '../run/event.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';

/** What a workspace knows of itself; kept in its worktree's administrative folder and gone with it. */
export interface WorkspaceRecord {
  v: 1;
  run: RunId;
  branch: string;
  base: Oid;
  /** Its files were written and set up; before that nothing of an agent can be in it. */
  ready: boolean;
  /** Copied and linked set-up files, relative to the top. */
  provided: string[];
  /** What set-up changed besides. */
  baseline: Baseline;
  /** It was left in the middle of merging `head`; `left` tells what git left of each unmerged file, see `merging.ts`. */
  merge?: { head: Oid; left: Record<string, string> };
  /** What all worktrees share, as it was when the agent began. */
  shared?: SharedState;
}

const FILE = 'copse-workspace.json';

/** The record of the workspace with this git directory; null when it has none, or an unreadable one. */
export async function readRecord(gitDir: string): Promise<WorkspaceRecord | null> {
  try {
    const record = JSON.parse(await readFile(join(gitDir, FILE), 'utf8')) as WorkspaceRecord;
    return record.v === 1 && typeof record.run === 'string' ? record : null;
  } catch {
    return null;
  }
}

/** One that is not ready may be lost with the machine: there is nothing in its workspace, and its branch says whose it is. */
export function writeRecord(gitDir: string, record: WorkspaceRecord): void {
  writeFileAtomic(join(gitDir, FILE), `${JSON.stringify(record)}\n`, undefined, { durable: record.ready });
}

export function removeRecord(gitDir: string): void {
  rmSync(join(gitDir, FILE), { force: true });
}

/**
 * `refs/copse/owned/<run>/<branch>`: says that this run made the branch, and from which commit. Written in one step with the
 * branch, so that there is never the one without the other; outlives the workspace.
 */
export function ownedRef(run: RunId, branch: string): string {
  return `refs/copse/owned/${run}/${branch}`;
}

/** Deletes a branch that the run made, with its claim, if it still is `tip`; false: it moved, or is not of this run. */
export async function deleteOwnedBranch(
  { git }: Repository,
  run: RunId,
  { branch, tip }: { branch: string; tip: Oid },
): Promise<boolean> {
  const ref = ownedRef(run, branch);
  const claim = await readRef(git, ref);
  if (claim === null || !(await deleteRef(git, `refs/heads/${branch}`, tip))) return false;
  await deleteRef(git, ref, claim);
  return true;
}
