import { openRun } from '../../compose/open-run.ts';
import { openProject } from '../../compose/project.ts';
import { readPlan } from '../../compose/read-plan.ts';
import type { CommandModule } from '../command.ts';
import { narrating } from '../context.ts';
import { execute } from '../execute.ts';
import {
  addLimitOptions,
  addSelectOptions,
  patternOption,
  progressOption,
  type RunOptions,
  sandboxOption,
} from '../run-options.ts';
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
      .addOption(patternOption())
      .addOption(sandboxOption())
      .option('--dry-run', 'show the schedule and change nothing')
      .option('--honor-blocks', '`blocks` that no `deps` mirrors count as dependencies')
      .option('--fresh-prompts', 'generate the prompts anew, whatever prompts/ holds')
      .addOption(progressOption())
      .addHelpText(
        'after',
        `
A task starts as soon as its dependencies are integrated. Your checkout is not
touched: agents work in worktrees of their own, and their work lands on the
branch copse/<plan>. Ctrl-C asks the agents to end, a second one ends them at
once; copse resume goes on. With --json every event of the run is one line.

Exit status: 0 all integrated · 1 a task failed · 2 usage · 3 plan not valid ·
4 something waits for you · 5 budget reached · 6 a validation failed,
a conflict, a broken contract · 7 environment · 130/143 stopped

Examples:
  copse run                        the only plan in parallel/
  copse run TS-0042 --dry-run      what would happen, and when
  copse run TS-0042 --wave 1       the first wave alone
  copse run TS-0042 --retry-failed what failed, once more`,
      );
  },

  async run(context, [plan], options: Options) {
    const project = await openProject(context);
    if (options.dryRun) return showSchedule(context, project, plan, { ...options, command: 'run' });
    const surroundings = narrating(context);
    const read = readPlan(context, project, plan, { ...options, command: 'run' });
    const opened = await openRun(surroundings, project, read, options);
    return execute(context, project, opened, options);
  },
};
