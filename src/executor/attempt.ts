import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { AgentContext, TranscriptReader } from '../agent/adapter.ts';
import { isFull, untilThereIsRoom } from '../machine/no-space.ts';
import { type Observed, observe } from '../process/census.ts';
import { holdOf, letGo } from '../process/hold.ts';
import { launch, settleLaunch } from '../process/launch.ts';
import { askToEnd, stopTree } from '../process/stop.ts';
import { lastBytes } from '../process/tail.ts';
import type { ProcessId } from '../process/tree.ts';
import { waitForExit } from '../process/wait.ts';
import type { AttemptResult } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { contextOf } from './agent-context.ts';
import { type Cut, whenToEnd } from './cut-off.ts';
import { agentEnvironment } from './environment.ts';
import type { AttemptSpec } from './executor.ts';
import { listen } from './listen.ts';
import { type AttemptParts, type LiveAttempt, markerOf } from './live-attempt.ts';
import { type Ended, failedResult, lostResult, resultOf } from './result.ts';

type AgentProcess = ProcessId & { exited?: Promise<void> };

export function attemptOf(spec: AttemptSpec, parts: AttemptParts): LiveAttempt {
  const { adapter, workspaces, emit, files, clock } = parts;
  const name = { task: spec.task, attempt: spec.attempt };
  const marker = markerOf(spec);
  /** Of the commit of what it leaves. */
  const message = spec.resolves ? `merge: ${spec.task} with what has landed` : `feat: ${spec.task} ${spec.title}`;
  const place = { path: spec.workspace, branch: spec.branch, base: spec.base };
  const cancelled = new AbortController();
  const overfull = new AbortController();
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
    await supervise(context, process, startedAt);
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
    letGo(process, marker);
    emit({ type: 'attempt.spawned', ...name, ...process });
    return {
      state: 'adopted',
      done: supervise(
        contextOf(spec, parts, { role: spec.role, resume: spec.resume }),
        process,
        statSync(files.pid).mtimeMs,
      ),
    };
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

  async function supervise(context: AgentContext, process: AgentProcess, startedAt: number): Promise<void> {
    const reader = adapter.reader(context);
    const watched = observe({ root: process, marker, cap: spec.memoryCap, onExceeded: () => overfull.abort() });
    observed = watched;
    try {
      const exited = waitForExit({ ...process, exitFile: files.exit });
      const lastWord = new AbortController();
      const [exit, cut, heard] = await Promise.all([
        exited,
        cutOff(process, startedAt, exited, lastWord.signal),
        listen(spec, parts, {
          reader,
          hold: holdOf(process, watched.members),
          ended: exited,
          onLastWord: () => lastWord.abort(),
        }),
      ]);
      // Whatever the agent left behind goes with it: servers in the background, daemons in a session of their own.
      await stopTree(
        { ...process, marker, members: watched.members() },
        { graceMs: Math.min(parts.graceMs, 2000), clock },
      );
      await finish(reader, startedAt, { exit, cut, ...heard });
    } finally {
      watched.end();
    }
  }

  /** Ends the agent's whole tree on timeout, silence or cancellation, or when it lingers after its last word. */
  async function cutOff(
    process: AgentProcess,
    startedAt: number,
    exited: Promise<unknown>,
    lastWord: AbortSignal,
  ): Promise<Cut | null> {
    const { timeoutMs, stallMs } = spec;
    const { transcript, stderr } = files;
    const reason = await whenToEnd({
      exited,
      lastWord,
      cancelled: cancelled.signal,
      overfull: overfull.signal,
      startedAt,
      timeoutMs,
      stallMs,
      lingerMs: parts.graceMs,
      output: [transcript, stderr],
      clock,
    });
    if (reason === 'exited') return null;
    const grace = { graceMs: parts.graceMs, clock, ...(parts.hurry && { signal: parts.hurry }) };
    if (adapter.endsItself) await askToEnd(process, grace);
    await stopTree({ ...process, marker, members: observed?.members() ?? [] }, grace);
    return reason === 'lingering' ? null : reason;
  }

  type Over = Pick<Ended, 'exit' | 'cut' | 'leftOut' | 'limited'>;
  async function finish(reader: TranscriptReader, startedAt: number, over: Over): Promise<void> {
    const { exit } = over;
    const verdict = reader.verdict(exit.exit, exit.signal, lastBytes(files.stderr, 64 * 1024));
    const places = [spec.workspace, files.dir];
    const full = places.some(isFull);
    const harvest = await untilThereIsRoom(() => workspaces.harvest(place, message), {
      places,
      clock,
      givesUp: (ms) => (parts.hurry?.aborted ? ms > 3000 : cancelled.signal.aborted && ms > 2 * parts.graceMs),
      onWait: () => emit({ type: 'task.noted', task: spec.task, note: 'its work waited for room on the disk' }),
    });
    for (const note of harvest.notes) emit({ type: 'task.noted', task: spec.task, note });
    const memory = observed?.peak() ?? 0;
    const ms = (exit.at ?? clock.now()) - startedAt;
    end(resultOf({ spec, verdict, ...over, full, memory, harvest, ms }));
  }

  return { start, adopt, cancel: (reason) => cancelled.abort(reason), memory: () => observed?.memory() ?? null };
}
