import { listed } from '../run/describe.ts';
import type { TaskId } from '../run/event.ts';
import type { Selection } from '../run/selection.ts';
import { integrationBranch, type RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { wavesInOrder } from './wave-gates.ts';

export interface SelectOptions {
  /** Work on this wave only; everything before it must be integrated. */
  wave?: number;
  /** Work on these tasks only. */
  only?: string[];
  skip?: string[];
  /** Give failed tasks a fresh set of attempts. */
  retryFailed?: boolean;
  /** Give these a fresh set of attempts, if they failed. */
  retry?: readonly TaskId[];
}

/**
 * Which tasks an opening of a run works on. Throws a refusal for ids and waves that the plan does not have, and for a
 * selection that could never start because something before it is not integrated.
 */
export function select(state: RunState, options: SelectOptions): Selection {
  const ids = [...state.tasks.keys()];
  const skip = (options.skip ?? []).map((id) => resolveTask(ids, id, '--skip'));
  const only = (options.only ?? []).map((id) => resolveTask(ids, id, '--only'));
  let tasks = ids;
  if (options.wave !== undefined) {
    checkWave(state, options.wave);
    tasks = tasks.filter((id) => state.tasks.get(id)!.seed.wave === options.wave);
  }
  if (only.length > 0) tasks = tasks.filter((id) => only.includes(id));
  if (options.wave !== undefined || only.length > 0) checkDependencies(state, tasks);
  if (tasks.every((id) => skip.includes(id))) throw nothingSelected(state.plan);
  const failed = ids.filter((id) => state.tasks.get(id)!.status.is === 'failed');
  const again = options.retry ?? [];
  const retry = failed.filter((id) => tasks.includes(id) && (options.retryFailed || again.includes(id)));
  return { tasks, skip, retry };
}

function nothingSelected(plan: string): Refusal {
  return new Refusal('nothing-selected', 'no task is left: all that are selected are skipped', {
    exit: EXIT.usage,
    hint: `name what to work on: copse run ${plan} --only ID`,
  });
}

/** The task a person means: its id, or the unique one that begins with it (`task-001` for `task-001-users`, `001`). */
export function resolveTask(ids: readonly TaskId[], typed: string, where: string): TaskId {
  if (ids.includes(typed)) return typed;
  const stem = /^\d+$/.test(typed) ? `task-${typed.padStart(3, '0')}` : typed;
  const near = ids.filter((id) => id === stem || id.startsWith(`${stem}-`));
  if (near.length === 1) return near[0]!;
  const known = ids.length <= 12 ? ids.join(', ') : `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more`;
  throw near.length > 1
    ? new Refusal('ambiguous-task', `${where} ${typed}: could be ${near.join(' or ')}`, {
        exit: EXIT.usage,
        hint: `write one of them in full`,
      })
    : new Refusal('unknown-task', `${where} ${typed}: the plan has no such task`, {
        exit: EXIT.usage,
        hint: `its tasks are ${known}`,
      });
}

function checkWave(state: RunState, number: number): void {
  if (!state.waves.has(number)) {
    const known = wavesInOrder(state).map((wave) => wave.number);
    throw new Refusal('unknown-wave', `--wave ${number}: the plan has no such wave`, {
      exit: EXIT.usage,
      hint: `its waves are ${known.join(', ')}`,
    });
  }
  for (const wave of wavesInOrder(state)) {
    if (wave.number >= number) return;
    const missing = wave.tasks.filter((id) => state.tasks.get(id)!.status.is !== 'integrated');
    if (missing.length > 0) {
      throw new Refusal(
        'earlier-wave',
        `--wave ${number}: ${listed(missing, 5)} of wave ${wave.number} not integrated yet`,
        {
          exit: EXIT.usage,
          hint: `copse run ${state.plan} --wave ${wave.number}`,
        },
      );
    }
    if (wave.status.is === 'failed') {
      throw new Refusal('earlier-wave', `--wave ${number}: the validation of wave ${wave.number} failed`, {
        exit: EXIT.usage,
        hint: `mend it on ${integrationBranch(state)}, then: copse resume --retry-failed`,
      });
    }
  }
}

function checkDependencies(state: RunState, tasks: TaskId[]): void {
  for (const id of tasks) {
    const { seed, status } = state.tasks.get(id)!;
    if (status.is === 'integrated') continue;
    const missing = seed.deps.filter((dep) => !tasks.includes(dep) && state.tasks.get(dep)?.status.is !== 'integrated');
    if (missing.length > 0) {
      throw new Refusal(
        'missing-dependency',
        `${id} needs ${listed(missing, 5)}, which is not integrated and not selected`,
        {
          exit: EXIT.usage,
          hint: `--only ${[...missing, ...tasks].join(',')}`,
        },
      );
    }
  }
}
