import { countCommits } from '../../git/history.ts';
import { readRef } from '../../git/refs.ts';
import type { Repository } from '../../git/repository.ts';
import { followJournal, replay } from '../../journal/replay.ts';
import { describeFailure } from '../../run/describe.ts';
import { reduce } from '../../run/reduce.ts';
import { lastAttempt, type RunState } from '../../run/state.ts';
import { type RunSummary, summarize } from '../../run/summarize.ts';
import { EXIT } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { openProject } from '../project.ts';
import { monitor } from '../render/monitor.ts';
import { nextCommand } from '../render/next.ts';
import { redraw } from '../render/redraw.ts';
import { type FoundRun, findRun, readRun } from '../runs.ts';

export const status: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('-w, --watch', 'stay and show every change, until the run ends or Ctrl-C')
      .option('--tasks', 'all tasks, however many there are');
  },

  async run(context, [name], options: { watch?: boolean; json?: boolean; tasks?: boolean }) {
    const { repository } = await openProject(context);
    const run = findRun(repository.commonDir, { name });
    if (options.watch && !options.json) return watch(context, repository, run);
    const summary = await measure(repository, run.state, run.alive);
    if (options.json) {
      context.stdout.write(`${JSON.stringify({ v: 1, command: 'status', ok: true, alive: run.alive, ...summary })}\n`);
      return EXIT.ok;
    }
    const rows = options.tasks || !context.stdout.isTTY ? Number.POSITIVE_INFINITY : context.stdout.rows - 4;
    for (const line of monitor(summary, { columns: context.stdout.columns, rows })) context.stdout.write(`${line}\n`);
    for (const line of closing(run)) context.stdout.write(`${line}\n`);
    return EXIT.ok;
  },
};

/** The summary with the commits that living agents have made so far. */
async function measure(repository: Repository, state: RunState, alive: boolean): Promise<RunSummary> {
  const summary = summarize(state, Date.now(), alive);
  await Promise.all(
    summary.tasks.map(async (row) => {
      const attempt = lastAttempt(state.tasks.get(row.id)!);
      if (!attempt || row.commits !== null) return;
      const head = await readRef(repository.git, `refs/heads/${attempt.branch}`);
      if (head) row.commits = await countCommits(repository.git, attempt.base, head);
    }),
  );
  return summary;
}

/** Draws the monitor anew on every event and once a second, without reading the journal twice. */
async function watch(context: CliContext, repository: Repository, run: FoundRun): Promise<0> {
  const screen = redraw(context.stdout);
  let current = run;
  const draw = async () => {
    const summary = await measure(repository, current.state, current.alive);
    const size = { columns: context.stdout.columns, rows: context.stdout.rows - 2 };
    screen.draw(monitor(summary, size));
  };
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const timer = setInterval(() => {
    current = { ...current, alive: readRun(repository.commonDir, run.id).alive };
    if (!current.alive) ended.abort();
    void draw();
  }, 1000);
  try {
    await draw();
    if (!run.alive) return EXIT.ok;
    for await (const event of followJournal(run.paths.journal, { signal, after: replay(run.paths.journal) })) {
      // A new coordinator may have replaced the last events of the one before: then the fold begins anew.
      if (event.seq <= current.state.seq) current = readRun(repository.commonDir, run.id);
      else reduce(current.state, event);
      if (event.type === 'run.finished') break;
    }
    current = readRun(repository.commonDir, run.id);
    await draw();
  } finally {
    clearInterval(timer);
  }
  for (const line of closing(current)) context.stdout.write(`${line}\n`);
  return EXIT.ok;
}

/** What went wrong, and the next command. */
function closing({ state, alive }: FoundRun): string[] {
  const lines: string[] = [''];
  if (state.failure) lines.push(`the run failed: ${describeFailure(state.failure)}`);
  for (const task of state.tasks.values()) {
    if (task.status.is === 'failed') lines.push(`✗ ${task.seed.id}: ${describeFailure(task.status.failure)}`);
  }
  for (const wave of state.waves.values()) {
    if (wave.status.is === 'failed') lines.push(`✗ wave ${wave.number}: ${describeFailure(wave.status.failure)}`);
  }
  lines.push(nextCommand(state, alive));
  return lines;
}
