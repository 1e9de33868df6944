import type { AgentEvent } from '../agent/adapter.ts';

type Live = Extract<AgentEvent, { type: 'activity' | 'usage' }>;

/**
 * Lets at most one activity and one usage through in each `everyMs`, the newest ones: an agent that floods must not flood
 * the journal. `flush` gives out what is held back.
 */
export function coalesce(emit: (event: Live) => void, everyMs: number) {
  const held = new Map<Live['type'], Live>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const event of held.values()) emit(event);
    held.clear();
  };
  return {
    push(event: Live): void {
      if (timer === undefined) {
        emit(event);
        timer = setTimeout(flush, everyMs);
        timer.unref();
      } else held.set(event.type, event);
    },
    flush,
  };
}
