import type { RunEvent } from './event.ts';
import { openGates, reduceQuota } from './quota.ts';
import { grant, reduceAttempt } from './reduce-attempt.ts';
import { reduceBatch } from './reduce-batch.ts';
import { allWaiting, put } from './standing.ts';
import { type RunState, type TaskState, taskOf } from './state.ts';

/**
 * Folds one event into the state. The state is changed in place and given back: copying it for each of 100,000 events
 * would cost more than everything else, and nobody keeps an older one.
 */
export function reduce(state: RunState | null, event: RunEvent): RunState {
  if (event.type === 'run.created') return created(event);
  if (!state) throw new Error(`a journal begins with run.created, not ${event.type}`);
  // A coordinator that was killed worked until its last event.
  if (event.type === 'run.opened' && isOpen(state)) state.workedMs += state.updatedAt - state.opened!.at;
  state.seq = event.seq;
  state.updatedAt = event.at;
  if (event.type.startsWith('attempt.')) reduceAttempt(state, event);
  else if (event.type.startsWith('landing.')) reduceBatch(state, event);
  else if (event.type.startsWith('wave.')) reduceWave(state, event);
  else if (event.type === 'quota.parked' || event.type === 'quota.reopened') reduceQuota(state, event);
  else reduceRun(state, event);
  return state;
}

function created(event: Extract<RunEvent, { type: 'run.created' }>): RunState {
  const { settings } = event;
  const state: RunState = {
    id: event.run,
    plan: event.plan,
    title: event.title,
    planDir: event.planDir,
    base: event.base,
    target: event.target,
    integrationRef: event.integrationRef,
    settings,
    createdAt: event.at,
    updatedAt: event.at,
    tip: event.base,
    dependencies: event.dependencies ? 'pending' : 'none',
    opened: null,
    workedMs: 0,
    selection: { tasks: event.tasks.map((task) => task.id), skip: [], retry: [] },
    phase: 'created',
    outcome: null,
    held: null,
    quota: new Map(),
    budget: null,
    failure: null,
    checks: [],
    landed: null,
    landing: null,
    landings: [],
    asked: null,
    escapes: [],
    checking: null,
    batches: [],
    contracts: null,
    tasks: new Map(
      event.tasks.map((seed): [string, TaskState] => [
        seed.id,
        {
          seed,
          status: { is: 'waiting', notBefore: 0 },
          attempts: [],
          allowance: settings.retries + 1,
          notes: [],
          granted: [],
          removed: false,
        },
      ]),
    ),
    standing: allWaiting(event.tasks.map((task) => task.id)),
    waves: new Map(
      event.waves.map((wave) => [
        wave.number,
        { ...wave, tasks: [], status: { is: 'open' }, started: false, completed: false },
      ]),
    ),
    seq: event.seq,
  };
  for (const task of event.tasks) state.waves.get(task.wave)?.tasks.push(task.id);
  return state;
}

function reduceRun(state: RunState, event: RunEvent): void {
  switch (event.type) {
    case 'run.opened':
      return opened(state, event);
    case 'run.stopping':
      state.phase = 'stopping';
      return;
    case 'budget.reached':
      state.phase = 'stopping';
      state.budget = { what: event.what, spent: event.spent, limit: event.limit };
      return;
    case 'run.finished':
      if (isOpen(state)) state.workedMs += event.at - state.opened!.at;
      state.phase = 'finished';
      state.held = null;
      state.outcome = event.outcome;
      state.failure = event.failure ?? null;
      return;
    case 'admission.held':
      state.held = { ...event.hold, since: event.at };
      return;
    case 'admission.resumed':
      state.held = null;
      return;
    case 'dependencies.started':
      state.dependencies = 'installing';
      return;
    case 'dependencies.installed':
      state.dependencies = 'installed';
      state.tip = event.commit;
      return;
    case 'dependencies.failed':
      state.dependencies = 'failed';
      state.failure = event.failure;
      return;
    case 'task.blocked':
      return block(state, taskOf(state, event.task), event.by);
    case 'task.noted': {
      const { notes } = taskOf(state, event.task);
      if (!notes.includes(event.note)) notes.push(event.note);
      return;
    }
    case 'scope.granted':
      return grant(taskOf(state, event.task), event.entries);
    case 'task.integrated': {
      const { attempt, head, commit, commits, settled } = event;
      const landed = { attempt, head, commit, commits, ...(settled && { settled }) };
      put(state, taskOf(state, event.task), { is: 'integrated', ...landed });
      state.tip = commit;
      return;
    }
    case 'escape.found': {
      const { where, suspects, changes, patch } = event;
      state.escapes.push({ where, suspects, changes, patch });
      return;
    }
    case 'contracts.checking':
      state.contracts = { is: 'checking', commit: event.commit };
      return;
    case 'contracts.checked': {
      const { commit, checks, broken } = event;
      state.contracts = { is: 'checked', commit, checks, broken };
      return;
    }
    case 'integration.moved':
      state.tip = event.to;
      return;
    case 'stack.checked':
      state.checks = event.checks;
      return;
    case 'target.landing':
    case 'target.landed':
    case 'target.restored':
      return reduceLanding(state, event);
    case 'pull-request.opened': {
      const { remote, branch, base, commit, url, at } = event;
      state.asked = { remote, branch, base, commit, url, at };
      return;
    }
    case 'workspace.removed':
      taskOf(state, event.task).removed = true;
      return;
    case 'run.abandoned':
      state.phase = 'abandoned';
      return;
    default:
      throw new Error(`the fold does not know ${event.type}`);
  }
}

type LandingEvent = Extract<RunEvent, { type: 'target.landing' | 'target.landed' | 'target.restored' }>;

function reduceLanding(state: RunState, event: LandingEvent): void {
  if (event.type === 'target.restored') {
    state.landings.pop();
    state.landed = state.landings.at(-1) ?? null;
    state.landing = null;
    return;
  }
  const { target, from, to, how, at } = event;
  if (event.type === 'target.landing') {
    state.landing = { target, from, to, how, tip: event.tip };
    return;
  }
  state.landed = { target, from, to, how, tip: state.landing?.to === to ? state.landing.tip : state.tip, at };
  state.landing = null;
  if (from !== to) state.landings.push(state.landed);
}

const isOpen = (state: RunState) => state.phase === 'open' || state.phase === 'stopping';

/** A new coordinator takes over: what was blocked or asked for again may go on, what hung in the middle is done over. */
function opened(state: RunState, event: Extract<RunEvent, { type: 'run.opened' }>): void {
  state.phase = 'open';
  state.outcome = null;
  state.held = null;
  state.failure = null;
  state.opened = { pid: event.pid, host: event.host, at: event.at };
  state.budget = null;
  state.checking = null;
  state.contracts = null;
  if (event.now) openGates(state, event.at);
  state.selection = event.selection;
  if (event.settings) state.settings = event.settings;
  if (state.dependencies === 'installing' || state.dependencies === 'failed') state.dependencies = 'pending';
  const retry = new Set(event.selection.retry);
  const skip = new Set(event.selection.skip);
  for (const task of state.tasks.values()) {
    const { status } = task;
    if (status.is === 'skipped') put(state, task, { is: 'waiting', notBefore: 0 });
    if (status.is === 'blocked') {
      put(state, task, status.held ? { is: 'verified', ...status.held } : { is: 'waiting', notBefore: 0 });
    }
    if (status.is === 'failed' && retry.has(task.seed.id)) {
      put(state, task, { is: 'waiting', notBefore: 0 });
      task.allowance = task.attempts.length + state.settings.retries + 1;
    }
    if (status.is === 'landing') put(state, task, { is: 'verified', attempt: status.attempt, head: status.head });
    if (task.status.is === 'waiting' && skip.has(task.seed.id)) put(state, task, { is: 'skipped' });
  }
  for (const wave of state.waves.values()) {
    if (wave.status.is === 'validating' || wave.status.is === 'failed') wave.status = { is: 'open' };
    const done = wave.status.is === 'validated' || !wave.validated;
    const integrated = wave.tasks.every((id) => taskOf(state, id).status.is === 'integrated');
    if (!done || !integrated) wave.completed = false;
  }
}

/** Work that passed its gates stays ready to land while something else stands in its way. */
function block(state: RunState, task: TaskState, by: { task: string } | { wave: number }): void {
  const { status } = task;
  const held = status.is === 'verified' ? { attempt: status.attempt, head: status.head } : null;
  put(state, task, { is: 'blocked', by, held });
}

function reduceWave(state: RunState, event: RunEvent): void {
  if (!('wave' in event)) throw new Error(`${event.type} names no wave`);
  const wave = state.waves.get(event.wave);
  if (!wave) throw new Error(`${event.type} of wave ${event.wave}, which the plan does not have`);
  switch (event.type) {
    case 'wave.started':
      wave.started = true;
      return;
    case 'wave.validating':
      wave.status = { is: 'validating' };
      return;
    case 'wave.validated':
      wave.status = { is: 'validated' };
      return;
    case 'wave.failed':
      wave.status = { is: 'failed', failure: event.failure };
      return;
    case 'wave.completed':
      wave.completed = true;
      return;
    default:
      throw new Error(`the fold does not know ${(event as RunEvent).type}`);
  }
}
