import { spentOf } from './budget.ts';
import type { RunEvent } from './event.ts';
import { type Failure, isOurDoing, isRetryable } from './failure.ts';
import { put } from './standing.ts';
import { type AttemptState, NO_COST, NO_TOKENS, type RunState, type TaskState, taskOf } from './state.ts';

/** Folds an event of an attempt. */
export function reduceAttempt(state: RunState, event: RunEvent): void {
  if (!('attempt' in event)) throw new Error(`${event.type} names no attempt`);
  const task = taskOf(state, event.task);
  if (event.type === 'attempt.started') return started(state, task, event);
  const attempt = task.attempts.find((each) => each.number === event.attempt);
  if (!attempt) throw new Error(`${event.type} of ${event.task}.${event.attempt}, which never started`);
  switch (event.type) {
    case 'attempt.prepared':
      for (const note of event.notes) if (!task.notes.includes(note)) task.notes.push(note);
      return;
    case 'attempt.spawned':
      // An agent that is taken over has kept its session.
      attempt.process = {
        pid: event.pid,
        pidStart: event.pidStart,
        session: event.session ?? attempt.process?.session ?? null,
      };
      return;
    case 'attempt.activity':
      attempt.activity = event.activity;
      return;
    case 'attempt.usage':
      attempt.tokens = event.tokens;
      attempt.cost = event.cost;
      attempt.limit = null; // it got an answer
      return;
    case 'attempt.limited':
      attempt.limit = event.limit;
      return;
    case 'attempt.ending':
      attempt.ending = event.why;
      return;
    case 'attempt.ended':
      attempt.endedAt = event.at;
      attempt.result = event;
      attempt.limit = event.limit ?? null;
      attempt.tokens = event.tokens;
      attempt.cost = event.cost;
      attempt.activity = null;
      return put(state, task, { is: 'ended', attempt: event.attempt });
    case 'attempt.verified':
      attempt.evidence = event.evidence;
      return put(state, task, { is: 'verified', attempt: event.attempt, head: event.head });
    case 'attempt.failed':
      attempt.failure = event.failure;
      attempt.endedAt ??= event.at;
      if (event.evidence.length > 0) attempt.evidence = event.evidence;
      grant(task, event.granted ?? []);
      return failed(state, task, event.failure, event.at);
    default:
      throw new Error(`the fold does not know ${event.type}`);
  }
}

function started(state: RunState, task: TaskState, event: Extract<RunEvent, { type: 'attempt.started' }>): void {
  const account = event.account ?? '';
  const attempt: AttemptState = {
    number: event.attempt,
    agent: event.agent,
    branch: event.branch,
    workspace: event.workspace,
    base: event.base,
    startedAt: event.at,
    because: event.because ?? null,
    account,
    resume: event.resume ?? null,
    resolves: event.resolves ?? null,
    process: null,
    activity: null,
    limit: null,
    parked: false,
    ending: null,
    tokens: NO_TOKENS,
    cost: NO_COST,
    endedAt: null,
    result: null,
    evidence: [],
    failure: null,
  };
  task.attempts.push(attempt);
  task.removed = false;
  put(state, task, { is: 'running', attempt: event.attempt });
  const gate = state.quota.get(account);
  if (gate) gate.probe = { task: event.task, attempt: event.attempt };
}

function failed(state: RunState, task: TaskState, failure: Failure, at: number): void {
  const ours = isOurDoing(failure) && !isHopeless(task);
  if (ours) task.allowance++;
  const granted =
    failure.code === 'scope-request' && failure.requests.every(({ entry }) => task.granted.includes(entry));
  if (granted) task.allowance++;
  const byHand = failure.code === 'merge-conflict' && state.settings.onConflict === 'manual';
  const again = ours || granted || (isRetryable(failure) && !byHand && task.attempts.length < task.allowance);
  const { maxTaskUsd } = state.settings;
  const { usd: spent } = spentOf(task);
  const attempt = task.attempts.length;
  if (again && maxTaskUsd !== undefined && spent >= maxTaskUsd) {
    put(state, task, { is: 'failed', attempt, failure: { code: 'task-budget', spent, limit: maxTaskUsd } });
  } else if (again) put(state, task, { is: 'waiting', notBefore: at + backoffMs(failure, attempt) });
  else put(state, task, { is: 'failed', attempt, failure });
}

/** What a task may write besides its scope, each once. */
export function grant({ granted }: TaskState, entries: readonly string[]): void {
  granted.push(...entries.filter((entry) => !granted.includes(entry)));
}

/** Attempts in a row that a full disk may cost: a quarter of an hour. */
const NO_SPACE_IN_A_ROW = 7;

function isHopeless({ attempts }: TaskState): boolean {
  const last = attempts.slice(-NO_SPACE_IN_A_ROW);
  return last.length === NO_SPACE_IN_A_ROW && last.every(({ failure }) => failure?.code === 'no-space');
}

/** A service that is down, or a disk that is full, is not asked again at once: 15 s, 30 s, 60 s … at most 5 minutes. */
function backoffMs(failure: Failure, attempts: number): number {
  if (failure.code === 'agent' && failure.limit) return 0; // a parked account has a gate of its own
  const down = failure.code === 'no-space' || isDown(failure);
  return down ? Math.min(15_000 * 2 ** (attempts - 1), 300_000) : 0;
}

function isDown(failure: Failure): boolean {
  return failure.code === 'agent' && (failure.outcome === 'network' || failure.outcome === 'overloaded');
}
