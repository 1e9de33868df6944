import type { AgentContext } from '../agent/adapter.ts';
import { isFull, untilThereIsRoom } from '../machine/no-space.ts';
import { type Observed, observe } from '../process/census.ts';
import { holdOf } from '../process/hold.ts';
import { askToEnd, stopTree } from '../process/stop.ts';
import type { ProcessRow } from '../process/table.ts';
import { lastBytes } from '../process/tail.ts';
import type { ProcessId } from '../process/tree.ts';
import { waitForExit } from '../process/wait.ts';
import type { AttemptResult } from '../run/event.ts';
import type { WorkspaceSpec } from '../workspace/workspace.ts';
import { type Cut, whenToEnd } from './cut-off.ts';
import type { AttemptSpec } from './executor.ts';
import { listen } from './listen.ts';
import { type AttemptParts, markerOf } from './live-attempt.ts';
import { resultOf } from './result.ts';

/** An agent that was started by us, or by a copse before us. */
export interface Supervised {
  spec: AttemptSpec;
  parts: AttemptParts;
  context: AgentContext;
  process: ProcessId & { exited?: Promise<void>; members?: ProcessRow[] };
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Aborted: it is to end, for this reason. */
  cancelled: AbortSignal;
  place: WorkspaceSpec;
  /** Of the commit of what it leaves. */
  message: string;
  /** Is told who counts its processes, as long as it has some. */
  observing(observed: Observed): void;
}

/** Sees an agent through: hears it, ends it when it must, ends what it left behind, harvests its work and gives the result. */
export async function supervise(agent: Supervised): Promise<AttemptResult> {
  const { spec, parts, context, process, observing } = agent;
  const marker = markerOf(spec);
  const reader = parts.adapter.reader(context);
  const overfull = new AbortController();
  const { members } = process;
  const watched = observe({
    root: process,
    marker,
    members,
    cap: spec.memoryCap,
    onExceeded: () => overfull.abort(),
  });
  observing(watched);
  const whole = () => ({ ...process, marker, members: watched.members() });
  try {
    const exited = waitForExit({ ...process, exitFile: parts.files.exit });
    const lastWord = new AbortController();
    const ends = { exited, lastWord: lastWord.signal, overfull: overfull.signal };
    const [exit, cut, heard] = await Promise.all([
      exited,
      cutOff(agent, watched, ends),
      listen(spec, parts, {
        reader,
        hold: holdOf(process, watched.members),
        ended: exited,
        onLastWord: () => lastWord.abort(),
      }),
    ]);
    // Whatever the agent left behind goes with it: servers in the background, daemons in a session of their own.
    await stopTree(whole(), { graceMs: Math.min(parts.graceMs, 2000), clock: parts.clock });
    const verdict = reader.verdict(exit.exit, exit.signal, lastBytes(parts.files.stderr, 64 * 1024));
    const { harvest, full } = await harvested(agent);
    const ms = (exit.at ?? parts.clock.now()) - agent.startedAt;
    return resultOf({ spec, verdict, exit, cut, ...heard, full, memory: watched.peak(), harvest, ms });
  } catch (error) {
    // Nobody hears it any more, and what it writes nobody cuts.
    await stopTree(whole(), { graceMs: parts.graceMs, clock: parts.clock });
    throw error;
  } finally {
    watched.end();
  }
}

interface Ends {
  exited: Promise<unknown>;
  lastWord: AbortSignal;
  overfull: AbortSignal;
}

/** Ends the agent's whole tree on timeout, silence or cancellation, or when it lingers after its last word. */
async function cutOff(
  { spec, parts, process, startedAt, cancelled }: Supervised,
  watched: Observed,
  ends: Ends,
): Promise<Cut | null> {
  const { timeoutMs, stallMs } = spec;
  const { adapter, files, clock, graceMs, hurry } = parts;
  const reason = await whenToEnd({
    ...ends,
    cancelled,
    startedAt,
    timeoutMs,
    stallMs,
    lingerMs: graceMs,
    output: [files.transcript, files.stderr],
    clock,
  });
  if (reason === 'exited') return null;
  const grace = { graceMs, clock, ...(hurry && { signal: hurry }) };
  if (adapter.endsItself) await askToEnd(process, grace);
  await stopTree({ ...process, marker: markerOf(spec), members: watched.members() }, grace);
  return reason === 'lingering' ? null : reason;
}

/** What it made, and whether the disk was full when it ended. */
async function harvested({ spec, parts, cancelled, place, message }: Supervised) {
  const { workspaces, emit, clock, graceMs, hurry, files } = parts;
  const places = [spec.workspace, files.dir];
  const full = places.some(isFull);
  const harvest = await untilThereIsRoom(() => workspaces.harvest(place, message), {
    places,
    clock,
    givesUp: (ms) => (hurry?.aborted ? ms > 3000 : cancelled.aborted && ms > 2 * graceMs),
    onWait: () => emit({ type: 'task.noted', task: spec.task, note: 'its work waited for room on the disk' }),
  });
  for (const note of harvest.notes) emit({ type: 'task.noted', task: spec.task, note });
  return { harvest, full };
}
