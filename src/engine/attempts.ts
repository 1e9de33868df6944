import type { Ending, Evidence, TaskId } from '../run/event.ts';
import { type Failure, isParked } from '../run/failure.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { asInternal, type Effects } from './effects.ts';

/** Why an attempt failed; `granted`: what it asked for and may write from now on. */
interface Why {
  failure: Failure;
  evidence: Evidence[];
  granted?: string[];
}

/** Attempts: started, ended, judged. The intent is journaled at once, the effect is in the background. */
export function attemptEffects({ append, background, patient, journal, ports, state }: Effects) {
  return { start, end, verify, fail };

  function start(task: TaskId, attempt: number): void {
    const before = lastAttempt(state.tasks.get(task)!);
    const because = before?.failure;
    const spec = ports.specify(task, attempt, state);
    const { agent, branch, workspace, base, resume, resolves } = spec;
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
      ...(resolves && { resolves }),
    });
    const briefed = async () => (before?.failure && ports.brief ? ports.brief(spec, before) : spec);
    background(
      patient(() => journal.flush())
        .then(briefed)
        .then((complete) => ports.executor.submit(complete)),
    );
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

  /** Before the next attempt can begin, what this one left is out of the way. */
  async function fail(name: { task: TaskId; attempt: number }, why: Why): Promise<void> {
    const task = state.tasks.get(name.task)!;
    const withdrawn = isParked(why.failure) ? null : await ports.withdraw?.(lastAttempt(task)!);
    append({ type: 'attempt.failed', ...name, ...why });
    const final = task.status.is === 'failed';
    if (withdrawn && (withdrawn.left || final)) append({ type: 'task.noted', task: name.task, note: withdrawn.note });
  }
}

/** The attempts that are running. */
export function running(state: RunState): { task: TaskId; attempt: number }[] {
  const keys: { task: TaskId; attempt: number }[] = [];
  for (const [task, { status }] of state.tasks)
    if (status.is === 'running') keys.push({ task, attempt: status.attempt });
  return keys;
}
