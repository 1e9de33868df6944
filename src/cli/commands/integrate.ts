import { Option } from 'commander';
import { TECHS } from '../../check/spec.ts';
import { integrateRun } from '../../compose/integrate.ts';
import { exitOfLanding, type IntegrateOptions } from '../../compose/landing.ts';
import { openProject, type Project } from '../../compose/project.ts';
import { type FoundRun, findRun } from '../../compose/runs.ts';
import { exitOfUndo, undoLanding } from '../../compose/undo.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import { askForMerge } from '../ask-for-merge.ts';
import { landBranches } from '../branches.ts';
import { resolveByHand } from '../by-hand.ts';
import type { CommandModule } from '../command.ts';
import { type CliContext, narrating } from '../context.ts';
import { answer, checking, tellOutcome } from '../integrate-answer.ts';
import { checkUsage, type IntegrateFlags, withStyle } from '../integrate-usage.ts';
import { describeLanding } from '../render/landing.ts';
import { describeUndo } from '../render/undo.ts';

export const integrate: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--into <branch>', 'the branch to land on; default: the one the run started from')
      .option('--squash', 'one commit with all of it')
      .option('--merge', 'a merge commit, also where a fast-forward is possible')
      .option('--rebase', 'the commits of the tasks in a line, without merges')
      .option('--continue', 'lay out a conflict for you to resolve, and land it once you have')
      .option('--abort', 'put such a conflict away; what stood there is kept')
      .option('--branches <glob>', 'land branches made elsewhere instead; may be repeated', more)
      .option('--report <file>', 'of --branches: write the report there')
      .option('--pr', 'push the integration branch and open a pull request instead')
      .option('--remote <name>', 'of --pr: where to; default: where the branch comes from')
      .option('--undo', 'put the branch back to where it was before the last landing')
      .option('--dry-run', 'say what would land; changes nothing, runs no check')
      .option('--partial', 'land what is integrated although tasks are missing')
      .option('--no-contracts', 'land it although contracts are broken')
      .addOption(
        new Option(
          '--checks <mode>',
          'run the tests, type checks and linters of the project on what is to land (default: run)',
        ).choices(['run', 'skip']),
      )
      .addOption(new Option('--tech <name>', 'checks of this tech only; default: all that is found').choices(TECHS))
      .addHelpText(
        'after',
        `
A checkout of the branch follows, if nothing in it can get lost; else nothing is
changed and the command to type is shown. The report goes to the plan folder:
integration-report.md, report.json, logs/report.html; its manifest says that
the plan is integrated.

A conflict, of a task or with the branch: --continue makes a worktree in which
git stands in the middle of the merge. Resolve it there, git add, and type
--continue again: it lands, and the next conflict is laid out.

A check that fails is run on the base of the run, too: what fails there as well
blames nobody. A new failure stops the landing; nothing is changed then.

  copse integrate --branches 'feature/task-*'
  copse integrate TS-0042 --branches 'feature/task-*' --into main --partial

merge and verify branches that were made without a run: all of them or none,
with --partial those that merge and pass. A plan holds each to the scope and the
contracts of the task whose id is in its name.

--pr moves nothing here: it pushes the integration branch and opens a pull
request with the report through gh or glab. --undo takes the last landing back,
as long as nothing came on top of it.

Exit status: 0 landed · 1 some branches were left out (--partial) · 2 usage ·
4 a checkout, a conflict or a pull request waits for you · 6 conflict, a
contract broken, a new failure, not integrated, rejected, or not to be undone ·
7 environment`,
      );
  },

  async run(context, [name], flags: IntegrateFlags & IntegrateOptions) {
    checkUsage(flags);
    const project = await openProject(context);
    const { branches } = flags;
    if (branches) return landBranches(context, project, name, { ...flags, branches });
    const run = findRun(project.repository.commonDir, { name });
    if (flags.continue || flags.abort) return resolveByHand(context, project, run, flags);
    if (flags.pr) return askForMerge(context, project, run, flags);
    return flags.undo ? undo(context, project, run, flags) : land(context, project, run, flags);
  },
};

const more = (glob: string, globs: string[] = []) => [...globs, glob];

async function land(
  context: CliContext,
  project: Project,
  run: FoundRun,
  flags: IntegrateFlags & IntegrateOptions,
): Promise<ExitCode> {
  const landed = await integrateRun(checking(context), project, run, withStyle(flags));
  tellOutcome(context, landed);
  const { landing, target, checks, state, files } = landed;
  const exit = exitOfLanding(landing);
  answer(context, flags, {
    document: { ok: exit === EXIT.ok, target, landing, checks, report: files.json },
    lines: describeLanding(landing, { state, target, report: files.text }),
  });
  return exit;
}

async function undo(context: CliContext, project: Project, run: FoundRun, flags: IntegrateFlags): Promise<ExitCode> {
  const undone = await undoLanding(narrating(context), project, run, { dryRun: flags.dryRun === true });
  const { landing, taken, pushed, restored } = undone;
  const { target, from, to } = landing;
  const exit = exitOfUndo(taken);
  answer(context, flags, {
    document: { ok: exit === EXIT.ok, undo: { target, from: to, to: from, ...taken, pushed, restored } },
    lines: describeUndo(undone),
  });
  return exit;
}
