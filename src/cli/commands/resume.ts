import { resumeRun } from '../../compose/open-run.ts';
import { openProject } from '../../compose/project.ts';
import { findRun } from '../../compose/runs.ts';
import { nextCommand } from '../../run/next.ts';
import { EXIT } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import { narrating } from '../context.ts';
import { execute } from '../execute.ts';
import { addLimitOptions, addSelectOptions, progressOption, type RunOptions } from '../run-options.ts';

interface Options extends RunOptions {
  progress?: 'auto' | 'plain' | 'live';
  json?: boolean;
}

export const resume: CommandModule = {
  define(command) {
    command.argument('[run]', 'a plan or a run id; default: the latest run');
    addLimitOptions(addSelectOptions(command))
      .option(
        '--grant <task:path>',
        'let a task write this besides its scope, as 003:src/a.ts; only 003: all that it asks for',
        (value: string, before: string[] = []) => [...before, value],
      )
      .option('--now', 'try accounts that are parked by a usage limit at once')
      .addOption(progressOption())
      .addHelpText(
        'after',
        `
A run that waits for a usage limit goes on waiting for it. One that has reached
its budget goes on with a higher one: copse resume TS-0042 --max-cost 40
A task that asks for more than its scope: copse resume TS-0042 --grant 003`,
      );
  },

  async run(context, [name], options: Options) {
    const project = await openProject(context);
    const found = findRun(project.repository.commonDir, { name });
    const { state } = found;
    const done = state.phase === 'abandoned' || (state.phase === 'finished' && state.outcome === 'integrated');
    if (done) {
      context.stderr.write(
        `${state.plan}: ${state.phase === 'abandoned' ? 'given up' : 'all tasks are integrated'}, nothing to go on with\n`,
      );
      context.stderr.write(`${nextCommand(state, false)}\n`);
      return EXIT.ok;
    }
    return execute(context, project, await resumeRun(narrating(context), project, found, options), options);
  },
};
