import type { AttemptResult, Ending, RunEvent, RunEventBody, RunOutcome, TaskId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { NO_COST, NO_TOKENS, type RunState } from '../run/state.ts';
import type { Action } from './action.ts';
import { decide } from './decide.ts';
import type { Schedule } from './schedule.ts';

export interface SimulationInput {
  schedule: Schedule;
  created: Extract<RunEventBody, { type: 'run.created' }>;
  /** Tasks to work on; default all of the plan. */
  select?: TaskId[];
  skip?: TaskId[];
  /** Tasks that are taken to be integrated already. */
  integrated?: TaskId[];
  /** How long the n-th attempt at a task takes, in the unit of the answer. */
  duration: (task: TaskId, attempt: number) => number;
  /** How an attempt ends; default always success. */
  outcome?: (task: TaskId, attempt: number) => AttemptResult['outcome'];
  /** What else its result says: cost, tokens, a limit. */
  result?: (task: TaskId, attempt: number, now: number) => Partial<AttemptResult>;
}

export interface Simulation {
  /** When each task that started did so first, and when it was integrated (or failed for good). */
  tasks: Map<TaskId, { start: number; end: number }>;
  /** When the last thing happened. */
  makespan: number;
  /** Most agents at once. */
  peak: number;
  outcome: RunOutcome;
  state: RunState;
  events: RunEvent[];
}

/**
 * Plays a run with the real scheduler and a clock of its own: agents take `duration`, everything else takes no time.
 * `copse plan` shows the result; the properties of the scheduler are tested on it.
 */
export function simulate(input: SimulationInput): Simulation {
  const { schedule, created } = input;
  const pending: { at: number; order: number; task: TaskId; attempt: number }[] = [];
  const tasks: Simulation['tasks'] = new Map();
  const events: RunEvent[] = [];
  let now = 0;
  let peak = 0;
  let state: RunState | null = null;
  const append = (body: RunEventBody) => {
    const event: RunEvent = { v: 1, seq: events.length + 1, at: now, run: 'simulation', ...body };
    events.push(event);
    state = reduce(state, event);
  };
  append(created);
  const select = input.select ?? created.tasks.map((task) => task.id);
  const selection = { tasks: select, skip: input.skip ?? [], retry: [] };
  for (const task of input.integrated ?? []) {
    append({ type: 'task.integrated', task, attempt: 0, head: '', commit: '', commits: 0 });
  }
  append({ type: 'run.opened', pid: 0, host: '', epoch: 1, selection });

  const perform = (action: Action) => {
    switch (action.do) {
      case 'start': {
        const { task, attempt } = action;
        if (!tasks.has(task)) tasks.set(task, { start: now, end: now });
        append({ type: 'attempt.started', task, attempt, agent: '', branch: '', workspace: '', base: '' });
        pending.push({ at: now + input.duration(task, attempt), order: events.length, task, attempt });
        peak = Math.max(peak, pending.length);
        return;
      }
      case 'wake':
        return;
      case 'end':
        return end(action.task, action.attempt, action.why);
      case 'pause': {
        const { what, spent, limit } = action;
        append({ type: 'budget.reached', what, spent, limit });
        for (const { task, attempt } of [...pending]) end(task, attempt, 'budget');
        return;
      }
      default:
        for (const body of instantly(action, state!, now)) append(body);
        if (action.do === 'verify') tasks.get(action.task)!.end = now;
    }
  };

  /** What an agent that is ended early has cost is not known here. */
  function end(task: TaskId, attempt: number, why: Ending): void {
    append({ type: 'attempt.ending', task, attempt, why });
    pending.splice(
      pending.findIndex((each) => each.task === task && each.attempt === attempt),
      1,
    );
    append({ type: 'attempt.ended', task, attempt, ...resultOf(why === 'limit' ? 'rate-limited' : 'paused') });
  }

  const limit = 100 + created.tasks.length * (created.settings.retries + 2) * 20;
  for (let step = 0; step < limit; step++) {
    const limits = { maxConcurrent: created.settings.maxConcurrent, now };
    const actions = decide(schedule, state!, limits, new Set());
    for (const action of actions) perform(action);
    if (state!.phase === 'finished') {
      return { tasks, makespan: now, peak, outcome: state!.outcome!, state: state!, events };
    }
    if (actions.some((action) => action.do !== 'wake' && action.do !== 'start')) continue;
    const wake = actions.find((action) => action.do === 'wake');
    pending.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = pending[0];
    if (!next || (wake && wake.at < next.at)) {
      if (!wake) break;
      now = wake.at;
      continue;
    }
    now = next.at;
    // All that end at this moment, before the next decision.
    for (let each = pending[0]; each?.at === now; each = pending[0]) {
      pending.shift();
      const { task, attempt } = each;
      const result = resultOf(input.outcome?.(task, attempt) ?? 'success');
      append({ type: 'attempt.ended', task, attempt, ...result, ...input.result?.(task, attempt, now) });
    }
  }
  throw new Error('the scheduler does not come to an end');
}

/** The events of an action that takes no time in a simulation. */
function instantly(
  action: Exclude<Action, { do: 'start' | 'wake' | 'end' | 'pause' }>,
  state: RunState,
  now: number,
): RunEventBody[] {
  switch (action.do) {
    case 'install-dependencies':
      return [
        { type: 'dependencies.started', onto: '' },
        { type: 'dependencies.installed', commit: '' },
      ];
    case 'check-contracts':
      return [{ type: 'contracts.checked', commit: action.commit, checks: [], broken: [] }];
    case 'start-wave':
      return [{ type: 'wave.started', wave: action.wave }];
    case 'verify': {
      const { task, attempt } = action;
      const result = state.tasks.get(task)!.attempts.at(-1)!.result!;
      if (result.outcome === 'success') return [{ type: 'attempt.verified', task, attempt, head: '', evidence: [] }];
      const { outcome, limit } = result;
      const failure = { code: 'agent', outcome, message: '', exit: 1, signal: null, ...(limit && { limit }) } as const;
      return [{ type: 'attempt.failed', task, attempt, failure, evidence: [] }];
    }
    case 'park':
      return [{ type: 'quota.parked', account: action.account, until: now + action.waitMs, ...action.parked }];
    case 'reopen':
      return [{ type: 'quota.reopened', account: action.account, by: action.by }];
    case 'land':
      return action.tasks.flatMap(({ task, attempt, head }): RunEventBody[] => [
        { type: 'landing.started', task, attempt, head, onto: state.tip },
        { type: 'task.integrated', task, attempt, head, commit: '', commits: 1 },
      ]);
    case 'validate':
      return [
        { type: 'wave.validating', wave: action.wave, commit: '', command: '' },
        { type: 'wave.validated', wave: action.wave, commit: '', ms: 0 },
      ];
    case 'complete-wave':
      return [{ type: 'wave.completed', wave: action.wave, integrated: action.integrated, total: action.total }];
    case 'block':
      return [{ type: 'task.blocked', task: action.task, by: action.by }];
    case 'hold':
      return [{ type: 'admission.held', hold: action.hold }];
    case 'admit':
      return [{ type: 'admission.resumed' }];
    case 'finish':
      return [{ type: 'run.finished', outcome: action.outcome }];
  }
}

function resultOf(outcome: AttemptResult['outcome']): AttemptResult {
  return {
    outcome,
    message: '',
    exit: 0,
    signal: null,
    head: '',
    commits: 1,
    leftovers: [],
    marker: true,
    claim: null,
    tokens: NO_TOKENS,
    cost: NO_COST,
    ms: 0,
  };
}
