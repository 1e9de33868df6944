import type { Ports } from '../engine/ports.ts';
import type { Pool } from '../git/pool.ts';
import { installDependencies } from '../integrate/dependencies.ts';
import type { Plan } from '../plan/plan.ts';
import type { Oid } from '../run/event.ts';
import { checkMergedContracts } from './merged-contracts.ts';
import { mergedWorktree } from './merged-worktree.ts';
import { validateMerged } from './validate-merged.ts';
import type { Wiring } from './wiring.ts';

/** What is run on the merged tree, in a worktree of ours: validations of waves, the comparison with contracts, and the
 * installation of dependencies. */
export function mergedTree(
  { context, project, open }: Wiring,
  alone: Pool,
): Pick<Ports, 'validationCommand' | 'validate' | 'installDependencies' | 'checkContracts'> {
  const { repository } = project;
  const { plan } = open;
  const merged = mergedWorktree(context, project, plan.name);

  return {
    validationCommand: (wave) => validationOf(plan, wave).command,

    validate: (wave, commit) =>
      alone(() => validateMerged(merged, { wave, commit, validation: validationOf(plan, wave) })),

    checkContracts: (commit) =>
      alone(() => checkMergedContracts(context, project, { plan, state: open.state, commit })),

    installDependencies: (tip) => alone(() => install(tip)),
  };

  async function install(tip: Oid): ReturnType<Ports['installDependencies']> {
    const { worktree, env } = merged;
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
  }
}

function validationOf(plan: Plan, number: number) {
  return plan.waves.find((wave) => wave.number === number)!.validation!;
}
