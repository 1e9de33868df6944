import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../compose/project.ts';
import { type FoundRun, findRun, readRun } from '../../compose/runs.ts';
import { attemptPaths } from '../../journal/store.ts';
import { tailLines } from '../../process/tail.ts';
import { isSettled, lastAttempt } from '../../run/state.ts';
import { resolveTask } from '../../schedule/select.ts';
import { plainText } from '../../util/plain-text.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { columns } from '../render/format.ts';
import { whole } from '../run-options.ts';

interface Options {
  follow?: boolean;
  raw?: boolean;
  stderr?: boolean;
  prompt?: boolean;
  attempt?: number;
  run?: string;
  json?: boolean;
}

type Kind = 'log' | 'transcript' | 'stderr' | 'prompt';

export const logs: CommandModule = {
  define(command) {
    command
      .argument('[task]', 'a task, or the beginning of its id; without one the logs are listed')
      .option('-f, --follow', 'go on as the agent writes, until it ends; waits for a task that has not begun')
      .option('--attempt <n>', 'an earlier attempt; default: the latest', whole(1, 100_000))
      .option('--raw', 'the transcript as the agent wrote it')
      .option('--stderr', "the agent's stderr")
      .option('--prompt', 'the prompt it was given')
      .option('--run <run>', 'a plan or a run id; default: the latest run');
  },

  async run(context, [task], options: Options) {
    const { repository } = await openProject(context);
    const { commonDir } = repository;
    const run = findRun(commonDir, { name: options.run });
    if (options.follow && options.json) throw noDocument();
    if (task === undefined) return list(context, run, options);
    const id = resolveTask([...run.state.tasks.keys()], task, 'logs');
    const look = () => readRun(commonDir, run.id);
    if (options.follow && lastAttempt(run.state.tasks.get(id)!) === undefined && canStart(run, id)) {
      context.stderr.write(`copse: ${id} has not begun; its log follows when it does\n`);
      await until(() => lastAttempt(look().state.tasks.get(id)!) !== undefined || !canStart(look(), id), context);
    }
    const log = logOf(commonDir, look(), id, options);
    if (options.json) return document(context, run, log);
    const running = () => isRunning(look(), id, log.attempt);
    return print(context, log, options.follow && running() ? until(() => !running(), context) : Promise.resolve());
  },
};

interface Log {
  task: string;
  attempt: number;
  kind: Kind;
  file: string;
}

function logOf(commonDir: string, run: FoundRun, task: string, options: Options): Log {
  const state = run.state.tasks.get(task)!;
  const attempt = options.attempt ?? lastAttempt(state)?.number;
  if (attempt === undefined) {
    throw new Refusal('not-started', `${task} has not started yet, so it has no log`, {
      exit: EXIT.usage,
      hint: run.alive ? `wait for it: copse logs -f ${task}` : 'copse status',
    });
  }
  const paths = attemptPaths(commonDir, run.id, task, attempt);
  if (!existsSync(paths.dir)) {
    const attempts = state.attempts.map((each) => each.number).join(', ') || 'none';
    throw new Refusal('unknown-attempt', `${task} has no attempt ${attempt}`, {
      exit: EXIT.usage,
      hint: `its attempts: ${attempts}`,
    });
  }
  const files = { log: join(paths.dir, 'agent.log'), ...paths };
  const kind = options.raw ? 'transcript' : options.stderr ? 'stderr' : options.prompt ? 'prompt' : 'log';
  return { task, attempt, kind, file: files[kind] };
}

/** Whether the run that is there may still begin the task. */
function canStart({ state, alive }: FoundRun, task: string): boolean {
  return alive && state.selection.tasks.includes(task) && !isSettled(state.tasks.get(task)!.status);
}

function isRunning({ state, alive }: FoundRun, task: string, attempt: number): boolean {
  const { status } = state.tasks.get(task)!;
  return alive && status.is === 'running' && status.attempt === attempt;
}

async function print(context: CliContext, { file, kind }: Log, ended: Promise<void>): Promise<ExitCode> {
  const signal = AbortSignal.any([context.signal, ...(context.unread ? [context.unread] : [])]);
  // The transcript is given as it is; what is made to be read must not steer the terminal.
  const shown = (text: string) => (kind === 'transcript' ? text : plainText(text));
  for await (const line of tailLines(file, { ended, signal })) context.stdout.write(`${shown(line.text)}\n`);
  return EXIT.ok;
}

/** Looks twice a second: the end of an attempt is told by its journal, not by its log. */
function until(done: () => boolean, { signal, unread }: CliContext): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!done() && !signal.aborted && !unread?.aborted) return;
      clearInterval(timer);
      resolve();
    }, 500);
  });
}

async function document(context: CliContext, run: FoundRun, { file, ...log }: Log): Promise<ExitCode> {
  const lines: string[] = [];
  for await (const { text } of tailLines(file, { ended: Promise.resolve() })) lines.push(text);
  const answer = { v: 1, command: 'logs', ok: true, run: run.id, ...log, file, lines };
  context.stdout.write(`${JSON.stringify(answer)}\n`);
  return EXIT.ok;
}

function noDocument(): Refusal {
  return new Refusal('usage', '--json prints one document, which --follow would never end', {
    exit: EXIT.usage,
    hint: 'copse logs TASK --follow --raw, or copse status --watch --json for the events',
  });
}

function list(context: CliContext, run: FoundRun, { json }: Options): ExitCode {
  const { attempts: folder } = run.paths;
  const files = [...run.state.tasks].flatMap(([task, { attempts }]) =>
    attempts.map(({ number, result, failure }) => ({
      task,
      attempt: number,
      ended: result === null ? null : (failure?.code ?? result.outcome),
      file: join(folder, `${task}.${number}`, 'agent.log'),
    })),
  );
  if (json) {
    context.stdout.write(`${JSON.stringify({ v: 1, command: 'logs', ok: true, run: run.id, logs: files })}\n`);
    return EXIT.ok;
  }
  const rows = files.map(({ task, attempt, ended }) => [task, String(attempt), ended ?? 'running']);
  if (rows.length === 0) context.stdout.write(`${run.state.plan}: no agent has begun yet\n`);
  else for (const line of columns([['task', 'try', 'ended'], ...rows])) context.stdout.write(`${line}\n`);
  context.stdout.write(`all in ${folder}\nnext: copse logs TASK [-f] [--attempt N]\n`);
  return EXIT.ok;
}
