import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attemptPaths } from '../../journal/store.ts';
import { tailLines } from '../../process/tail.ts';
import { lastAttempt } from '../../run/state.ts';
import { resolveTask } from '../../schedule/select.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { openProject } from '../project.ts';
import { type FoundRun, findRun, readRun } from '../runs.ts';

interface Options {
  follow?: boolean;
  raw?: boolean;
  stderr?: boolean;
  prompt?: boolean;
  attempt?: string;
  run?: string;
  json?: boolean;
}

export const logs: CommandModule = {
  define(command) {
    command
      .argument('[task]', 'a task, or the beginning of its id; without one the logs are listed')
      .option('-f, --follow', 'go on as the agent writes')
      .option('--attempt <n>', 'an earlier attempt; default: the latest')
      .option('--raw', 'the transcript as the agent wrote it')
      .option('--stderr', "the agent's stderr")
      .option('--prompt', 'the prompt it was given')
      .option('--run <run>', 'a plan or a run id; default: the latest run');
  },

  async run(context, [task], options: Options) {
    const { repository } = await openProject(context);
    const run = findRun(repository.commonDir, { name: options.run });
    if (task === undefined) return list(context, run, options);
    const id = resolveTask([...run.state.tasks.keys()], task, 'logs');
    const file = fileOf(repository.commonDir, run, id, options);
    return print(context, file, () => isRunning(repository.commonDir, run.id, id), options.follow === true);
  },
};

function fileOf(commonDir: string, run: FoundRun, task: string, options: Options): string {
  const state = run.state.tasks.get(task)!;
  const number = options.attempt === undefined ? lastAttempt(state)?.number : Number(options.attempt);
  if (number === undefined) {
    throw new Refusal('not-started', `${task} has not started yet, so it has no log`, {
      exit: EXIT.usage,
      hint: 'copse status',
    });
  }
  const paths = attemptPaths(commonDir, run.id, task, number);
  if (!existsSync(paths.dir)) {
    const attempts = state.attempts.map((attempt) => attempt.number).join(', ') || 'none';
    throw new Refusal('unknown-attempt', `${task} has no attempt ${options.attempt}`, {
      exit: EXIT.usage,
      hint: `its attempts: ${attempts}`,
    });
  }
  if (options.raw) return paths.transcript;
  if (options.stderr) return paths.stderr;
  return options.prompt ? paths.prompt : join(paths.dir, 'agent.log');
}

function isRunning(commonDir: string, run: string, task: string): boolean {
  const { state, alive } = readRun(commonDir, run);
  return alive && state.tasks.get(task)!.status.is === 'running';
}

async function print(context: CliContext, file: string, running: () => boolean, follow: boolean): Promise<ExitCode> {
  const ended = follow && running() ? until(() => !running(), context.signal) : Promise.resolve();
  for await (const line of tailLines(file, { ended, signal: context.signal })) context.stdout.write(`${line.text}\n`);
  return EXIT.ok;
}

/** Looks twice a second: the end of an attempt is told by its journal, not by its log. */
function until(done: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => (done() || signal.aborted) && end(), 500);
    const end = () => {
      clearInterval(timer);
      resolve();
    };
  });
}

function list(context: CliContext, run: FoundRun, { json }: Options): ExitCode {
  const names = existsSync(run.paths.attempts) ? readdirSync(run.paths.attempts).sort() : [];
  const files = names.map((name) => ({ attempt: name, file: join(run.paths.attempts, name, 'agent.log') }));
  if (json) context.stdout.write(`${JSON.stringify({ v: 1, command: 'logs', ok: true, run: run.id, logs: files })}\n`);
  else {
    for (const { attempt, file } of files) context.stdout.write(`${attempt}  ${file}\n`);
    context.stdout.write('next: copse logs TASK [-f] [--attempt N]\n');
  }
  return EXIT.ok;
}
