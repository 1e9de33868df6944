import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { AgentContext } from '../agent/adapter.ts';
import { isFull } from '../machine/no-space.ts';
import type { Observed } from '../process/census.ts';
import { letGo } from '../process/hold.ts';
import { launch, settleLaunch } from '../process/launch.ts';
import type { AttemptResult } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { contextOf } from './agent-context.ts';
import { agentEnvironment } from './environment.ts';
import type { AttemptSpec } from './executor.ts';
import { type AttemptParts, type LiveAttempt, markerOf } from './live-attempt.ts';
import { failedResult, lostResult } from './result.ts';
import { type Supervised, supervise } from './supervise.ts';

type AgentProcess = Supervised['process'];

export function attemptOf(spec: AttemptSpec, parts: AttemptParts): LiveAttempt {
  const { adapter, workspaces, emit, files, clock } = parts;
  const name = { task: spec.task, attempt: spec.attempt };
  const marker = markerOf(spec);
  /** Of the commit of what it leaves. */
  const message = spec.resolves ? `merge: ${spec.task} with what has landed` : `feat: ${spec.task} ${spec.title}`;
  const place = { path: spec.workspace, branch: spec.branch, base: spec.base };
  const cancelled = new AbortController();
  let observed: Observed | null = null;
  const end = (result: AttemptResult) => emit({ type: 'attempt.ended', ...name, ...result });

  async function start(): Promise<void> {
    const startedAt = clock.now();
    mkdirSync(files.dir, { recursive: true, mode: 0o700 });
    writePrompt(spec.prompt);
    for (const file of [files.transcript, files.stderr, files.log]) writeFileSync(file, '', { mode: 0o600 });
    const merge = spec.resolves && { head: spec.resolves.head, message };
    const prepared = await workspaces.prepare({
      ...place,
      ...(spec.resume && { keep: true }),
      ...(merge && { merge }),
    });
    if (!prepared.ok) return end(failedResult(prepared.failure, clock.now() - startedAt));
    emit({ type: 'attempt.prepared', ...name, ms: prepared.ms, notes: prepared.notes });
    const resume = prepared.kept ? spec.resume : undefined;
    if (resume) writePrompt(resume.prompt);
    const context = contextOf(spec, parts, { role: await knownRole(), resume });
    if (cancelled.signal.aborted) {
      const outcome = cancelled.signal.reason === 'stopped' ? 'cancelled' : 'paused';
      const message = 'stopped before it began';
      const failure = { code: 'agent', outcome, message, exit: null, signal: null } as const;
      return end(failedResult(failure, clock.now() - startedAt));
    }
    const process = await startAgent(context);
    if ('error' in process) {
      const message = `${adapter.name} could not be started: ${process.error.message}`;
      const failure: Failure = isFull(files.dir)
        ? { code: 'no-space', message }
        : { code: 'agent', outcome: 'crashed', message, exit: null, signal: null };
      return end(failedResult(failure, clock.now() - startedAt));
    }
    const { pid, pidStart } = process;
    emit({ type: 'attempt.spawned', ...name, pid, pidStart, session: context.session });
    end(await see(process, context, startedAt));
  }

  /** No agent outlives the machine: what it was asked need not either. */
  function writePrompt(text: string): void {
    writeFileAtomic(files.prompt, text, 0o600, { durable: false });
  }

  async function adopt(): ReturnType<LiveAttempt['adopt']> {
    const process = existsSync(files.dir) ? await settleLaunch(files.pid) : null;
    if (!process) {
      end(lostResult('copse ended before the agent was started'));
      return { state: 'lost', done: Promise.resolve() };
    }
    const members = letGo(process, marker);
    emit({ type: 'attempt.spawned', ...name, ...process });
    const context = contextOf(spec, parts, { role: spec.role, resume: spec.resume });
    return { state: 'adopted', done: see({ ...process, members }, context, statSync(files.pid).mtimeMs).then(end) };
  }

  async function knownRole(): Promise<string | undefined> {
    const role = await parts.role();
    if (spec.role && !role) {
      const note = `agent role ${spec.role} is not known to ${adapter.name}: ran without it`;
      emit({ type: 'task.noted', task: spec.task, note });
    }
    return role;
  }

  function startAgent(context: AgentContext) {
    const { argv, env, stdin } = adapter.command(context);
    return launch({
      argv: parts.confine?.(spec, argv) ?? argv,
      cwd: spec.workspace,
      env: agentEnvironment(parts.env, { ...env, [marker.name]: marker.value, COPSE_TASK: spec.task }),
      stdin: stdin === 'prompt' ? files.prompt : null,
      stdout: files.transcript,
      stderr: files.stderr,
      exitFile: files.exit,
      pidFile: files.pid,
    });
  }

  function see(process: AgentProcess, context: AgentContext, startedAt: number): Promise<AttemptResult> {
    const observing = (now: Observed) => {
      observed = now;
    };
    const { signal } = cancelled;
    return supervise({ spec, parts, context, process, startedAt, cancelled: signal, place, message, observing });
  }

  return { start, adopt, cancel: (reason) => cancelled.abort(reason), memory: () => observed?.memory() ?? null };
}
