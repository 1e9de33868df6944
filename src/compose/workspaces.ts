import { basename, dirname, join, resolve, sep } from 'node:path';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import type { Plan, Task } from '../plan/plan.ts';
import type { Config } from '../project/config.ts';
import type { Pattern } from '../run/pattern.ts';
import type { RunState } from '../run/state.ts';
import { directoriesOf, outermost, plainDirectory } from '../scope/directories.ts';
import { assertNever } from '../util/assert-never.ts';
import { createBranches } from '../workspace/branch.ts';
import { createDirectories } from '../workspace/directory.ts';
import { NO_SETUP, type SetupConfig } from '../workspace/setup.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { createWorktrees } from '../workspace/worktree.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';

/** Where the workspaces of a plan are: outside of every checkout. */
export function workspacesRoot({ repository, config }: Project, plan: string): string {
  // The main checkout names them, also when copse is called from a linked worktree.
  const main = basename(repository.commonDir) === '.git' ? dirname(repository.commonDir) : repository.root;
  const root = config.workspace.root ?? join('..', 'workspaces', basename(main));
  return join(resolve(main, root), plan);
}

/** Where the tasks of a plan work. */
export function placesIn(
  project: Project,
  plan: string,
  pattern: Pattern,
): (task: string) => { branch: string; workspace: string } {
  const root = workspacesRoot(project, plan);
  return (task) => ({
    branch: `${project.config.branchPrefix}${task}`,
    workspace: pattern === 'worktree' ? `${root}${sep}${task}` : project.repository.root,
  });
}

/** What a checkout may hold without being changed, and what no task may commit. */
export function checkoutOf({ repository, config }: Project, planDir: string) {
  const planPath = insideOf(repository.root, planDir);
  return { repository, junk: [...DEFAULT_JUNK, ...config.junk], never: planPath === null ? [] : [planPath] };
}

/** The workspaces of a run. `plan`: null where nothing will be prepared any more. */
export function workspacesOf(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { state, plan }: { state: RunState; plan: Plan | null },
): Workspaces {
  const { config } = project;
  const taskOf = (branch: string) => branch.slice(config.branchPrefix.length);
  const common = {
    ...checkoutOf(project, state.planDir),
    run: state.id,
    snapshotRef: ({ branch }: { branch: string }) => `refs/copse/snapshots/${state.id}/${taskOf(branch)}`,
  };
  const message = ({ branch }: { branch: string }) => `feat: ${taskOf(branch)} implementation`;
  switch (state.settings.pattern) {
    case 'branch':
      return createBranches({ ...common, message });
    case 'directory': {
      const directories = plan === null ? new Map<string, string[]>() : directoriesByTask(project, plan);
      return createDirectories({
        ...common,
        message,
        directoriesOf: ({ branch }) => directories.get(taskOf(branch)) ?? [],
      });
    }
    case 'worktree':
      return createWorktrees({
        ...common,
        setup: setupOf(config),
        env: outsideEnv(withoutAgentKeys(context.env, config.secrets.pass)),
      });
    default:
      return assertNever(state.settings.pattern);
  }
}

/** Pattern `directory`: where each task may write, by the manifest, else by the config, else by its scope. */
export function directoriesByTask({ config }: Project, plan: Plan): Map<string, string[]> {
  const named = ({ id, directories, scope }: Task) =>
    directories?.paths ?? config.directories[id]?.map(plainDirectory) ?? directoriesOf(scope);
  return new Map(plan.tasks.map((task) => [task.id, outermost(named(task))]));
}

/** How a new worktree is made usable. */
export function setupOf({ workspace }: Config): SetupConfig {
  const { copy, link, setup, submodules } = workspace;
  return { ...NO_SETUP, copy, link, command: setup ?? null, submodules };
}

/** `path` relative to `root` with `/`, or null when it is outside. */
export function insideOf(root: string, path: string): string | null {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}
