import { scheduleOf } from '../engine/create.ts';
import { runEngine } from '../engine/engine.ts';
import type { OpenRun } from '../engine/open.ts';
import type { Ports } from '../engine/ports.ts';
import { transcriptLimit } from '../executor/transcript.ts';
import { keepShortUnwatched } from '../executor/unwatched.ts';
import type { RunEvent } from '../run/event.ts';
import { onlyAsks } from '../run/next.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import { knownDurations } from './durations.ts';
import { logLinks } from './log-links.ts';
import { portsOf } from './ports.ts';
import type { Project } from './project.ts';

/** Runs what was opened to its end. `onEvent` sees every event right after it was folded into the state. */
export async function drive(
  context: Surroundings,
  project: Project,
  open: OpenRun,
  onEvent: (event: RunEvent, state: RunState) => void = () => {},
): Promise<void> {
  const { journal, state, plan } = open;
  const { commonDir } = project.repository;
  const limit = transcriptLimit(project.config.limits.maxTranscript);
  const unwatched = keepShortUnwatched(open.id, open.paths.attempts, limit);
  try {
    if (open.replanned) context.warn('the plan was edited since; tasks that start now use it as it is');
    const ports = await portsOf(context, project, open);
    const known = knownDurations(commonDir, plan.name, open.id);
    const schedule = scheduleOf(plan, state.settings.barrier, (task) => known(task) ?? 1);
    const logs = logLinks(commonDir, state);
    const seen = (event: RunEvent) => {
      if (event.type === 'attempt.spawned') logs.link(event.task, event.attempt);
      onEvent(event, state);
    };
    await reattach(ports, state);
    await runEngine({ journal, state, schedule, ports, clock: systemClock, signal: context.signal, onEvent: seen });
    if (![...state.tasks.values()].some(({ status }) => status.is === 'running')) await ports.settle();
  } finally {
    await unwatched.cancel();
    await journal.close();
  }
}

/** The exit status of a command that drove a run to where it stands. */
export function exitOf(state: RunState, signal: AbortSignal): ExitCode {
  if (state.failure?.code === 'no-space') return EXIT.environment;
  if (state.outcome === 'paused') return EXIT.budget;
  if (state.outcome === 'stopped') return signal.reason === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  if (state.outcome !== 'failed') return EXIT.ok;
  const waveFailed = [...state.waves.values()].some((wave) => wave.status.is === 'failed');
  const conflict = [...state.tasks.values()].some(
    ({ status }) => status.is === 'failed' && ['merge-conflict', 'unresolved', 'checks'].includes(status.failure.code),
  );
  const contract = state.failure?.code === 'contract-broken';
  if (waveFailed || contract) return EXIT.integration;
  if (onlyAsks(state)) return EXIT.waitsForPerson;
  return conflict ? EXIT.integration : EXIT.taskFailed;
}

/** Attempts that were under way when the last coordinator ended: living agents are taken over. */
async function reattach(ports: Ports, state: RunState): Promise<void> {
  const inFlight = [...state.tasks.values()].flatMap((task) => {
    const attempt = lastAttempt(task);
    if (task.status.is !== 'running' || !attempt) return [];
    const spec = ports.specify(task.seed.id, attempt.number, state);
    const { base, branch, workspace, agent, process } = attempt;
    return [
      { ...spec, base, branch, workspace, agent, ...(process && { pid: process.pid, pidStart: process.pidStart }) },
    ];
  });
  if (inFlight.length > 0) await ports.executor.reattach(state.id, inFlight);
}
