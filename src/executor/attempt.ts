import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { AgentAdapter, AgentContext, TranscriptReader } from '../agent/adapter.ts';
import { isFull, untilThereIsRoom } from '../machine/no-space.ts';
import { type Observed, observe } from '../process/census.ts';
import { type Hold, holdOf, letGo } from '../process/hold.ts';
import { launch, settleLaunch } from '../process/launch.ts';
import { askToEnd, stopTree } from '../process/stop.ts';
import { lastBytes } from '../process/tail.ts';
import type { ProcessId } from '../process/tree.ts';
import { waitForExit } from '../process/wait.ts';
import type { AttemptResult, Ending } from '../run/event.ts';
import type { Failure, Limit } from '../run/failure.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import type { Clock } from '../util/clock.ts';
import type { Mask } from '../util/mask.ts';
import { formatBytes } from '../util/size.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { coalesce } from './coalesce.ts';
import { type Cut, whenToEnd } from './cut-off.ts';
import { agentEnvironment } from './environment.ts';
import type { AttemptSpec, ExecutorEvent, Key } from './executor.ts';
import { type Ended, failedResult, lostResult, resultOf } from './result.ts';
import { followTranscript } from './transcript.ts';

/** The files of one attempt, all absolute. */
export interface AttemptFiles {
  dir: string;
  prompt: string;
  transcript: string;
  stderr: string;
  /** Written by the wrapper when the agent has ended. */
  exit: string;
  /** Written by the wrapper before the agent starts. */
  pid: string;
  /** The transcript as readable text. */
  log: string;
}

export interface AttemptParts {
  adapter: AgentAdapter;
  workspaces: Workspaces;
  files: AttemptFiles;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Between SIGTERM and SIGKILL, and after an agent's last word; milliseconds. */
  graceMs: number;
  /** Takes secrets out of the readable log. */
  mask?: Mask;
  /** Aborted: graces are over. */
  hurry?: AbortSignal;
  /** Bytes of the agent's output that are kept on the disk. */
  maxTranscript: number;
  newSession(): string;
  /** The command line that runs the agent's, confined to what it may write. */
  confine?(spec: AttemptSpec, argv: string[]): string[];
  /** The role of the task, when the adapter knows it. */
  role(): Promise<string | undefined>;
  emit(event: ExecutorEvent): void;
}

/** One attempt on this machine. Both ways end in one `attempt.ended`, unless they reject: then the caller says so. */
export interface LiveAttempt {
  /** Makes the workspace, starts the agent, sees it through. */
  start(): Promise<void>;
  /** Takes over what an earlier coordinator started: a living agent, one that has ended since, or nothing. */
  adopt(): Promise<{ state: 'adopted' | 'lost'; done: Promise<void> }>;
  cancel(reason: 'stopped' | Ending): void;
  /** Bytes of memory that its processes hold; null when that is not known. */
  memory(): number | null;
}

/** Environment variable that marks every process of an attempt, whatever session or group it moves to. */
export const ATTEMPT_MARKER = 'COPSE_ATTEMPT';

/** What every process of that attempt carries in its environment. */
export const markerOf = ({ run, task, attempt }: Key) => ({ name: ATTEMPT_MARKER, value: `${run}/${task}.${attempt}` });

interface Following {
  reader: TranscriptReader;
  hold: Hold;
  ended: Promise<unknown>;
  onLastWord(): void;
}

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
  /** What the running agent said last about its account. */
  let limited: Limit | undefined;
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
    const context = contextOf(await knownRole(), resume);
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
      done: supervise(contextOf(spec.role, spec.resume), process, statSync(files.pid).mtimeMs),
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

  function contextOf(role: string | undefined, resume?: AttemptSpec['resume']): AgentContext {
    const { transcript } = files;
    return {
      task: spec.task,
      title: spec.title,
      attempt: spec.attempt,
      workspace: spec.workspace,
      promptFile: files.prompt,
      session: resume?.session ?? parts.newSession(),
      ...(resume && { resume }),
      ...(spec.maxUsd !== undefined && { maxUsd: spec.maxUsd }),
      // A transcript that is read late was written earlier: "resets 3am" means the 3am after that.
      saidAt: () => statSync(transcript, { throwIfNoEntry: false })?.mtimeMs ?? clock.now(),
      ...(spec.model && { model: spec.model }),
      ...(role && { role }),
    };
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
      const [exit, cut, leftOut] = await Promise.all([
        exited,
        cutOff(process, startedAt, exited, lastWord.signal),
        follow({ reader, hold: holdOf(process, watched.members), ended: exited, onLastWord: () => lastWord.abort() }),
      ]);
      // Whatever the agent left behind goes with it: servers in the background, daemons in a session of their own.
      await stopTree(
        { ...process, marker, members: watched.members() },
        { graceMs: Math.min(parts.graceMs, 2000), clock },
      );
      await finish(reader, startedAt, { exit, cut, leftOut });
    } finally {
      watched.end();
    }
  }

  /** Feeds the transcript to the reader as it grows, and the readable log with it. */
  async function follow({ reader, hold, ended, onLastWord }: Following): Promise<number> {
    const live = coalesce((event) => {
      if (event.type === 'activity') return emit({ type: 'attempt.activity', ...name, activity: event.activity });
      const { tokens, cost, turns } = event;
      return emit({ type: 'attempt.usage', ...name, tokens, cost, ...(turns !== undefined && { turns }) });
    }, 1000);
    const mask = parts.mask?.lines() ?? ((line: string) => line);
    const { leftOut } = await followTranscript({
      files,
      maxBytes: parts.maxTranscript,
      hold,
      ended,
      render: (text) => {
        const rendered = adapter.render(text);
        return rendered === null ? null : mask(rendered);
      },
      line: (text) => {
        for (const event of reader.line(text)) {
          if (event.type === 'activity' || event.type === 'usage') live.push(event);
          else if (event.type === 'limit') {
            live.flush(); // an answer that came before must not seem to come after
            limitedBy(event.limit);
          } else if (event.type === 'finished') onLastWord();
          if (event.type === 'usage') limited = undefined; // it got an answer
        }
      },
    });
    if (leftOut > 0) {
      const note = `${formatBytes(leftOut)} of the agent's output are not kept: it wrote more than ${formatBytes(parts.maxTranscript)}`;
      emit({ type: 'task.noted', task: spec.task, note });
    }
    live.flush();
    return leftOut;
  }

  function limitedBy(limit: Limit): void {
    if (limited === undefined || limited.resetsAt !== limit.resetsAt) emit({ type: 'attempt.limited', ...name, limit });
    limited = limit;
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

  type Over = Pick<Ended, 'exit' | 'cut' | 'leftOut'>;
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
    end(resultOf({ spec, verdict, ...over, full, memory, harvest, ms, ...(limited && { limited }) }));
  }

  return { start, adopt, cancel: (reason) => cancelled.abort(reason), memory: () => observed?.memory() ?? null };
}
