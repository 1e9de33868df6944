import { handOfRun } from '../../compose/hand.ts';
import { measure } from '../../compose/measure.ts';
import { describeConflict, predictedConflicts } from '../../compose/predict.ts';
import { openProject, type Project } from '../../compose/project.ts';
import { type FoundRun, findRun } from '../../compose/runs.ts';
import type { PredictedConflict } from '../../integrate/predict.ts';
import { describeFailure, oneLine } from '../../run/describe.ts';
import { batchLines } from '../../run/describe-batch.ts';
import { nextCommand } from '../../run/next.ts';
import { warningLines } from '../../run/warnings.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import { openLoan } from '../../workspace/loan.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { escapeLines } from '../render/escapes.ts';
import { failureSign } from '../render/format.ts';
import { monitor } from '../render/monitor.ts';
import { watchRun } from '../watch.ts';

interface Options {
  watch?: boolean;
  json?: boolean;
  tasks?: boolean;
}

/** Of a file or a pipe: wide enough for what a task does now. */
const PLAIN_COLUMNS = 160;

export const status: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('-w, --watch', 'stay and show every change, until the run ends or Ctrl-C')
      .option('--tasks', 'all tasks, however many there are')
      .addHelpText(
        'after',
        `
Signs: ✓ integrated  ● running  ◐ its work is judged or lands  ↻ is tried again
       ○ waiting  ✗ failed  ⊘ behind something that failed  – skipped
       ‖ parked until a usage limit ends, or by the budget
       ⋈ an agent resolves the conflict it met  ! waits for you
       ? was running when its copse ended: copse resume takes it over

--watch --json prints the journal, one event a line; so does copse run --json.`,
      );
  },

  async run(context, [name], options: Options): Promise<ExitCode> {
    const project = await openProject(context);
    const { repository } = project;
    const run = findRun(repository.commonDir, { name });
    const json = options.json === true;
    if (run.damage) {
      const { path, line, beyond } = run.damage;
      context.stderr.write(
        `copse: ${path}:${line}: the journal is damaged here; ${beyond} later events are not shown\n`,
      );
    }
    if (options.watch) {
      const last = await watchRun(context, repository, run, { json });
      if (!json && !context.unread?.aborted) await close(context, project, last);
      return EXIT.ok;
    }
    const [summary, conflicts] = await Promise.all([
      measure(repository, run.state, run.alive),
      run.alive ? foreseen(context, project, run) : [],
    ]);
    if (json) {
      context.stdout.write(
        `${JSON.stringify({ v: 1, command: 'status', ok: true, alive: run.alive, ...summary, escapes: run.state.escapes, conflicts })}\n`,
      );
      return EXIT.ok;
    }
    const { isTTY, columns, rows } = context.stdout;
    const size = {
      columns: isTTY ? columns : PLAIN_COLUMNS,
      rows: options.tasks || !isTTY ? Number.POSITIVE_INFINITY : rows - 4,
    };
    for (const line of monitor(summary, size)) context.stdout.write(`${line}\n`);
    for (const each of conflicts) context.stdout.write(`! ${describeConflict(each)}\n`);
    await close(context, project, run);
    return EXIT.ok;
  },
};

/** A look ahead that fails is told, and is no reason to show nothing. */
async function foreseen({ stderr }: CliContext, project: Project, { state }: FoundRun): Promise<PredictedConflict[]> {
  try {
    return await predictedConflicts(project, state);
  } catch (error) {
    stderr.write(`copse: conflicts could not be predicted: ${oneLine((error as Error).message, 300)}\n`);
    return [];
  }
}

/** What went wrong, and the next command. */
async function close({ stdout }: CliContext, project: Project, { state, alive }: FoundRun): Promise<void> {
  const { gitDir } = project.repository;
  const inHand = await handOfRun(project, state);
  const lines: string[] = [''];
  const loan = openLoan(gitDir);
  if (loan?.run === state.id && !alive) {
    const home = loan.home.branch ?? loan.home.oid.slice(0, 12);
    lines.push(`the checkout is on ${loan.branch}: copse resume puts it back to ${home}`);
  }
  if (state.failure) lines.push(`the run failed: ${describeFailure(state.failure)}`);
  for (const task of state.tasks.values()) {
    const { status, seed } = task;
    if (status.is === 'failed')
      lines.push(`${failureSign(status.failure, state.settings)} ${seed.id}: ${describeFailure(status.failure)}`);
  }
  if (inHand !== null) {
    const whose = 'task' in inHand.of ? inHand.of.task : inHand.of.target;
    lines.push(
      `! the conflict of ${whose} is laid out in ${inHand.path}: copse integrate --continue lands it when it is resolved`,
    );
  }
  for (const wave of state.waves.values()) {
    if (wave.status.is === 'failed') lines.push(`✗ wave ${wave.number}: ${describeFailure(wave.status.failure)}`);
  }
  for (const line of [...warningLines(state), ...batchLines(state)]) lines.push(`! ${line}`);
  for (const line of escapeLines(state.escapes)) lines.push(`! ${line}`);
  for (const line of [...lines, nextCommand(state, alive)]) stdout.write(`${line}\n`);
}
