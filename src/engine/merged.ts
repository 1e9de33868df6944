import type { Oid } from '../run/event.ts';
import type { Action } from '../schedule/action.ts';
import type { attemptEffects } from './attempts.ts';
import { asInternal, type Effects } from './effects.ts';
import type { Landing } from './ports.ts';

/** The integration branch: what lands on it, and what is run on it. */
export function mergedEffects(
  { append, patient, journal, ports, state }: Effects,
  { fail }: Pick<ReturnType<typeof attemptEffects>, 'fail'>,
) {
  return { land, validate, checkContracts, installDependencies };

  async function land({ tasks }: Extract<Action, { do: 'land' }>): Promise<void> {
    const { tip } = state;
    for (const each of tasks) append({ type: 'landing.started', ...each, onto: tip });
    await patient(() => journal.flush());
    const landings = await patient(() => ports.land({ tip, tasks }, append)).catch((error) =>
      tasks.map(({ task }): Landing => ({ task, landed: false, failure: asInternal(error).failure })),
    );
    if (landings === 'stopped') return append({ type: 'landing.stopped', tasks: tasks.map(({ task }) => task) });
    const asked = new Map(tasks.map((each) => [each.task, each]));
    // The last one that is told is the tip: in the order of landing.
    for (const landing of landings) {
      const { task, attempt, head } = asked.get(landing.task)!;
      if (landing.landed) {
        const { commit, commits, settled } = landing;
        append({ type: 'task.integrated', task, attempt, head, commit, commits, ...(settled && { settled }) });
      } else await fail({ task, attempt }, { failure: landing.failure, evidence: [] });
    }
  }

  async function validate(wave: number): Promise<void> {
    const commit = state.tip;
    append({ type: 'wave.validating', wave, commit, command: ports.validationCommand(wave) });
    const result = await ports
      .validate(wave, commit)
      .catch((error) => ({ ok: false as const, failure: asInternal(error).failure }));
    if (result.ok) append({ type: 'wave.validated', wave, commit, ms: result.ms });
    else append({ type: 'wave.failed', wave, failure: result.failure });
  }

  /** Contracts that cannot be compared because of a bug of ours are not compared: no work of anybody is lost by that. */
  async function checkContracts(commit: Oid): Promise<void> {
    append({ type: 'contracts.checking', commit });
    const nothing = { checks: [], broken: [] };
    const { checks, broken } = (await ports.checkContracts?.(commit)) ?? nothing;
    append({ type: 'contracts.checked', commit, checks, broken });
  }

  async function installDependencies(): Promise<void> {
    append({ type: 'dependencies.started', onto: state.tip });
    await journal.flush();
    const result = await ports
      .installDependencies(state.tip)
      .catch((error) => ({ ok: false as const, failure: asInternal(error).failure }));
    if (result.ok) append({ type: 'dependencies.installed', commit: result.commit });
    else append({ type: 'dependencies.failed', failure: result.failure });
  }
}
