import { existsSync } from 'node:fs';
import { listRefs } from '../git/refs.ts';
import { dirtyPaths } from '../git/status.ts';
import type { Plan } from '../plan/plan.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { placeOf, workspacesRoot } from './compose.ts';
import type { CliContext } from './context.ts';
import type { Project } from './project.ts';

/**
 * Before a new run: branches and workspaces of its names must be free. A refusal names all that are not, while nothing was
 * changed yet. Uncommitted changes are told, not refused: agents start from the commit.
 */
export async function preflight(context: CliContext, project: Project, plan: Plan): Promise<void> {
  const { git } = project.repository;
  const branches = new Set(
    [...(await listRefs(git, 'refs/heads/')).keys()].map((ref) => ref.replace('refs/heads/', '')),
  );
  const places = plan.tasks.map((task) => placeOf(project, plan.name, task.id));
  const taken = places.filter(({ branch }) => branches.has(branch)).map(({ branch }) => branch);
  if (taken.length > 0) {
    throw new Refusal('branch-exists', `${list(taken)} ${taken.length === 1 ? 'exists' : 'exist'} already`, {
      exit: EXIT.usage,
      hint: `left by an earlier run? copse clean ${plan.name}; else rename: git branch -m ${taken[0]} NEW-NAME`,
      details: { branches: taken },
    });
  }
  const standing = places.filter(({ workspace }) => existsSync(workspace)).map(({ workspace }) => workspace);
  if (standing.length > 0) {
    throw new Refusal('workspace-exists', `${list(standing)} ${standing.length === 1 ? 'is' : 'are'} there already`, {
      exit: EXIT.usage,
      hint: `left by an earlier run? copse clean ${plan.name}; else move it away, or set workspace.root in copse.config.json`,
      details: { workspaces: standing, root: workspacesRoot(project, plan.name) },
    });
  }
  const dirty = await dirtyPaths(git);
  if (dirty.length > 0) {
    context.stderr.write(
      `copse: ${dirty.length} uncommitted ${dirty.length === 1 ? 'change is' : 'changes are'} not part of the run: agents start from the last commit\n`,
    );
  }
}

function list(items: string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}
