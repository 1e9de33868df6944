import type { AgentVerdict } from '../agent/adapter.ts';
import type { ExitRecord } from '../process/wait.ts';
import type { AttemptResult } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import { formatBytes } from '../util/size.ts';
import type { Harvest } from '../workspace/workspace.ts';
import type { Cut } from './cut-off.ts';
import type { AttemptSpec } from './executor.ts';

const NO_HARVEST = { head: null, commits: 0, leftovers: [], marker: false };

interface Ended {
  spec: AttemptSpec;
  verdict: AgentVerdict;
  exit: ExitRecord;
  cut: Cut | null;
  /** The most that it held at once, bytes; 0 when nobody looked. */
  memory: number;
  harvest: Harvest;
  ms: number;
}

/** The result of an attempt whose agent ran. */
export function resultOf({ spec, verdict, exit, cut, memory, harvest, ms }: Ended): AttemptResult {
  const { claim, tokens, cost } = verdict;
  const { head, commits, leftovers, marker } = harvest;
  const end = outcomeOf({ spec, verdict, exit, cut, memory });
  const measured = { claim, tokens, cost, ms, ...(memory > 0 && { memory }) };
  return { ...end, exit: exit.exit, signal: exit.signal, head, commits, leftovers, marker, ...measured };
}

/** What we did to an agent outweighs what it says, unless it had succeeded before. */
function outcomeOf({
  spec,
  verdict,
  exit,
  cut,
  memory,
}: Omit<Ended, 'harvest' | 'ms'>): Pick<AttemptResult, 'outcome' | 'message'> {
  const { outcome, message } = verdict;
  if (outcome === 'success') return { outcome, message };
  switch (cut) {
    case 'timeout':
      return { outcome: 'timeout', message: `no end after ${minutes(spec.timeoutMs)}` };
    case 'stalled':
      return { outcome: 'stalled', message: `no output for ${minutes(spec.stallMs)}` };
    case 'memory':
      return { outcome: 'memory', message: `used ${formatBytes(memory)} of ${formatBytes(spec.memoryCap ?? 0)}` };
    case 'cancelled':
      return { outcome: 'cancelled', message: 'stopped with the run' };
    case null:
      return exit.lost
        ? { outcome: 'lost', message: 'the agent vanished without an exit status' }
        : { outcome, message };
  }
}

const minutes = (ms: number) => (ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 6000) / 10} min`);

/** The result of an attempt that never came to an agent. */
export function failedResult(failure: Failure, ms: number): AttemptResult {
  const message = 'message' in failure ? failure.message : 'tail' in failure ? failure.tail : failure.code;
  const outcome = failure.code === 'agent' ? failure.outcome : 'crashed';
  const nothing = { exit: null, signal: null, claim: null, tokens: NO_TOKENS, cost: NO_COST };
  return { ...NO_HARVEST, ...nothing, outcome, message, ms, failure };
}

/** Nothing of it is left on this machine; no fault of the agent. */
export function lostResult(message: string): AttemptResult {
  return failedResult({ code: 'agent', outcome: 'lost', message, exit: null, signal: null }, 0);
}
