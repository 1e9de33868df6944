import type { RunSettings, TaskId } from './event.ts';
import { isOurDoing } from './failure.ts';
import type { AttemptState, RunState, TaskState } from './state.ts';

/**
 * The attempt whose conflict the next one is to resolve, by the policy `agent`: the last one that did the task or merged it,
 * as long as nothing but our own doing came in between. Null: the task is done again. Only a workspace of its own can stand in the
 * middle of a merge.
 * @param before the attempts before the one that is meant
 */
export function toResolve(
  before: readonly AttemptState[],
  { onConflict, pattern }: Pick<RunSettings, 'onConflict' | 'pattern'>,
): AttemptState | null {
  if (onConflict !== 'agent' || pattern !== 'worktree') return null;
  for (const attempt of [...before].reverse()) {
    const { failure, resolves, result } = attempt;
    if (failure === null) return null;
    if (failure.code === 'merge-conflict') return result?.head ? attempt : null;
    if (!resolves || !isOurDoing(failure)) return null;
  }
  return null;
}

/** The attempt that met the conflict which this one was to resolve; itself when it met one, or did the task. */
export function metConflict({ tasks }: Pick<RunState, 'tasks'>, task: TaskId, attempt: AttemptState): AttemptState {
  if (attempt.failure?.code === 'merge-conflict') return attempt;
  const { attempts } = tasks.get(task)!;
  return attempts.find(({ number }) => number === attempt.resolves?.attempt) ?? attempt;
}

/** The conflict that a failed task met last, for a person to resolve; null when it failed of something else. */
export function openConflict({ status, attempts }: TaskState): AttemptState | null {
  if (status.is !== 'failed') return null;
  const last = attempts.at(-1);
  return last?.resolves || last?.failure?.code === 'merge-conflict' ? lastConflict({ attempts }) : null;
}

/** The attempt whose work conflicted last; null when none did. */
export function lastConflict({ attempts }: Pick<TaskState, 'attempts'>): AttemptState | null {
  return attempts.findLast(({ failure, result }) => failure?.code === 'merge-conflict' && result?.head) ?? null;
}

/** Tasks whose conflicts wait for a person, by the policy `manual`. */
export function waitsForHand({ tasks, settings }: Pick<RunState, 'tasks' | 'settings'>): TaskId[] {
  if (settings.onConflict !== 'manual') return [];
  return [...tasks].flatMap(([id, task]) => (openConflict(task) === null ? [] : [id]));
}
