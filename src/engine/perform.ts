import type { Journal } from '../journal/journal.ts';
import { NoSpaceError } from '../machine/no-space.ts';
import type { Ending, Evidence, Oid, RunEventBody, TaskId } from '../run/event.ts';
import { type Failure, isParked } from '../run/failure.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import type { Action } from '../schedule/action.ts';
import type { Patient } from './patience.ts';
import type { Ports } from './ports.ts';

export interface PerformerInput {
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

/** Why an attempt failed; `granted`: what it asked for and may write from now on. */
interface Why {
  failure: Failure;
  evidence: Evidence[];
  granted?: string[];
}

/** Gives `perform(action)`: journals the intent at once, does the effect in the background, appends its outcome. */
export function performer(input: PerformerInput) {
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
      case 'check-contracts':
        return background(checkContracts(action.commit));
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
    const {
      evidence,
      failure,
      escapes = [],
      granted = [],
    } = await patient(() => ports.verify(task, attempt)).catch(asInternal);
    const name = { task, attempt: attempt.number };
    for (const found of escapes) append({ type: 'escape.found', ...found });
    if (failure) await fail(name, { failure, evidence, ...(granted.length > 0 && { granted }) });
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
      } else await fail({ task, attempt }, { failure: landing.failure, evidence: [] });
    }
  }

  /** Before the next attempt can begin, what this one left is out of the way. */
  async function fail(name: { task: TaskId; attempt: number }, why: Why): Promise<void> {
    const task = state.tasks.get(name.task)!;
    const withdrawn = isParked(why.failure) ? null : await ports.withdraw?.(lastAttempt(task)!);
    append({ type: 'attempt.failed', ...name, ...why });
    const final = task.status.is === 'failed';
    if (withdrawn && (withdrawn.left || final)) append({ type: 'task.noted', task: name.task, note: withdrawn.note });
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

  /** Contracts that cannot be compared because of a bug of ours are not compared: no work of anybody is lost by that. */
  async function checkContracts(commit: Oid): Promise<void> {
    append({ type: 'contracts.checking', commit });
    const nothing = { checks: [], broken: [] };
    const { checks, broken } = (await ports.checkContracts?.(commit)) ?? nothing;
    append({ type: 'contracts.checked', commit, checks, broken });
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

/** The attempts that are running. */
export function running(state: RunState): { task: TaskId; attempt: number }[] {
  const keys: { task: TaskId; attempt: number }[] = [];
  for (const [task, { status }] of state.tasks)
    if (status.is === 'running') keys.push({ task, attempt: status.attempt });
  return keys;
}

/** The one place where an unknown throw becomes data: the task fails with it, the others go on. */
function asInternal(error: unknown): { evidence: []; failure: Failure; escapes?: []; granted?: [] } {
  if (error instanceof NoSpaceError) throw error; // the task has not failed: resume goes on with it
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { evidence: [], failure: { code: 'internal', message } };
}
