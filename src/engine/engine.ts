import type { ExecutorEvent } from '../executor/executor.ts';
import type { Journal } from '../journal/journal.ts';
import { NoSpaceError } from '../machine/no-space.ts';
import type { Ending, RunEvent, RunEventBody, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { reduce } from '../run/reduce.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import type { Action } from '../schedule/action.ts';
import { decide } from '../schedule/decide.ts';
import { withJitter } from '../schedule/quota.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Clock } from '../util/clock.ts';
import { notifier } from './notifier.ts';
import { type Patient, patience } from './patience.ts';
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
 * impossible (the journal cannot be written, a bug); living agents then stay alive for `resume`.
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
  } finally {
    signal.removeEventListener('abort', stop);
    closing.abort();
  }
}

/** Timers stand still while the machine is suspended: the clock is looked at again now and then. */
const LONGEST_SLEEP_MS = 15 * 60_000;

// A function, because TypeScript would not see that `perform` changes the phase.
const isFinished = (state: RunState) => state.phase === 'finished';

/** Every task may be started, judged and landed once an attempt; no plan needs more rounds than this. */
function roundLimit(state: RunState): number {
  let attempts = 0;
  for (const task of state.tasks.values()) attempts += task.allowance + task.attempts.length;
  return 1000 + 10 * (attempts + state.waves.size);
}

function running(state: RunState): { task: TaskId; attempt: number }[] {
  const keys: { task: TaskId; attempt: number }[] = [];
  for (const [task, { status }] of state.tasks)
    if (status.is === 'running') keys.push({ task, attempt: status.attempt });
  return keys;
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

interface PerformerInput {
  append: (body: RunEventBody) => void;
  background: (work: Promise<void>) => void;
  /** Does it again while the disk is full and somebody runs who may make room. */
  patient: Patient;
  verifying: Set<TaskId>;
  journal: Journal;
  ports: Ports;
  state: RunState;
  change: () => void;
  /** When to wake after a wait of so many milliseconds, jitter included. */
  parkedUntil: (waitMs: number) => number;
}

/** Gives `perform(action)`: journals the intent at once, does the effect in the background, appends its outcome. */
function performer(input: PerformerInput) {
  const { append, background, patient, verifying, journal, ports, state, change } = input;
  return (action: Action): void => {
    switch (action.do) {
      case 'wake':
        return;
      case 'start':
        return start(action.task, action.attempt);
      case 'verify':
        verifying.add(action.task);
        return background(
          verify(action.task)
            .finally(() => verifying.delete(action.task))
            .then(change),
        );
      case 'land':
        return background(land(action));
      case 'validate':
        return background(validate(action.wave));
      case 'install-dependencies':
        return background(installDependencies());
      case 'start-wave':
        return append({ type: 'wave.started', wave: action.wave });
      case 'complete-wave': {
        const { wave, integrated, total } = action;
        return append({ type: 'wave.completed', wave, integrated, total });
      }
      case 'block':
        return append({ type: 'task.blocked', task: action.task, by: action.by });
      case 'hold':
        return append({ type: 'admission.held', hold: action.hold });
      case 'admit':
        return append({ type: 'admission.resumed' });
      case 'park': {
        const { account, waitMs, parked } = action;
        return append({ type: 'quota.parked', account, until: input.parkedUntil(waitMs), ...parked });
      }
      case 'reopen':
        return append({ type: 'quota.reopened', account: action.account, by: action.by });
      case 'end':
        return end(action, action.why);
      case 'pause': {
        const { what, spent, limit } = action;
        append({ type: 'budget.reached', what, spent, limit });
        for (const key of running(state)) end(key, 'budget');
        return;
      }
      case 'finish': {
        const failure = action.failure ?? state.failure;
        return append({ type: 'run.finished', outcome: action.outcome, ...(failure && { failure }) });
      }
    }
  };

  function start(task: TaskId, attempt: number): void {
    const because = lastAttempt(state.tasks.get(task)!)?.failure;
    const spec = ports.specify(task, attempt, state);
    const { agent, branch, workspace, base, resume } = spec;
    const account = ports.accountOf?.(task);
    append({
      type: 'attempt.started',
      task,
      attempt,
      agent,
      branch,
      workspace,
      base,
      ...(because && { because }),
      ...(account !== undefined && { account }),
      ...(resume && { resume: resume.session }),
    });
    background(patient(() => journal.flush()).then(() => ports.executor.submit(spec)));
  }

  function end({ task, attempt }: { task: TaskId; attempt: number }, why: Ending): void {
    append({ type: 'attempt.ending', task, attempt, why });
    background(journal.flush().then(() => ports.executor.cancel({ run: state.id, task, attempt }, why)));
  }

  async function verify(task: TaskId): Promise<void> {
    const attempt = lastAttempt(state.tasks.get(task)!)!;
    const { evidence, failure, escapes = [] } = await patient(() => ports.verify(task, attempt)).catch(asInternal);
    const name = { task, attempt: attempt.number };
    for (const found of escapes) append({ type: 'escape.found', ...found });
    if (failure) append({ type: 'attempt.failed', ...name, failure, evidence });
    else append({ type: 'attempt.verified', ...name, head: attempt.result!.head!, evidence });
  }

  async function land({ tasks }: Extract<Action, { do: 'land' }>): Promise<void> {
    const { tip } = state;
    for (const each of tasks) append({ type: 'landing.started', ...each, onto: tip });
    await patient(() => journal.flush());
    const landings = await patient(() => ports.land({ tip, tasks })).catch((error) =>
      tasks.map(() => ({ landed: false as const, failure: asInternal(error).failure })),
    );
    for (const [at, { task, attempt, head }] of tasks.entries()) {
      const landing = landings[at]!;
      if (landing.landed) {
        const { commit, commits } = landing;
        append({ type: 'task.integrated', task, attempt, head, commit, commits });
      } else append({ type: 'attempt.failed', task, attempt, failure: landing.failure, evidence: [] });
    }
  }

  async function validate(wave: number): Promise<void> {
    const commit = state.tip;
    append({ type: 'wave.validating', wave, commit, command: ports.validationCommand(wave) });
    const result = await ports
      .validate(wave, commit)
      .catch((error) => ({ ok: false as const, failure: asInternal(error).failure }));
    if (result.ok) append({ type: 'wave.validated', wave, commit, ms: result.ms });
    else append({ type: 'wave.failed', wave, failure: result.failure });
  }

  async function installDependencies(): Promise<void> {
    append({ type: 'dependencies.started', onto: state.tip });
    await journal.flush();
    const result = await ports
      .installDependencies(state.tip)
      .catch((error) => ({ ok: false as const, failure: asInternal(error).failure }));
    if (result.ok) append({ type: 'dependencies.installed', commit: result.commit });
    else append({ type: 'dependencies.failed', failure: result.failure });
  }
}

/** The one place where an unknown throw becomes data: the task fails with it, the others go on. */
function asInternal(error: unknown): { evidence: []; failure: Failure; escapes?: [] } {
  if (error instanceof NoSpaceError) throw error; // the task has not failed: resume goes on with it
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { evidence: [], failure: { code: 'internal', message } };
}
