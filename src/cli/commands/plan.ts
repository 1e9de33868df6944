import { knownDurations } from '../../compose/durations.ts';
import { openProject, type Project } from '../../compose/project.ts';
import { readPlan } from '../../compose/read-plan.ts';
import { selectionOf, settingsOf } from '../../compose/settings.ts';
import { placeOf, workspacesRoot } from '../../compose/workspaces.ts';
import { createdEvent, scheduleOf } from '../../engine/create.ts';
import { integrationRefOf } from '../../engine/open.ts';
import { predict } from '../../engine/predict.ts';
import { treeSize } from '../../git/tree-size.ts';
import { diskAt } from '../../machine/probe.ts';
import type { RunEvent } from '../../run/event.ts';
import { reduce } from '../../run/reduce.ts';
import { fold, type RunState } from '../../run/state.ts';
import { select } from '../../schedule/select.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { scheduleLines } from '../render/schedule.ts';
import { addLimitOptions, addSelectOptions, patternOption, type RunOptions } from '../run-options.ts';

export const plan: CommandModule = {
  define(command) {
    command.argument(
      '[plan]',
      'folder of the plan, or the beginning of its name; default: the only one under parallel/',
    );
    addLimitOptions(addSelectOptions(command))
      .addOption(patternOption())
      .option('--honor-blocks', '`blocks` that no `deps` mirrors count as dependencies');
  },

  async run(context, [name], options: RunOptions & { json?: boolean }) {
    return showSchedule(context, await openProject(context), name, { ...options, command: 'plan' });
  },
};

/** What a run of the plan would do, by the real scheduler with a fake clock. Changes nothing. */
export async function showSchedule(
  context: CliContext,
  project: Project,
  name: string | undefined,
  options: RunOptions & { json?: boolean; command: string },
): Promise<ExitCode> {
  const { repository, config } = project;
  const { plan: read, dir } = readPlan(context, project, name, options);
  const settings = settingsOf(config, options);
  const known = knownDurations(repository.commonDir, read.name);
  const created = createdEvent({
    plan: read,
    planDir: dir,
    base: repository.head.oid,
    target: repository.head.branch,
    integrationRef: integrationRefOf(read.name),
    settings,
  });
  // A dry run of a later wave supposes that the earlier ones are in.
  const { wave } = options;
  const integrated = read.tasks.filter((task) => wave !== undefined && task.wave < wave).map((task) => task.id);
  const selection = select(stateWith(created, integrated), selectionOf(options));
  const prediction = predict({
    plan: read,
    schedule: scheduleOf(read, settings.barrier, (task) => known(task) ?? 1),
    created,
    select: selection.tasks,
    skip: selection.skip,
    integrated,
    known,
    place: (task) => placeOf(project, read.name, { task, pattern: settings.pattern }),
  });
  const root = workspacesRoot(project, read.name);
  const disk = {
    tree: await treeSize(repository.git, repository.head.oid),
    worktrees: settings.pattern === 'worktree' ? prediction.tasks.length + 1 : 1,
    free: diskAt(root)?.free ?? null,
  };
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ v: 1, command: 'plan', ok: true, ...prediction, settings, disk })}\n`);
    return EXIT.ok;
  }
  const { isTTY, columns } = context.stdout;
  for (const line of scheduleLines({ ...prediction, pattern: settings.pattern }, disk, isTTY ? columns : 160))
    context.stdout.write(`${line}\n`);
  context.stdout.write(`next: copse run ${read.name}\n`);
  return EXIT.ok;
}

function stateWith(created: ReturnType<typeof createdEvent>, integrated: string[]): RunState {
  const stamp = { v: 1 as const, at: 0, run: '' };
  const done = integrated.map(
    (task, at): RunEvent => ({
      ...stamp,
      seq: at + 2,
      type: 'task.integrated',
      task,
      attempt: 0,
      head: '',
      commit: '',
      commits: 0,
    }),
  );
  return fold([{ ...stamp, seq: 1, ...created }, ...done], reduce);
}
