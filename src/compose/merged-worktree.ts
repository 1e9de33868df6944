import { join } from 'node:path';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { type IntegrationWorktree, integrationWorktree } from '../integrate/integration-worktree.ts';
import { setUp } from '../workspace/setup.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { setupOf, workspacesRoot } from './workspaces.ts';

/** Our own worktree for what has to see merged files, and the environment that programs get in it. */
export interface MergedWorktree {
  worktree: IntegrationWorktree;
  env: NodeJS.ProcessEnv;
}

/** @param signal aborted: a set-up command that runs there is ended */
export function mergedWorktree(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  plan: string,
  signal?: AbortSignal,
): MergedWorktree {
  const { repository, config } = project;
  const env = outsideEnv(withoutAgentKeys(context.env, config.secrets.pass));
  const setup = setupOf(config);
  const worktree = integrationWorktree({
    repository,
    path: join(workspacesRoot(project, plan), '.integration'),
    setUp: async (path) => {
      const done = await setUp(path, { repository, config: setup, env, ...(signal && { signal }) });
      return done.ok ? null : done.failure;
    },
  });
  return { worktree, env };
}
