import type { ExecutorEvent } from '../executor/executor.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalError } from '../journal/write.ts';
import type { Ending, RunEvent, RunEventBody, TaskId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { decide } from '../schedule/decide.ts';
import { withJitter } from '../schedule/quota.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Clock } from '../util/clock.ts';
import { running } from './attempts.ts';
import { notifier } from './notifier.ts';
import { patience } from './patience.ts';
import { performer } from './perform.ts';
import type { Ports } from './ports.ts';

export interface EngineInput {
  journal: Journal;
  /** The fold of everything in the journal so far; the engine is its only writer from now on. */
  state: RunState;
  schedule: Schedule;
  ports: Ports;
  clock: Clock;
  /** First abort: nothing starts any more, running agents are ended, the run can be resumed. Its reason is the signal's name. */
  signal: AbortSignal;
  /** From 0 to 1, for the jitter of wake-ups. */
  random?: () => number;
  /** Sees every event in order, right after it was folded. */
  onEvent?: (event: RunEvent, state: RunState) => void;
}

/**
 * The loop of a run: decide, perform, append, until nothing is left to decide. Rejects only for what makes going on
 * impossible (the journal cannot be written, a bug); living agents then stay alive for `resume`, unless the journal is gone, so that
 * nobody could resume it.
 */
export async function runEngine(input: EngineInput): Promise<RunState> {
  const { journal, schedule, ports, clock, signal, state } = input;
  const verifying = new Set<TaskId>();
  const change = notifier();
  const closing = new AbortController();
  let broken: unknown = null;

  const append = (body: RunEventBody) => {
    const event = journal.append(body);
    reduce(state, event);
    input.onEvent?.(event, state);
    change.notify();
  };
  const background = (work: Promise<void>) => {
    work.catch((error) => {
      broken ??= error;
      change.notify();
    });
  };
  const places = ports.places ?? [];
  const patient = patience({ state, places, clock, stopping: signal, over: closing.signal });
  const perform = performer({
    append,
    background,
    patient,
    verifying,
    journal,
    ports,
    state,
    change: change.notify,
    parkedUntil: (waitMs) => clock.now() + withJitter(waitMs, (input.random ?? Math.random)()),
  });

  background(relay(ports.executor.events(closing.signal), state, append));
  const stop = () => {
    if (state.phase !== 'open') return;
    append({ type: 'run.stopping', signal: String(signal.reason) });
    for (const key of running(state)) background(ports.executor.cancel({ run: state.id, ...key }, 'stopped'));
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const onLost = () => {
    broken ??= journal.lost.reason;
    change.notify();
  };
  journal.lost.addEventListener('abort', onLost, { once: true });
  // What was asked to end before a crash is asked again.
  for (const { why, ...key } of asked(state)) background(ports.executor.cancel({ run: state.id, ...key }, why));

  try {
    for (let rounds = 0; rounds < roundLimit(state); rounds++) {
      if (broken) throw broken;
      const admission = ports.admission?.(state);
      const limits = {
        maxConcurrent: state.settings.maxConcurrent,
        now: clock.now(),
        ...(admission && { admission }),
        ...(ports.accountOf && { accountOf: ports.accountOf }),
      };
      const actions = decide(schedule, state, limits, verifying);
      for (const action of actions) perform(action);
      if (isFinished(state)) {
        await patient(() => journal.flush());
        return state;
      }
      if (actions.some((action) => action.do !== 'wake')) continue;
      const wake = actions.find((action) => action.do === 'wake');
      const nap = new AbortController();
      const ms = wake && Math.min(Math.max(0, wake.at - clock.now()), LONGEST_SLEEP_MS);
      await change.wait(ms === undefined ? null : clock.sleep(ms, nap.signal));
      nap.abort();
      rounds--; // waiting is free: only rounds that did something count towards the limit
    }
    throw new Error('the engine exceeded its step limit: the scheduler does not come to an end');
  } catch (error) {
    if (isGone(journal)) {
      for (const key of running(state)) await ports.executor.cancel({ run: state.id, ...key }, 'stopped');
      for (let s = 0; s < LAST_SECONDS && running(state).length > 0; s++) await change.wait(clock.sleep(1000));
    }
    throw error;
  } finally {
    journal.lost.removeEventListener('abort', onLost);
    signal.removeEventListener('abort', stop);
    closing.abort();
  }
}

/** How long agents are waited for whose run is gone: they are killed when they do not end by themselves. */
const LAST_SECONDS = 60;

/** Timers stand still while the machine is suspended: the clock is looked at again now and then. */
const LONGEST_SLEEP_MS = 15 * 60_000;

const isGone = ({ lost }: Journal) => lost.aborted && (lost.reason as JournalError).code === 'gone';

// A function, because TypeScript would not see that `perform` changes the phase.
const isFinished = (state: RunState) => state.phase === 'finished';

/** Every task may be started, judged and landed once an attempt; no plan needs more rounds than this. */
function roundLimit(state: RunState): number {
  let attempts = 0;
  for (const task of state.tasks.values()) attempts += task.allowance + task.attempts.length;
  return 1000 + 10 * (attempts + state.waves.size);
}

/** Running attempts that were asked to end. */
function asked(state: RunState): { task: TaskId; attempt: number; why: Ending }[] {
  return running(state).flatMap((key) => {
    const why = lastAttempt(state.tasks.get(key.task)!)?.ending;
    return why ? [{ ...key, why }] : [];
  });
}

/** Journals what the executor says; it says things at least once, so what is known already is dropped. */
async function relay(
  events: AsyncIterable<ExecutorEvent>,
  state: RunState,
  append: (body: RunEventBody) => void,
): Promise<void> {
  for await (const event of events) {
    const task = state.tasks.get(event.task);
    if (!task) continue;
    if (event.type !== 'task.noted') {
      const live = task.status.is === 'running' && task.status.attempt === event.attempt;
      if (!live) continue;
    }
    append(event);
  }
}
