import { outlineWithAdvice } from '../../compose/advice.ts';
import { checksOfCheckout } from '../../compose/detect-checks.ts';
import { checkoutSize } from '../../compose/disk.ts';
import { openProject, type Project } from '../../compose/project.ts';
import { readPlan } from '../../compose/read-plan.ts';
import { leavesToAuto } from '../../compose/settings.ts';
import { placesIn, workspacesRoot } from '../../compose/workspaces.ts';
import { predict } from '../../engine/predict.ts';
import { treeSize } from '../../git/tree-size.ts';
import { diskAt } from '../../machine/probe.ts';
import type { Advice } from '../../run/advice.ts';
import type { RunSettings } from '../../run/event.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { adviceLines } from '../render/advice.ts';
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
  const measured = treeSize(repository.git, repository.head.oid); // git does that while the plan is read
  measured.catch(() => undefined); // a plan that cannot be read is said first
  const found = readPlan(context, project, name, options);
  const { plan: read } = found;
  const tree = await measured;
  const advised = options.command === 'plan' || leavesToAuto(config, read, options);
  const { outline, advice } = await outlineWithAdvice(context, project, found, {
    options,
    tree: advised ? tree : null,
  });
  const { settings } = outline.created;
  const prediction = predict({ ...outline, place: placesIn(project, read.name, settings.pattern) });
  const gate = settings.gate === 'checks' ? await checksOfCheckout(project) : null;
  const root = workspacesRoot(project, read.name);
  const disk = {
    tree: checkoutSize(tree),
    worktrees: settings.pattern === 'worktree' ? prediction.tasks.length + 1 : 1,
    free: diskAt(root)?.free ?? null,
  };
  if (options.json) {
    const answer = { v: 1, command: 'plan', ok: true, ...prediction, settings, gate, disk, ...(advice && { advice }) };
    context.stdout.write(`${JSON.stringify(answer)}\n`);
    return EXIT.ok;
  }
  const { isTTY, columns } = context.stdout;
  const width = isTTY ? columns : 160;
  const lines = scheduleLines({ ...prediction, pattern: settings.pattern, gate }, disk, width);
  if (advice) lines.push('', ...adviceLines(advice, width), '');
  for (const line of lines) context.stdout.write(`${line}\n`);
  context.stdout.write(`next: copse run ${read.name}${optionsFor(advice, settings)}\n`);
  return EXIT.ok;
}

/** What takes the advice, where the settings differ from it. */
function optionsFor(advice: Advice | null, { pattern, maxConcurrent }: RunSettings): string {
  if (advice === null) return '';
  const { count, limit } = advice.agents;
  const helps = count > maxConcurrent || (count < maxConcurrent && limit !== 'plan');
  return `${pattern === advice.pattern ? '' : ' --pattern auto'}${helps ? ' --max-concurrent auto' : ''}`;
}
