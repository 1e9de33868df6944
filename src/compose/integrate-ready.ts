import type { Git } from '../git/git.ts';
import { branchExists } from '../git/refs.ts';
import { listed } from '../run/describe.ts';
import { waitsForHand } from '../run/resolve.ts';
import { integrationBranch } from '../run/state.ts';
import { needsValidation } from '../schedule/wave-gates.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { IntegrateOptions } from './landing.ts';
import type { FoundRun } from './runs.ts';

/** What stands in the way of landing the run as a whole. */
export function checkReady(run: Pick<FoundRun, 'state' | 'alive'>, { partial }: IntegrateOptions): void {
  checkNotRun(run);
  const { state } = run;
  const { plan } = state;
  const failed = [...state.waves.values()].find((wave) => wave.status.is === 'failed');
  if (failed) {
    throw new Refusal('validation-failed', `the validation of wave ${failed.number} failed on the merged tree`, {
      exit: EXIT.integration,
      hint: `mend it on ${integrationBranch(state)}, then: copse resume ${plan}`,
    });
  }
  const due = [...state.waves.keys()].find((wave) => needsValidation(state, wave));
  if (due !== undefined) {
    throw new Refusal('not-validated', `wave ${due} has not been validated since its last task was integrated`, {
      exit: EXIT.integration,
      hint: `copse resume ${plan}`,
    });
  }
  const missing = [...state.tasks.values()]
    .filter((task) => task.status.is !== 'integrated')
    .map((task) => task.seed.id);
  if (missing.length === state.tasks.size) {
    throw new Refusal('nothing-integrated', `no task of ${plan} is integrated`, {
      exit: EXIT.integration,
      hint: `copse status ${plan}`,
    });
  }
  if (missing.length > 0 && !partial) {
    const failed = [...state.tasks.values()].some(({ status }) => status.is === 'failed');
    const inHand = waitsForHand(state).length > 0;
    const goOn = inHand
      ? `copse integrate --continue ${plan}`
      : failed
        ? `copse run ${plan} --retry-failed`
        : `copse resume ${plan}`;
    throw new Refusal(
      'not-integrated',
      `${missing.length} of ${state.tasks.size} tasks of ${plan} are not integrated: ${listed(missing, 5)}`,
      {
        exit: EXIT.integration,
        hint: `${goOn}; or land the rest: copse integrate ${plan} --partial`,
        details: { missing },
      },
    );
  }
}

/** Nobody runs it any more. */
export function checkNotRun({ state, alive }: Pick<FoundRun, 'state' | 'alive'>): void {
  if (!alive) return;
  const by = state.opened ? ` by process ${state.opened.pid} on ${state.opened.host}` : '';
  throw new Refusal('run-held', `${state.plan} is still being run${by}`, {
    exit: EXIT.environment,
    hint: 'copse status --watch',
  });
}

/** Where a run is to land that began on no branch. */
export async function noTarget(git: Git, plan: string): Promise<Refusal> {
  const usual = (await branchExists(git, 'main')) ? 'main' : 'BRANCH';
  return new Refusal('no-target', 'the run started from a detached HEAD, so there is no branch to land on', {
    exit: EXIT.usage,
    hint: `copse integrate ${plan} --into ${usual}`,
  });
}

export function noBranch(target: string, plan: string): Refusal {
  return new Refusal('no-branch', `there is no branch ${target} to land on`, {
    exit: EXIT.usage,
    hint: `git branch ${target} BASE, or copse integrate ${plan} --into ANOTHER`,
  });
}
