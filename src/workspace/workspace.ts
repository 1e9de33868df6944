import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';

export interface WorkspaceSpec {
  /** Absolute path, outside the repository's checkout. */
  path: string;
  /** Short branch name: `feature/task-001`. */
  branch: string;
  base: Oid;
  /** Take the workspace as it stands when this run made it for the same branch from the same base. */
  keep?: boolean;
  /** Leave it in the middle of merging this into `base`. */
  merge?: { head: Oid; message: string };
}

/** `kept`: it stands as the attempt before left it. */
export type Prepared = { ok: true; ms: number; notes: string[]; kept?: boolean } | { ok: false; failure: Failure };

/** What stands in a workspace after its agent ended. */
export interface Harvest {
  /** Tip of the branch after leftovers were committed. */
  head: Oid;
  /** Commits after the base. */
  commits: number;
  /** Paths committed on the agent's behalf. */
  leftovers: string[];
  /** Changed by the agent and given back: what is no task's to change. Absent when nothing was. */
  refused?: string[];
  marker: boolean;
  /** Changed meanwhile, of what all worktrees share; absent when nothing was. */
  shared?: string[];
  /** What was unusual, one sentence each: another branch, an unfinished merge, a repository inside the workspace. */
  notes: string[];
}

/** `taken`: was there anything, and is it out; otherwise why it is not. One sentence each, for people. */
export type Withdrawal = { is: 'nothing' } | { is: 'taken' | 'left'; note: string };

/** The isolated places of attempts; one implementation a pattern. */
export interface Workspaces {
  /** Cuts the workspace from `base`. What stands there from an earlier attempt is snapshotted, then replaced. */
  prepare(spec: WorkspaceSpec): Promise<Prepared>;
  /** Commits leftovers (junk excluded) as `message` and measures. Changes nothing when called again. */
  harvest(spec: WorkspaceSpec, message: string): Promise<Harvest>;
  /**
   * Takes what a harvested attempt left out of a place that others share, as nobody goes on with it; absent where each has a place
   * of its own. Never what is not all on its branch.
   */
  withdraw?(spec: WorkspaceSpec): Promise<Withdrawal>;
  /**
   * Removes the workspace, never the branch; `false` and a reason when it holds work that is in no commit. `held`: a commit
   * that stays; what is all in it needs no snapshot. `left`: what stays of it in a place of the user's, one sentence.
   */
  remove(
    spec: WorkspaceSpec,
    options: { force: boolean; held?: Oid | null },
  ): Promise<{ removed: true; left?: string } | { removed: false; why: string }>;
  /** Gives back what attempts had borrowed of the user, once none of them lives any more: after a crash, or a stop. */
  settle(): Promise<void>;
}

/** File an agent touches when it is done. */
export const MARKER = '.claude-task-complete';
