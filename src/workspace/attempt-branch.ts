import { branchObstacle, moveTogether, readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { keepCommit } from '../git/snapshot.ts';
import { checkedOutAt } from '../git/worktree.ts';
import type { RunId } from '../run/event.ts';
import { ownedRef } from './ownership.ts';
import type { WorkspaceSpec } from './workspace.ts';

export interface AttemptBranchOptions {
  repository: Repository;
  run: RunId;
  /** Prefix of snapshot refs, without the number. */
  snapshotRef(spec: Pick<WorkspaceSpec, 'branch'>): string;
}

export type MadeBranch = { ok: true; notes: string[] } | { ok: false; why: string };

/** Makes the branch of an attempt on its base, or moves the one an earlier attempt of this run left, once that is kept. */
export async function makeAttemptBranch(
  { repository, run, snapshotRef }: AttemptBranchOptions,
  spec: WorkspaceSpec,
): Promise<MadeBranch> {
  const { git } = repository;
  const [ref, claim] = [`refs/heads/${spec.branch}`, ownedRef(run, spec.branch)];
  const obstacle = await branchObstacle(git, spec.branch);
  if (obstacle !== null) return { ok: false, why: obstacle };
  const [tip, from] = await Promise.all([readRef(git, ref), readRef(git, claim)]);
  if (tip !== null && from === null) {
    const rename = `git branch -m ${spec.branch} <name>`;
    return { ok: false, why: `the branch ${spec.branch} exists and is not of this run: rename it (${rename})` };
  }
  const at = tip === null ? null : await checkedOutAt(git, spec.branch);
  if (at !== null) return { ok: false, why: `the branch ${spec.branch} is checked out in ${at}` };
  const notes: string[] = [];
  if (tip !== null && tip !== from) {
    const kept = await keepCommit(git, snapshotRef(spec), tip);
    notes.push(`the earlier branch is kept in ${kept.ref}`);
  }
  const updates = [
    { ref, next: spec.base, old: tip },
    { ref: claim, next: spec.base, old: from },
  ];
  if (await moveTogether(git, updates, 'copse: workspace')) return { ok: true, notes };
  return { ok: false, why: `the branch ${spec.branch} cannot be made: something of that name came up` };
}
