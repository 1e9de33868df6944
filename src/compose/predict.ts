import { liveCommit } from '../git/live-commit.ts';
import { worktreeGitDir } from '../git/worktree.ts';
import { type LiveBranch, type PredictedConflict, predictConflicts } from '../integrate/predict.ts';
import { type AttemptState, lastAttempt, type RunState } from '../run/state.ts';
import type { Project } from './project.ts';
import { checkoutOf } from './workspaces.ts';

/**
 * What would conflict if all that is being worked on landed as it stands now. Only tasks with work trees of their own can;
 * what cannot be looked at is left out, for somebody is working there.
 */
export async function predictedConflicts(project: Project, state: RunState): Promise<PredictedConflict[]> {
  if (state.settings.pattern !== 'worktree') return [];
  const live = await Promise.all(
    [...state.tasks.values()].map(async ({ seed, status }): Promise<LiveBranch | null> => {
      const attempt = lastAttempt(state.tasks.get(seed.id)!);
      if (!attempt) return null;
      const { base } = attempt;
      if (status.is === 'running') {
        const head = await headOf(project, state, attempt);
        return head === null ? null : { task: seed.id, base, head };
      }
      const head = status.is === 'ended' || status.is === 'verified' ? attempt.result?.head : null;
      return head ? { task: seed.id, base, head } : null;
    }),
  );
  const branches = live.filter((each) => each !== null && each.head !== each.base) as LiveBranch[];
  return predictConflicts(project.repository.git, state.tip, branches);
}

async function headOf(project: Project, state: RunState, { workspace }: AttemptState): Promise<string | null> {
  const { repository, junk, never } = checkoutOf(project, state.planDir);
  try {
    const gitDir = await worktreeGitDir(repository, workspace);
    return gitDir === null ? null : await liveCommit(repository.git.at(workspace), { gitDir, junk, never });
  } catch {
    return null; // not there yet, or in the middle of something
  }
}

/** For people: `task-001 and task-002 change the same lines: src/a.ts`. */
export function describeConflict({ tasks: [a, b], paths }: PredictedConflict): string {
  const shown = paths.slice(0, 3).join(', ');
  const where = paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
  return b === undefined
    ? `${a} would conflict with what has landed: ${where}`
    : `${a} and ${b} would conflict: ${where}; who lands second is tried again on top of the first`;
}
