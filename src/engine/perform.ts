import type { TaskId } from '../run/event.ts';
import type { Action } from '../schedule/action.ts';
import { attemptEffects, running } from './attempts.ts';
import type { Effects } from './effects.ts';
import { mergedEffects } from './merged.ts';

export interface PerformerInput extends Effects {
  verifying: Set<TaskId>;
  change: () => void;
  /** When to wake after a wait of so many milliseconds, jitter included. */
  parkedUntil: (waitMs: number) => number;
}

/** Gives `perform(action)`: journals the intent at once, does the effect in the background, appends its outcome. */
export function performer(input: PerformerInput) {
  const { append, background, verifying, state, change } = input;
  const attempts = attemptEffects(input);
  const { start, end, verify } = attempts;
  const { land, validate, checkContracts, installDependencies } = mergedEffects(input, attempts);
  return (action: Action): void => {
    switch (action.do) {
      case 'wake':
        return;
      case 'start':
        return start(action.task, action.attempt);
      case 'verify':
        verifying.add(action.task);
        return background(
          verify(action.task)
            .finally(() => verifying.delete(action.task))
            .then(change),
        );
      case 'land':
        return background(land(action));
      case 'validate':
        return background(validate(action.wave));
      case 'check-contracts':
        return background(checkContracts(action.commit));
      case 'install-dependencies':
        return background(installDependencies());
      case 'start-wave':
        return append({ type: 'wave.started', wave: action.wave });
      case 'complete-wave': {
        const { wave, integrated, total } = action;
        return append({ type: 'wave.completed', wave, integrated, total });
      }
      case 'block':
        return append({ type: 'task.blocked', task: action.task, by: action.by });
      case 'hold':
        return append({ type: 'admission.held', hold: action.hold });
      case 'admit':
        return append({ type: 'admission.resumed' });
      case 'park': {
        const { account, waitMs, parked } = action;
        return append({ type: 'quota.parked', account, until: input.parkedUntil(waitMs), ...parked });
      }
      case 'reopen':
        return append({ type: 'quota.reopened', account: action.account, by: action.by });
      case 'end':
        return end(action, action.why);
      case 'pause': {
        const { what, spent, limit } = action;
        append({ type: 'budget.reached', what, spent, limit });
        for (const key of running(state)) end(key, 'budget');
        return;
      }
      case 'finish': {
        const failure = action.failure ?? state.failure;
        return append({ type: 'run.finished', outcome: action.outcome, ...(failure && { failure }) });
      }
    }
  };
}
