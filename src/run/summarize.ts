import { countTokens } from './budget.ts';
import { clockTime, describeFailure, describeHold, listed } from './describe.ts';
import type { BudgetReached, Cost, TaskId, Tokens } from './event.ts';
import { isParked } from './failure.ts';
import { openConflict } from './resolve.ts';
import {
  type AttemptState,
  hasLanded,
  integrationBranch,
  lastAttempt,
  NO_TOKENS,
  type RunState,
  type TaskState,
} from './state.ts';

/**
 * What a person sees of a task: `retrying` waits for its next attempt, `parked` for its account or the budget, `verifying` is
 * with the gates or about to land.
 */
export type TaskLabel =
  | 'waiting'
  | 'running'
  /** An agent resolves the conflict that it met when it was to land. */
  | 'resolving'
  | 'verifying'
  | 'retrying'
  | 'parked'
  | 'integrated'
  | 'failed'
  /** Its agent asks for something that a person must decide, or its conflict is for a person to resolve. */
  | 'needs-you'
  | 'blocked'
  | 'skipped'
  /** Its agent may live on or have ended: the copse that watched it is gone, and `resume` takes it over. */
  | 'unwatched';

/** One row of the monitor. Times in milliseconds. */
export interface TaskSummary {
  id: TaskId;
  title: string;
  wave: number;
  state: TaskLabel;
  attempt: number;
  /** Of all attempts together; a running one up to now. */
  elapsedMs: number;
  cost: Cost;
  tokens: Tokens;
  /** After the base, as of the last measurement; null before the first attempt ended. */
  commits: number | null;
  /** What the agent does, or what the task waits for. */
  now: string;
}

export interface RunSummary {
  run: string;
  plan: string;
  title: string;
  phase: RunState['phase'];
  outcome: RunState['outcome'];
  createdAt: number;
  /** When this was summed up. */
  now: number;
  /** Time that coordinators worked on it; pauses between them do not count. */
  elapsedMs: number;
  counts: Record<TaskLabel, number>;
  cost: Cost;
  tokens: Tokens;
  integrationBranch: string;
  target: string | null;
  landed: boolean;
  /** Accounts that are limited; times in milliseconds since the epoch. */
  parked: { account: string; until: number; resetsAt: number | null; reason: string; text: string }[];
  /** The limit of the run that is reached, and its settings. */
  budget: BudgetReached | null;
  limits: { maxUsd: number | null; maxTokens: number | null; maxTaskUsd: number | null };
  /** Tasks whose landing is being checked; `round`: how often the checks of this batch have begun. */
  checking: { tasks: TaskId[]; round: number; since: number } | null;
  /** Why no task starts although some could: what the machine is short of. */
  held: string | null;
  waves: { number: number; name?: string; state: string; integrated: number; total: number }[];
  tasks: TaskSummary[];
}

/** The state of a run as the monitor, `--json` and the report show it. `alive`: its coordinator lives. */
export function summarize(state: RunState, now: number, alive = true): RunSummary {
  const tasks = [...state.tasks.values()].map((task) => summarizeTask(state, task, now, alive));
  const counts = {
    waiting: 0,
    running: 0,
    resolving: 0,
    verifying: 0,
    retrying: 0,
    parked: 0,
    integrated: 0,
    failed: 0,
    'needs-you': 0,
    blocked: 0,
    skipped: 0,
    unwatched: 0,
  };
  for (const task of tasks) counts[task.state]++;
  const open = state.phase === 'open' || state.phase === 'stopping';
  const atIt = open && state.opened ? (alive ? now : state.updatedAt) - state.opened.at : 0;
  return {
    run: state.id,
    plan: state.plan,
    title: state.title,
    phase: state.phase,
    outcome: state.outcome,
    createdAt: state.createdAt,
    now,
    elapsedMs: state.workedMs + atIt,
    counts,
    cost: sumCost(tasks),
    tokens: tasks.reduce((sum, task) => addTokens(sum, task.tokens), NO_TOKENS),
    integrationBranch: integrationBranch(state),
    target: state.target,
    landed: hasLanded(state),
    parked: [...state.quota].map(([account, { until, resetsAt, reason, text }]) => ({
      account,
      until,
      resetsAt,
      reason,
      text,
    })),
    budget: state.budget,
    limits: {
      maxUsd: state.settings.maxUsd ?? null,
      maxTokens: state.settings.maxTokens ?? null,
      maxTaskUsd: state.settings.maxTaskUsd ?? null,
    },
    checking: alive ? checkingOf(state) : null,
    held: alive && state.held ? describeHold(state.held) : null,
    waves: [...state.waves.values()].map((wave) => ({
      number: wave.number,
      ...(wave.name && { name: wave.name }),
      state:
        wave.status.is === 'open'
          ? wave.completed
            ? 'completed'
            : wave.started
              ? 'started'
              : 'waiting'
          : wave.status.is,
      integrated: wave.tasks.filter((id) => state.tasks.get(id)!.status.is === 'integrated').length,
      total: wave.tasks.length,
    })),
    tasks,
  };
}

function summarizeTask(state: RunState, task: TaskState, now: number, alive: boolean): TaskSummary {
  const { seed, status, attempts } = task;
  const last = lastAttempt(task);
  const label = labelOf(state, task, alive);
  const elapsedMs = attempts.reduce((sum, attempt) => {
    const end = attempt.endedAt ?? (alive ? now : state.updatedAt);
    return sum + Math.max(0, end - attempt.startedAt);
  }, 0);
  return {
    id: seed.id,
    title: seed.title,
    wave: seed.wave,
    state: label,
    attempt: last?.number ?? 0,
    elapsedMs,
    cost: sumCost(attempts),
    tokens: attempts.reduce((sum, attempt) => addTokens(sum, attempt.tokens), NO_TOKENS),
    commits: status.is === 'integrated' ? status.commits : (last?.result?.commits ?? null),
    now: label === 'unwatched' ? 'no copse watches it; resume takes it over' : describeNow(state, task, now),
  };
}

function labelOf({ settings }: RunState, task: TaskState, alive: boolean): TaskLabel {
  const { status } = task;
  const last = lastAttempt(task);
  switch (status.is) {
    case 'waiting':
      if (last?.failure && isParked(last.failure)) return 'parked';
      return last && !wasStopped(last) ? 'retrying' : 'waiting';
    case 'running':
      return alive ? (last?.resolves ? 'resolving' : 'running') : 'unwatched';
    case 'ended':
    case 'verified':
    case 'landing':
      return 'verifying';
    case 'failed':
      if (settings.onConflict === 'manual' && openConflict(task)) return 'needs-you';
      return status.failure.code === 'scope-request' ? 'needs-you' : 'failed';
    default:
      return status.is;
  }
}

function describeNow(state: RunState, task: TaskState, now: number): string {
  const { status, seed } = task;
  switch (status.is) {
    case 'waiting': {
      const missing = seed.deps.filter((dep) => state.tasks.get(dep)?.status.is !== 'integrated');
      const failure = lastAttempt(task)?.failure;
      if (wasStopped(lastAttempt(task))) return 'stopped with the run';
      if (failure && isParked(failure)) return describeParked(state, lastAttempt(task)!, now);
      if (failure) return `after ${failure.code === 'agent' ? failure.outcome : failure.code}`;
      if (missing.length > 0) return `after ${missing.join(', ')}`;
      if (isShut(state)) return describeParked(state, null, now);
      return state.held ? `waits: ${describeHold(state.held)}` : '';
    }
    case 'running': {
      const attempt = lastAttempt(task)!;
      const doing = attempt.resolves ? 'resolving a conflict' : 'thinking';
      return attempt.activity?.summary ?? (attempt.process ? doing : 'preparing the workspace');
    }
    case 'ended':
      return 'judging the evidence';
    case 'verified':
      return 'ready to land';
    case 'landing':
      return describeLanding(state, seed.id);
    case 'failed':
      if (['task-budget', 'scope-request', 'merge-conflict'].includes(status.failure.code))
        return describeFailure(status.failure);
      return status.failure.code === 'agent'
        ? `${status.failure.outcome}: ${status.failure.message}`
        : status.failure.code;
    case 'blocked':
      return 'task' in status.by ? `behind ${status.by.task}` : `behind the validation of wave ${status.by.wave}`;
    default:
      return '';
  }
}

function checkingOf({ checking, standing }: RunState): RunSummary['checking'] {
  return checking === 'stopped' || standing.landing.size === 0 ? null : checking;
}

function describeLanding(state: RunState, task: TaskId): string {
  const checking = checkingOf(state);
  if (checking === null) return 'landing';
  const { tasks, round } = checking;
  if (!tasks.includes(task)) return 'lands behind the checks of others';
  const others = tasks.filter((each) => each !== task);
  const again = round > 1 ? `, round ${round}` : '';
  return others.length === 0 ? `checked before it lands${again}` : `checked together with ${listed(others, 2)}${again}`;
}

/** Every account that the run uses is limited. */
function isShut({ quota, tasks }: RunState): boolean {
  if (quota.size === 0) return false;
  for (const { attempts, status } of tasks.values()) {
    const account = attempts.at(-1)?.account;
    if (status.is === 'running' && account !== undefined && !quota.has(account)) return false;
  }
  return true;
}

/** `parked until 15:04`; of an attempt's own account, or of the one that opens first. */
function describeParked(state: RunState, attempt: AttemptState | null, now: number): string {
  const gates = attempt
    ? [state.quota.get(attempt.account)].filter((gate) => gate !== undefined)
    : [...state.quota.values()];
  if (attempt?.failure?.code === 'agent' && attempt.failure.outcome === 'paused') return 'paused: budget';
  if (gates.length === 0) return 'parked, goes on next';
  const until = Math.min(...gates.map((gate) => gate.until));
  return until > now ? `parked until ${clockTime(until, now)}` : 'parked while another attempt tries the account';
}

/** Cut off with its run: nothing failed, it is begun anew. */
function wasStopped(attempt: AttemptState | undefined): boolean {
  return attempt?.failure?.code === 'agent' && attempt.failure.outcome === 'cancelled';
}

/** A sum is `reported` only when every part that used anything is. */
function sumCost(parts: readonly { cost: Cost; tokens: Tokens }[]): Cost {
  const known = parts.filter(({ cost }) => cost.usd !== null);
  if (known.length === 0) return { usd: null, source: 'unknown' };
  const usd = known.reduce((sum, { cost }) => sum + cost.usd!, 0);
  const measured = parts.every(
    ({ cost, tokens }) => cost.source === 'reported' || (cost.usd === null && countTokens(tokens) === 0),
  );
  return { usd, source: measured ? 'reported' : 'estimated' };
}

function addTokens(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
  };
}
