import { Option } from 'commander';
import { TECHS } from '../../check/spec.ts';
import { integrateRun } from '../../compose/integrate.ts';
import { exitOfLanding, type IntegrateOptions } from '../../compose/landing.ts';
import { openProject } from '../../compose/project.ts';
import { tellGitHub } from '../../compose/report.ts';
import { findRun } from '../../compose/runs.ts';
import type { LandingStyle } from '../../run/event.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import { narrating } from '../context.ts';
import { checkLines } from '../render/checks.ts';
import { describeLanding } from '../render/landing.ts';

interface Options extends Omit<IntegrateOptions, 'style'> {
  json?: boolean;
  squash?: boolean;
  merge?: boolean;
  rebase?: boolean;
}

export const integrate: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--into <branch>', 'the branch to land on; default: the one the run started from')
      .option('--squash', 'one commit with all of it')
      .option('--merge', 'a merge commit, also where a fast-forward is possible')
      .option('--rebase', 'the commits of the tasks in a line, without merges')
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

A check that fails is run on the base of the run, too: what fails there as well
blames nobody. A new failure stops the landing; nothing is changed then.

Exit status: 0 landed · 2 usage · 4 a checkout waits for you ·
6 conflict, a contract broken, a new failure, or not integrated ·
7 environment`,
      );
  },

  async run(context, [name], { squash, merge, rebase, ...options }: Options) {
    const style = styleOf({ squash, merge, rebase });
    const project = await openProject(context);
    const run = findRun(project.repository.commonDir, { name });
    const narrate = (line: string) => context.stderr.write(`check: ${line}\n`);
    const surroundings = { ...narrating(context), narrate };
    const landed = await integrateRun(surroundings, project, run, { ...options, ...(style && { style }) });
    const { landing, target, checks, state, report, files } = landed;
    for (const line of checkLines(checks)) context.stderr.write(`${line}\n`);
    context.stderr.write(tellGitHub(surroundings, report));
    if (options.json) {
      const document = { v: 1, command: 'integrate', ok: landing.landed, target, landing, checks, report: files.json };
      context.stdout.write(`${JSON.stringify(document)}\n`);
    } else
      for (const line of describeLanding(landing, { state, target, report: files.text }))
        context.stdout.write(`${line}\n`);
    return exitOfLanding(landing);
  },
};

function styleOf(flags: Partial<Record<LandingStyle, boolean | undefined>>): LandingStyle | undefined {
  const given = (Object.keys(flags) as LandingStyle[]).filter((style) => flags[style]);
  if (given.length > 1) {
    throw new Refusal('usage', `${given.map((style) => `--${style}`).join(' and ')} are two histories: choose one`, {
      exit: EXIT.usage,
      hint: `copse integrate --${given[0]}`,
    });
  }
  return given[0];
}
