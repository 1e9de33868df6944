import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRef } from '../../git/refs.ts';
import { emptyTrash, removeWorktree } from '../../git/worktree.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Oid } from '../../run/event.ts';
import { removeEmptyFolders } from '../../util/empty-folders.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';
import type { Surroundings } from '../context.ts';
import { checkNotRun } from '../integrate-ready.ts';
import type { Project } from '../project.ts';
import { readPlan } from '../read-plan.ts';
import { latestRunOf } from '../runs.ts';
import { workspacesRoot } from '../workspaces.ts';
import type { BranchesOptions } from './landing.ts';
import { NO_PLAN } from './state.ts';

export type BranchesContext = Pick<Surroundings, 'env' | 'warn'> & {
  /** Aborted: checks are ended, and nothing moves. */
  signal?: AbortSignal | undefined;
  /** Is told what is being done, a line at a time. */
  narrate: (line: string) => void;
};

/** What branches are landed on, and by what they are judged. */
export interface Site {
  context: BranchesContext;
  project: Project;
  options: BranchesOptions;
  /** Null: none is named. */
  plan: Plan | null;
  planDir: string | null;
  /** Short name of the branch, and where it is. */
  target: string;
  onto: Oid;
}

export async function openSite(context: BranchesContext, project: Project, options: BranchesOptions): Promise<Site> {
  const { git, head } = project.repository;
  const target = options.into ?? head.branch;
  if (target === null) {
    throw new Refusal('no-target', 'HEAD is detached, so there is no branch to land on', {
      exit: EXIT.usage,
      hint: 'name one: --into main',
    });
  }
  const read = options.plan === undefined ? null : readPlan(context, project, options.plan, { command: 'integrate' });
  const run = read && latestRunOf(project.repository.commonDir, read.plan.name);
  if (run) checkNotRun(run);
  const onto = await readRef(git, `refs/heads/${target}`);
  if (onto === null) {
    throw new Refusal('no-branch', `there is no branch ${target} to land on`, {
      exit: EXIT.usage,
      hint: `git branch ${target} BASE, or name another: --into ANOTHER`,
    });
  }
  return { context, project, options, plan: read?.plan ?? null, planDir: read?.dir ?? null, target, onto };
}

/** The worktree of the checks goes, unless a run has one of the same place, which `clean` removes. */
export async function closeSite({ project, plan }: Site): Promise<void> {
  const { repository, config } = project;
  if (plan !== null && latestRunOf(repository.commonDir, plan.name) !== null) return;
  const root = workspacesRoot(project, plan?.name ?? NO_PLAN.name);
  const worktree = join(root, '.integration');
  if (!existsSync(worktree)) return;
  await removeWorktree(repository, worktree);
  await emptyTrash(root);
  removeEmptyFolders(root, config.workspace.root === undefined ? 3 : 1);
}
