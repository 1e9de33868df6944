import type { AgentVerdict } from '../agent/adapter.ts';
import type { ExitRecord } from '../process/wait.ts';
import type { AttemptResult, Cost } from '../run/event.ts';
import type { Failure, Limit } from '../run/failure.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import { formatBytes } from '../util/size.ts';
import type { Harvest } from '../workspace/workspace.ts';
import type { Cut } from './cut-off.ts';
import type { AttemptSpec } from './executor.ts';

const NO_HARVEST = { head: null, commits: 0, leftovers: [], marker: false };

export interface Ended {
  spec: AttemptSpec;
  verdict: AgentVerdict;
  exit: ExitRecord;
  cut: Cut | null;
  /** Bytes of its output that nobody has read. */
  leftOut: number;
  /** The disk had no room left when it ended. */
  full: boolean;
  /** The most that it held at once, bytes; 0 when nobody looked. */
  memory: number;
  harvest: Harvest;
  ms: number;
  /** What the agent said about its account while it ran. */
  limited?: Limit;
}

/** The result of an attempt whose agent ran. */
export function resultOf(ended: Ended): AttemptResult {
  const { spec, verdict, exit, cut, leftOut, full, memory, harvest, ms } = ended;
  const { claim, ranTests, tokens, cost } = verdict;
  const { head, commits, leftovers, marker, shared, refused } = harvest;
  const end = outcomeOf(ended);
  const measured = { claim, tokens, cost, ms, ...(memory > 0 && { memory }) };
  const how = { ...end, exit: exit.exit, signal: exit.signal };
  const seen = {
    ...(shared && { shared }),
    ...(ranTests !== undefined && (ranTests || leftOut === 0) && { ranTests }),
  };
  const result = { ...how, head, commits, leftovers, marker, ...(refused && { refused }), ...seen, ...measured };
  if (end.outcome === 'success') return result;
  // Who fails while nothing can be written has not failed.
  if (full && cut !== 'cancelled') return { ...result, failure: { code: 'no-space', message: end.message } };
  const isOverTask = cut === 'task-budget' || (end.outcome === 'budget' && isSpent(spec, cost));
  if (isOverTask) return { ...result, failure: taskBudget(spec, cost) };
  const limit = verdict.limit ?? ended.limited ?? { resetsAt: null, text: end.message };
  if (end.outcome === 'rate-limited') return { ...result, limit };
  return end.outcome === 'overloaded' && verdict.limit ? { ...result, limit } : result;
}

/** The agent's own cap may be lower than what the task has left. */
function isSpent({ maxUsd }: AttemptSpec, cost: Cost): boolean {
  return maxUsd !== undefined && cost.usd !== null && cost.usd >= maxUsd;
}

function taskBudget({ maxUsd = 0, taskUsd = 0 }: AttemptSpec, cost: Cost): Failure {
  const before = taskUsd - maxUsd;
  return { code: 'task-budget', spent: before + (cost.usd ?? maxUsd), limit: taskUsd };
}

/** What we did to an agent outweighs what it says, unless it had succeeded before. */
function outcomeOf({ spec, verdict, exit, cut, memory }: Ended): Pick<AttemptResult, 'outcome' | 'message'> {
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
    case 'limit':
      return { outcome: 'rate-limited', message: 'its account reached a limit' };
    case 'budget':
      return { outcome: 'paused', message: 'the run reached its budget' };
    case 'task-budget':
      return { outcome: 'budget', message: 'the task reached its budget' };
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
