import type { CommandModule } from '../command.ts';
import { execute } from '../execute.ts';
import { openRun } from '../open-run.ts';
import { openProject } from '../project.ts';
import { addLimitOptions, addSelectOptions, progressOption, type RunOptions } from '../run-options.ts';
import { showSchedule } from './plan.ts';

interface Options extends RunOptions {
  dryRun?: boolean;
  progress?: 'auto' | 'plain' | 'live';
  json?: boolean;
}

export const run: CommandModule = {
  define(command) {
    command.argument(
      '[plan]',
      'folder of the plan, or the beginning of its name; default: the only one under parallel/',
    );
    addLimitOptions(addSelectOptions(command))
      .option('--dry-run', 'show the schedule and change nothing')
      .option('--honor-blocks', '`blocks` that no `deps` mirrors count as dependencies')
      .option('--fresh-prompts', 'generate the prompts anew, whatever prompts/ holds')
      .addOption(progressOption());
  },

  async run(context, [plan], options: Options) {
    const project = await openProject(context);
    if (options.dryRun) return showSchedule(context, project, plan, { ...options, command: 'run' });
    const opened = await openRun(context, project, plan, options);
    return execute(context, project, opened, options);
  },
};
