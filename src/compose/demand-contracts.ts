import { contractsOf } from '../contract/subject.ts';
import { describeFailure } from '../run/describe.ts';
import { integrationBranch } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import type { HeldRun } from './held-run.ts';
import { checkMergedContracts, type MergedContracts } from './merged-contracts.ts';
import type { Project } from './project.ts';

/** Compares the contracts with what is about to land, unless the run did so already; a refusal when they are broken. */
export async function demandContracts(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { state, append, journal }: HeldRun,
  { plan, commit }: Pick<MergedContracts, 'plan' | 'commit'>,
): Promise<void> {
  if (contractsOf(plan).length === 0) return;
  if (state.contracts?.is !== 'checked' || state.contracts.commit !== commit) {
    const checked = await checkMergedContracts(context, project, { plan, state, commit });
    append({ type: 'contracts.checked', commit, ...checked });
    await journal.flush();
  }
  const broken = state.contracts?.is === 'checked' ? state.contracts.broken : [];
  if (broken.length === 0) return;
  const branch = integrationBranch(state);
  throw new Refusal('contract-broken', describeFailure({ code: 'contract-broken', contracts: broken }), {
    exit: EXIT.integration,
    hint: `mend it on ${branch}, then: copse resume ${state.plan}; or land it as it is: copse integrate ${state.plan} --no-contracts`,
    details: broken,
  });
}
