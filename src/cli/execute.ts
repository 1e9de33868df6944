import { drive, exitOf } from '../compose/drive.ts';
import type { Project } from '../compose/project.ts';
import { tellGitHub } from '../compose/report.ts';
import type { OpenRun } from '../engine/open.ts';
import { buildReport } from '../report/report.ts';
import { contractLines } from '../run/broken.ts';
import { describeBudget, describeFailure, listed } from '../run/describe.ts';
import { batchLines } from '../run/describe-batch.ts';
import { nextCommand } from '../run/next.ts';
import { notesOf } from '../run/notes.ts';
import type { RunState } from '../run/state.ts';
import { summarize } from '../run/summarize.ts';
import { warningLines } from '../run/warnings.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import { type CliContext, narrating } from './context.ts';
import { escapeLines } from './render/escapes.ts';
import { duration, failureSign, money } from './render/format.ts';
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
  const { state } = open;
  const view = runView(viewKind(context, options), context);
  try {
    await drive(narrating(context), project, open, view.event);
  } finally {
    view.close();
  }
  if (!options.json) for (const line of closingLines(state)) context.stderr.write(`${line}\n`);
  const exit = exitOf(state, context.signal);
  // What is integrated is reported when it lands.
  if (exit !== EXIT.ok) context.stderr.write(tellGitHub(narrating(context), buildReport(state, open.plan, Date.now())));
  return exit;
}

function viewKind(context: CliContext, { json, progress }: ExecuteOptions): ViewKind {
  if (json) return 'json';
  if (progress === 'plain') return 'plain';
  if (progress === 'live') return 'live';
  return context.stdout.isTTY && !context.env.CI ? 'live' : 'plain';
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
    if (status.is === 'failed')
      lines.push(`  ${failureSign(status.failure, state.settings)} ${seed.id}: ${describeFailure(status.failure)}`);
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
  const contracts = contractLines(state).map((line) => `  ! ${line}`);
  const batches = batchLines(state).map((line) => `  ! ${line}`);
  return [...lines, ...warnings, ...batches, ...contracts, ...noteLines(state), ...escapes, nextCommand(state, false)];
}

/** What is unusual; said once for all tasks that it is true of. */
function noteLines(state: RunState): string[] {
  const tasks = new Map<string, string[]>();
  for (const task of state.tasks.values()) {
    for (const note of notesOf(task)) tasks.set(note, [...(tasks.get(note) ?? []), task.seed.id]);
  }
  return [...tasks].map(([note, ids]) => `  · ${listed(ids, 4)}: ${note}`);
}
