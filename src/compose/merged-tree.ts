import { join } from 'node:path';
import type { Ports } from '../engine/ports.ts';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { installDependencies } from '../integrate/dependencies.ts';
import { integrationWorktree } from '../integrate/integration-worktree.ts';
import { runValidation } from '../integrate/validate.ts';
import type { Plan } from '../plan/plan.ts';
import { setUp } from '../workspace/setup.ts';
import type { Wiring } from './wiring.ts';
import { setupOf, workspacesRoot } from './workspaces.ts';

/** How long a wave's validation may take. */
const VALIDATION_MS = 30 * 60_000;

/** What is run on the merged tree, in a worktree of ours: validations of waves, and the installation of dependencies. */
export function mergedTree({
  context,
  project,
  open,
}: Wiring): Pick<Ports, 'validationCommand' | 'validate' | 'installDependencies'> {
  const { repository, config } = project;
  const { plan } = open;
  const env = outsideEnv(withoutAgentKeys(context.env, config.secrets.pass));
  const setup = setupOf(config);
  const worktree = integrationWorktree({
    repository,
    path: join(workspacesRoot(project, plan.name), '.integration'),
    setUp: async (path) => {
      const done = await setUp(path, { repository, config: setup, env });
      return done.ok ? null : done.failure;
    },
  });

  return {
    validationCommand: (wave) => validationOf(plan, wave).command,

    async validate(wave, commit) {
      const validation = validationOf(plan, wave);
      const failure = await worktree.checkout(commit);
      if (failure) return { ok: false, failure };
      const timeoutMs = VALIDATION_MS;
      const ran = await runValidation(validation, { cwd: worktree.path, env, timeoutMs });
      if (ran.ok) return { ok: true, ms: ran.ms };
      return {
        ok: false,
        failure: { code: 'validation', wave, command: validation.command, exit: ran.exit, tail: ran.tail },
      };
    },

    async installDependencies(tip) {
      const failure = await worktree.checkout(tip);
      if (failure) return { ok: false, failure };
      return installDependencies({
        git: repository.git,
        ref: open.state.integrationRef,
        tip,
        worktree: worktree.path,
        steps: plan.dependencies,
        env,
      });
    },
  };
}

function validationOf(plan: Plan, number: number) {
  return plan.waves.find((wave) => wave.number === number)!.validation!;
}
