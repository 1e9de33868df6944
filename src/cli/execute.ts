import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { portsOf } from '../compose/ports.ts';
import type { Project } from '../compose/project.ts';
import { scheduleOf } from '../engine/create.ts';
import { runEngine } from '../engine/engine.ts';
import type { OpenRun } from '../engine/open.ts';
import type { Ports } from '../engine/ports.ts';
import { attemptPaths } from '../journal/store.ts';
import { describeBudget, describeFailure, listed } from '../run/describe.ts';
import type { RunEvent } from '../run/event.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { summarize } from '../run/summarize.ts';
import { warningLines } from '../run/warnings.ts';
import { systemClock } from '../util/clock.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import { type CliContext, narrating } from './context.ts';
import { knownDurations } from './durations.ts';
import { escapeLines } from './render/escapes.ts';
import { duration, money } from './render/format.ts';
import { nextCommand } from './render/next.ts';
import { runView, type ViewKind } from './render/run-view.ts';

export interface ExecuteOptions {
  json?: boolean;
  progress?: 'auto' | 'plain' | 'live';
}

/** Runs what was opened to its end, shows it, and says what came of it. */
export async function execute(
  context: CliContext,
  project: Project,
  open: OpenRun,
  options: ExecuteOptions,
): Promise<ExitCode> {
  const { journal, state, plan } = open;
  const { commonDir } = project.repository;
  const ports = await portsOf(narrating(context), project, open);
  const known = knownDurations(commonDir, plan.name, open.id);
  const schedule = scheduleOf(plan, state.settings.barrier, (task) => known(task) ?? 1);
  const view = runView(viewKind(context, options), context);
  const logs = logLinks(commonDir, state);
  const onEvent = (event: RunEvent) => {
    if (event.type === 'attempt.spawned') logs.link(event.task, event.attempt);
    view.event(event, state);
  };
  try {
    await reattach(ports, state, plan);
    await runEngine({ journal, state, schedule, ports, clock: systemClock, signal: context.signal, onEvent });
    if (![...state.tasks.values()].some(({ status }) => status.is === 'running')) await ports.settle();
  } finally {
    view.close();
    await journal.close();
  }
  if (!options.json) for (const line of closingLines(state)) context.stderr.write(`${line}\n`);
  return exitOf(state, context.signal);
}

/** Attempts that were under way when the last coordinator ended: living agents are taken over. */
async function reattach(ports: Ports, state: RunState, _plan: unknown): Promise<void> {
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

function viewKind(context: CliContext, { json, progress }: ExecuteOptions): ViewKind {
  if (json) return 'json';
  if (progress === 'plain') return 'plain';
  if (progress === 'live') return 'live';
  return context.stdout.isTTY && !context.env.CI ? 'live' : 'plain';
}

/** `<plan>/logs/<task>.log`: a link to the readable log of the latest attempt, in a folder that git ignores. */
function logLinks(commonDir: string, state: RunState) {
  const folder = join(state.planDir, 'logs');
  // A read-only plan folder has no links; `copse logs` finds the log all the same.
  const orNot = (act: () => void) => {
    try {
      act();
    } catch {}
  };
  orNot(() => {
    mkdirSync(folder, { recursive: true });
    const ignore = join(folder, '.gitignore');
    // Empty: its writer was killed in between.
    if (!existsSync(ignore) || readFileSync(ignore, 'utf8') === '') writeFileSync(ignore, '*\n');
  });
  return {
    link: (task: string, attempt: number): void =>
      orNot(() => {
        const path = join(folder, `${task}.log`);
        rmSync(path, { force: true });
        symlinkSync(join(attemptPaths(commonDir, state.id, task, attempt).dir, 'agent.log'), path);
      }),
  };
}

function exitOf(state: RunState, signal: AbortSignal): ExitCode {
  if (state.failure?.code === 'no-space') return EXIT.environment;
  if (state.outcome === 'paused') return EXIT.budget;
  if (state.outcome === 'stopped') return signal.reason === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  if (state.outcome !== 'failed') return EXIT.ok;
  const waveFailed = [...state.waves.values()].some((wave) => wave.status.is === 'failed');
  const conflict = [...state.tasks.values()].some(
    ({ status }) => status.is === 'failed' && status.failure.code === 'merge-conflict',
  );
  return waveFailed || conflict ? EXIT.integration : EXIT.taskFailed;
}

const HOW: Partial<Record<string, string>> = { stopped: 'stopped, ', paused: 'paused, ' };

function closingLines(state: RunState): string[] {
  const summary = summarize(state, Date.now());
  const { counts } = summary;
  const cost = summary.cost.usd === null ? '' : `, ${money(summary.cost)}`;
  const lines = [
    `${state.plan}: ${HOW[state.outcome ?? ''] ?? ''}${counts.integrated} of ${summary.tasks.length} tasks integrated on ${summary.integrationBranch} in ${duration(summary.elapsedMs)}${cost}`,
  ];
  if (state.budget) lines.push(`  ‖ the budget is reached: ${describeBudget(state.budget)}`);
  if (state.failure) lines.push(`  ✗ ${describeFailure(state.failure)}`);
  for (const { seed, status } of state.tasks.values()) {
    if (status.is === 'failed') lines.push(`  ✗ ${seed.id}: ${describeFailure(status.failure)}`);
    if (status.is === 'blocked') {
      lines.push(
        `  ⊘ ${seed.id} waits behind ${'task' in status.by ? status.by.task : `the validation of wave ${status.by.wave}`}`,
      );
    }
  }
  for (const wave of state.waves.values()) {
    if (wave.status.is === 'failed') lines.push(`  ✗ wave ${wave.number}: ${describeFailure(wave.status.failure)}`);
  }
  const escapes = escapeLines(state.escapes).map((line) => `  ! ${line}`);
  const warnings = warningLines(state).map((line) => `  ! ${line}`);
  return [...lines, ...warnings, ...notesOf(state), ...escapes, nextCommand(state, false)];
}

/** What is unusual; said once for all tasks that it is true of. */
function notesOf(state: RunState): string[] {
  const tasks = new Map<string, string[]>();
  for (const { seed, notes } of state.tasks.values()) {
    for (const note of notes) tasks.set(note, [...(tasks.get(note) ?? []), seed.id]);
  }
  return [...tasks].map(([note, ids]) => `  · ${listed(ids, 4)}: ${note}`);
}
