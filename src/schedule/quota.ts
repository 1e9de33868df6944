import type { Ending, TaskId } from '../run/event.ts';
import type { Outcome } from '../run/failure.ts';
import { attemptOf } from '../run/quota.ts';
import { type AccountGate, type AttemptState, lastAttempt, type RunState, type TaskState } from '../run/state.ts';
import type { Action } from './action.ts';

const MINUTE = 60_000;
/** The longest wait where nobody said how long. */
const LONGEST_BACKOFF_MS = 30 * MINUTE;
const MAX_JITTER_MS = 30_000;
/** An agent that has worked this long without complaint has its answers, also when it reports no tokens. */
const PROBATION_MS = MINUTE;

/** Ends of agents that say nothing about the account. */
const NO_ANSWER: ReadonlySet<Outcome> = new Set(['cancelled', 'lost', 'paused', 'network']);

/** Gates to close: an agent was ended by a limit, or waits for one whose end it knows. */
export function parks(busy: readonly TaskState[], state: RunState, now: number): Action[] {
  const actions: Action[] = [];
  const parked = new Set<string>();
  for (const task of busy) {
    const attempt = lastAttempt(task)!;
    const { account, limit } = attempt;
    if (limit === null || attempt.parked || parked.has(account)) continue;
    if (attempt.result === null && limit.resetsAt === null) continue; // it tries again by itself
    const gate = state.quota.get(account);
    const tried = gate !== undefined && isProbe(gate, task, attempt);
    if (gate && !tried && gate.until > now && (limit.resetsAt ?? 0) <= gate.until) continue; // says nothing new
    parked.add(account);
    const known = limit.resetsAt !== null && limit.resetsAt > now;
    const strikes = known ? 0 : (gate?.strikes ?? 0) + 1;
    actions.push({
      do: 'park',
      account,
      waitMs: known ? limit.resetsAt! - now : Math.min(MINUTE * 2 ** (strikes - 1), LONGEST_BACKOFF_MS),
      parked: {
        resetsAt: known ? limit.resetsAt : null,
        reason: attempt.result?.outcome === 'overloaded' ? 'overloaded' : 'usage-limit',
        text: limit.text,
        strikes,
        by: { task: task.seed.id, attempt: attempt.number },
      },
    });
  }
  return actions;
}

/**
 * How long to wait, with jitter, so that many runs of one account do not wake as one: up to a tenth more, never over 30 s.
 * @param random from 0 to 1
 */
export function withJitter(waitMs: number, random: number): number {
  return Math.round(waitMs + random * Math.min(waitMs / 10, MAX_JITTER_MS));
}

/** Gates whose probe got answers. */
export function reopenings(state: RunState, now: number): Action[] {
  const actions: Action[] = [];
  for (const [account, gate] of state.quota) {
    const attempt = gate.probe && attemptOf(state, gate.probe);
    if (attempt && hasAnswers(attempt, now)) actions.push({ do: 'reopen', account, by: gate.probe! });
  }
  return actions;
}

/** Running agents that report the limit their account is parked for; those that still get answers go on. */
export function endings(
  busy: readonly TaskState[],
  state: RunState,
  now: number,
): { task: TaskId; attempt: number; why: Ending }[] {
  if (state.quota.size === 0) return [];
  return busy.flatMap((task) => {
    const attempt = lastAttempt(task)!;
    const gate = state.quota.get(attempt.account);
    const limited = gate && gate.until > now && attempt.limit !== null && !isProbe(gate, task, attempt);
    if (!limited || attempt.result !== null || attempt.ending !== null) return [];
    return [{ task: task.seed.id, attempt: attempt.number, why: 'limit' as const }];
  });
}

/** Whether no agent of this account may start now: its gate is closed, or half open and being tried. */
export function isClosed(state: RunState, account: string, now: number): boolean {
  const gate = state.quota.get(account);
  return gate !== undefined && (gate.until > now || probeOf(state, gate) !== null);
}

/** The attempt that tries a half-open gate at the moment. */
function probeOf(state: RunState, { probe }: AccountGate): AttemptState | null {
  const attempt = probe && attemptOf(state, probe);
  return attempt !== null && attempt.endedAt === null ? attempt : null;
}

/** Which accounts may start an agent now; a half-open one admits a single one. `wake`: when a gate opens next. */
export function accountGates(state: RunState, now: number): { admits(account: string): boolean; wake: number } {
  const admitted = new Set<string>();
  const closed = new Set<string>();
  let wake = Number.POSITIVE_INFINITY;
  for (const [account, gate] of state.quota) {
    const probe = probeOf(state, gate);
    if (isClosed(state, account, now)) closed.add(account);
    const opens = probe ? probe.startedAt + PROBATION_MS : gate.until;
    if (opens > now) wake = Math.min(wake, opens);
  }
  return {
    admits(account) {
      if (!state.quota.has(account)) return true;
      if (closed.has(account) || admitted.has(account)) return false;
      admitted.add(account);
      return true;
    },
    wake,
  };
}

function isProbe({ probe }: AccountGate, task: TaskState, attempt: AttemptState): boolean {
  return probe !== null && probe.task === task.seed.id && probe.attempt === attempt.number;
}

function hasAnswers({ limit, result, process, activity, startedAt, tokens }: AttemptState, now: number): boolean {
  if (limit !== null) return false;
  if (result) return !NO_ANSWER.has(result.outcome);
  if (tokens.output > 0) return true;
  return process !== null && now - startedAt >= PROBATION_MS && activity?.kind !== 'waiting';
}
