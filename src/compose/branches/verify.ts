import { contractsOf } from '../../contract/subject.ts';
import type { CheckedContracts } from '../../engine/ports.ts';
import { failedChecks } from '../../run/batch.ts';
import type { StackCheck } from '../../run/check.ts';
import type { Oid, RunEventBody } from '../../run/event.ts';
import type { Failure } from '../../run/failure.ts';
import { checkMergedContracts } from '../merged-contracts.ts';
import { mergedWorktree } from '../merged-worktree.ts';
import { checkMerged, stopped } from '../stack-checks.ts';
import { validateMerged } from '../validate-merged.ts';
import type { Site } from './site.ts';
import { type AllRows, stateOf } from './state.ts';

/** What the merged tree was found to be. */
export interface Verified {
  green: boolean;
  contracts: CheckedContracts | null;
  waves: { wave: number; ms: number; failure: Failure | null }[];
  checks: StackCheck[];
}

export const NOT_VERIFIED: Verified = { green: true, contracts: null, waves: [], checks: [] };

/** Compares contracts, runs the validations of waves that are whole, then the project's own checks; stops at the first that fails. */
export async function verifyMerged(site: Site, all: AllRows): Promise<Verified> {
  const { context, project, options } = site;
  const { narrate, signal } = context;
  const { state, plan } = stateOf(all);
  const { tip: commit, onto } = all;
  const verified: Verified = { ...NOT_VERIFIED, waves: [] };
  if (site.plan !== null && options.contracts !== false && contractsOf(plan).length > 0) {
    verified.contracts = await checkMergedContracts(context, project, { plan, state, commit });
    if (verified.contracts.broken.length > 0) return { ...verified, green: false };
  }
  if (options.checks === 'skip') return verified;
  for (const { number, tasks, validation } of plan.waves) {
    const whole = tasks.every((id) => state.tasks.get(id)?.status.is === 'integrated');
    if (validation === undefined || !whole) continue;
    narrate(`wave ${number}: ${validation.command}`);
    const merged = mergedWorktree(context, project, plan.name, signal);
    const ran = await validateMerged(merged, { wave: number, commit, validation, ...(signal && { signal }) });
    if (signal?.aborted) throw stopped(signal);
    verified.waves.push({
      wave: number,
      ...(ran.ok ? { ms: ran.ms, failure: null } : { ms: 0, failure: ran.failure }),
    });
    if (!ran.ok) return { ...verified, green: false };
  }
  const checks = await checkMerged(
    context,
    project,
    { from: onto, to: commit },
    { state, tech: options.tech, narrate, signal },
  );
  return { ...verified, checks, green: checks.every(({ outcome }) => outcome !== 'failed') };
}

/** The same as events. */
export function eventsOfVerified(
  { contracts, waves, checks }: Verified,
  commit: Oid,
  commandOf: (wave: number) => string,
): RunEventBody[] {
  return [
    ...(contracts ? [{ type: 'contracts.checked' as const, commit, ...contracts }] : []),
    ...waves.flatMap(({ wave, ms, failure }): RunEventBody[] => [
      { type: 'wave.validating', wave, commit, command: commandOf(wave) },
      failure === null ? { type: 'wave.validated', wave, commit, ms } : { type: 'wave.failed', wave, failure },
    ]),
    ...(checks.length > 0 ? [{ type: 'stack.checked' as const, commit, checks }] : []),
  ];
}

/** What is red, as the failure of the branch that makes it so together with others. */
export function redFailure(
  { contracts, waves, checks }: Verified,
  { others, onto }: { others: string[]; onto: Oid },
): Failure {
  if (contracts && contracts.broken.length > 0) return { code: 'contract-broken', contracts: contracts.broken };
  const wave = waves.find(({ failure }) => failure !== null);
  return wave?.failure ?? { code: 'checks', checks: failedChecks(checks), with: others, onto };
}
