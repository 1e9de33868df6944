import { describeHold } from '../run/describe.ts';
import type { RunOutcome, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { RunState, TaskState } from '../run/state.ts';
import type { Action, Limits } from './action.ts';
import { NO_HOLD } from './admission.ts';
import { affordable, budgetReached, overTaskBudget } from './budget.ts';
import { accountGates, endings, parks, reopenings } from './quota.ts';
import type { Schedule } from './schedule.ts';
import { unfinished } from './unfinished.ts';
import {
  isUnsettled,
  needsValidation,
  selectedIn,
  tasksOfWave,
  type WaveGates,
  waveGates,
  wavesInOrder,
} from './wave-gates.ts';

/** How long a reading of the machine counts, milliseconds; while starts are held they are decided about anew so often. */
export const LOOK_MS = 2000;
/** A disk that stays too small for so long while nothing runs ends the run, which can be resumed. */
const DISK_PATIENCE_MS = 15_000;

/**
 * The next actions of a run; pure. What is under way is in the state (running, landing, validating) or in `verifying`:
 * the tasks whose gates the engine is judging at the moment.
 */
export function decide(schedule: Schedule, state: RunState, limits: Limits, verifying: ReadonlySet<TaskId>): Action[] {
  const gates = waveGates(schedule, state);
  if (state.phase === 'finished' || state.phase === 'abandoned') return [];
  if (state.phase === 'stopping') return decideStopping(schedule, state, { verifying, gates, now: limits.now });
  if (state.dependencies === 'pending') return [{ do: 'install-dependencies' }];
  if (state.dependencies === 'installing') return [];
  if (state.dependencies === 'failed') return [{ do: 'finish', outcome: 'failed' }];

  const { standing } = state;
  const busy = busyIn(state);
  const urgent = [
    ...parks(busy, state, limits.now),
    ...reopenings(state, limits.now),
    ...ends(busy, state, limits.now),
  ];
  if (urgent.length > 0) return urgent;
  const reached = budgetReached(state);
  if (reached && standing.running.size > 0) return [{ do: 'pause', ...reached }];
  const selected = selectedIn(state);
  const out = standing.failed.size + standing.blocked.size + standing.skipped.size;
  const lost = out > 0 || selected.size < state.tasks.size || gates.anyFailed;
  const actions = [
    ...(lost ? blocks(schedule, state, { selected, gates }) : []),
    ...verifications(state, verifying),
    ...landing(schedule, state, gates),
    ...validation(state),
    ...completions(state, selected),
    ...starts(schedule, state, limits, { selected, gates }),
  ];
  if (reached && actions.some((action) => action.do === 'start')) return [{ do: 'pause', ...reached }];
  if (isInFlight(state, verifying)) return actions;
  const full = actions.every((action) => action.do === 'wake') && givesUp(state, limits);
  if (full) return [{ do: 'finish', outcome: 'stopped', failure: full }];
  if (actions.length > 0) return actions;
  if (contractsDue(schedule, state)) return [{ do: 'check-contracts', commit: state.tip }];
  const broken = brokenContracts(state);
  return [{ do: 'finish', outcome: broken ? 'failed' : outcomeOf(state), ...(broken && { failure: broken }) }];
}

/** While stopping nothing starts, but finished work is still judged, and landed where that takes no time: it is paid for. */
function decideStopping(
  schedule: Schedule,
  state: RunState,
  { verifying, gates, now }: { verifying: ReadonlySet<TaskId>; gates: WaveGates; now: number },
): Action[] {
  const actions = [
    ...parks(busyIn(state), state, now), // resume is to know
    ...verifications(state, verifying),
    ...(landsWhileStopping(state) ? landing(schedule, state, gates) : []),
  ];
  if (actions.length > 0 || isInFlight(state, verifying)) return actions;
  return [{ do: 'finish', outcome: state.budget ? 'paused' : 'stopped' }];
}

/** Whoever stops a run does not wait for checks; a budget that is reached costs no time. */
function landsWhileStopping({ settings, budget }: RunState): boolean {
  return settings.gate === undefined || budget !== null;
}

/** With an agent that runs, or one whose end has not been judged. */
function busyIn({ standing, tasks }: RunState): TaskState[] {
  return [...standing.running, ...standing.ended].map((id) => tasks.get(id)!);
}

/** Running agents that are to be asked to end; said once each. */
function ends(busy: readonly TaskState[], state: RunState, now: number): Action[] {
  const { maxTaskUsd } = state.settings;
  return [...overTaskBudget(busy, maxTaskUsd), ...endings(busy, state, now)].map((end) => ({ do: 'end', ...end }));
}

interface Reach {
  selected: ReadonlySet<TaskId>;
  gates: WaveGates;
}

function isInFlight(state: RunState, verifying: ReadonlySet<TaskId>): boolean {
  const { running, landing } = state.standing;
  if (verifying.size + running.size + landing.size > 0 || state.dependencies === 'installing') return true;
  if (state.contracts?.is === 'checking') return true;
  for (const wave of state.waves.values()) if (wave.status.is === 'validating') return true;
  return false;
}

/** Tasks that can never start or land in this opening: a dependency is lost to it, or a wave before them failed. */
function blocks(schedule: Schedule, state: RunState, { selected, gates }: Reach): Action[] {
  const actions: Action[] = [];
  for (const task of schedule.tasks) {
    const { status } = state.tasks.get(task.id)!;
    if (!selected.has(task.id) || (status.is !== 'waiting' && status.is !== 'verified')) continue;
    const wave = gates.failedBefore(task);
    const dead = status.is === 'waiting' ? task.deps.find((dep) => isOut(state.tasks.get(dep), selected)) : undefined;
    if (wave !== null) actions.push({ do: 'block', task: task.id, by: { wave } });
    else if (dead !== undefined) actions.push({ do: 'block', task: task.id, by: { task: dead } });
  }
  return actions;
}

function isOut(dep: TaskState | undefined, selected: ReadonlySet<TaskId>): boolean {
  if (!dep) return true;
  const { is } = dep.status;
  return is === 'failed' || is === 'blocked' || is === 'skipped' || (is === 'waiting' && !selected.has(dep.seed.id));
}

function verifications(state: RunState, verifying: ReadonlySet<TaskId>): Action[] {
  const actions: Action[] = [];
  for (const task of state.standing.ended) {
    const { status } = state.tasks.get(task)!;
    if (status.is === 'ended' && !verifying.has(task)) actions.push({ do: 'verify', task, attempt: status.attempt });
  }
  return actions;
}

/** All that are ready land together; who becomes ready meanwhile waits, and merges onto what these leave. */
function landing(schedule: Schedule, state: RunState, gates: WaveGates): Action[] {
  const { landing, verified } = state.standing;
  if (landing.size > 0 || verified.size === 0 || state.checking === 'stopped') return [];
  const tasks: Extract<Action, { do: 'land' }>['tasks'] = [];
  for (const task of unfinished(schedule, state)) {
    const { status } = state.tasks.get(task.id)!;
    if (status.is !== 'verified' || gates.failedBefore(task) !== null) continue;
    tasks.push({ task: task.id, attempt: status.attempt, head: status.head });
    if (tasks.length === verified.size) break;
  }
  return tasks.length > 0 ? [{ do: 'land', tasks }] : [];
}

/** One validation at a time: they share a worktree. */
function validation(state: RunState): Action[] {
  const waves = wavesInOrder(state, (wave) => wave.validated);
  if (waves.some((wave) => wave.status.is === 'validating')) return [];
  const next = waves.find((wave) => needsValidation(state, wave.number));
  return next ? [{ do: 'validate', wave: next.number }] : [];
}

function starts(schedule: Schedule, state: RunState, limits: Limits, { selected, gates }: Reach): Action[] {
  const { standing } = state;
  let running = standing.running.size;
  if (standing.waiting.size === 0 || running >= limits.maxConcurrent) return admitted(state);
  const active = new Set([...standing.running, ...standing.ended, ...standing.verified, ...standing.landing]);
  const { room: most, hold } = limits.admission ?? NO_HOLD;
  let started = 0;
  let waits = false;
  const actions: Action[] = [];
  const announced = new Set<number>();
  const accounts = accountGates(state, limits.now);
  let wake = Number.POSITIVE_INFINITY;
  let affords = affordable(state);
  for (const task of unfinished(schedule, state)) {
    if (running >= limits.maxConcurrent || affords <= 0) break;
    const { status, attempts } = state.tasks.get(task.id)!;
    if (status.is !== 'waiting' || !selected.has(task.id)) continue;
    if (!gates.open(task.wave) || gates.failedBefore(task) !== null) continue;
    if (!task.deps.every((dep) => state.tasks.get(dep)?.status.is === 'integrated')) continue;
    if (excluded(schedule, task.id, active)) continue;
    if (status.notBefore > limits.now) {
      wake = Math.min(wake, status.notBefore);
      continue;
    }
    waits = started >= most;
    if (waits) break;
    if (!accounts.admits(limits.accountOf?.(task.id) ?? '')) {
      wake = Math.min(wake, accounts.wake);
      continue;
    }
    if (!state.waves.get(task.wave)!.started && !announced.has(task.wave)) {
      announced.add(task.wave);
      actions.push({ do: 'start-wave', wave: task.wave });
    }
    actions.push({ do: 'start', task: task.id, attempt: attempts.length + 1 });
    active.add(task.id);
    running++;
    started++;
    affords--;
  }
  if (!waits) actions.push(...admitted(state));
  else {
    if (hold !== null && state.held?.resource !== hold.resource) actions.push({ do: 'hold', hold });
    wake = Math.min(wake, limits.now + LOOK_MS);
  }
  if (wake < Number.POSITIVE_INFINITY) actions.push({ do: 'wake', at: wake });
  return actions;
}

/** Nobody waits for the machine any more. */
function admitted(state: RunState): Action[] {
  return state.held === null ? [] : [{ do: 'admit' }];
}

/** A disk that is too small for one workspace while nothing of ours is left that could make room. */
function givesUp(state: RunState, { now }: Limits): Failure | null {
  const { held } = state;
  if (held?.resource !== 'disk' || now < held.since + DISK_PATIENCE_MS) return null;
  return { code: 'no-space', message: describeHold(held) };
}

function excluded(schedule: Schedule, task: TaskId, active: ReadonlySet<TaskId>): boolean {
  for (const other of schedule.exclusive.get(task) ?? []) if (active.has(other)) return true;
  return false;
}

/** Waves that came to an end in this opening: their selected tasks are settled and the validation, if due, is done. */
function completions(state: RunState, selected: ReadonlySet<TaskId>): Action[] {
  const actions: Action[] = [];
  for (const wave of state.waves.values()) {
    if (wave.completed || !wave.started) continue;
    if (wave.status.is === 'validating' || needsValidation(state, wave.number)) continue;
    if (isUnsettled(state, wave, selected)) continue;
    const tasks = tasksOfWave(state, wave.number);
    const integrated = tasks.filter((task) => task.status.is === 'integrated').length;
    actions.push({ do: 'complete-wave', wave: wave.number, integrated, total: tasks.length });
  }
  return actions;
}

/** Whether something has landed since the contracts were compared last. */
function contractsDue({ hasContracts = false }: Schedule, { contracts, standing, tip }: RunState): boolean {
  return hasContracts && standing.integrated.size > 0 && contracts?.commit !== tip;
}

function brokenContracts({ contracts }: RunState): Failure | null {
  if (contracts?.is !== 'checked' || contracts.broken.length === 0) return null;
  return { code: 'contract-broken', contracts: contracts.broken };
}

function outcomeOf(state: RunState): RunOutcome {
  const statuses = [...state.tasks.values()].map((task) => task.status.is);
  const waveFailed = [...state.waves.values()].some((wave) => wave.status.is === 'failed');
  if (waveFailed || statuses.includes('failed') || statuses.includes('blocked')) return 'failed';
  return statuses.every((is) => is === 'integrated') ? 'integrated' : 'partial';
}
