import { Option } from 'commander';
import { TECHS } from '../../check/spec.ts';
import { exitOfLanding, integrateRun } from '../../compose/integrate.ts';
import type { IntegrateOptions } from '../../compose/landing.ts';
import { openProject } from '../../compose/project.ts';
import { tellGitHub } from '../../compose/report.ts';
import { findRun } from '../../compose/runs.ts';
import type { TargetLanding } from '../../integrate/target.ts';
import type { RunState } from '../../run/state.ts';
import type { CommandModule } from '../command.ts';
import { narrating } from '../context.ts';
import { checkLines } from '../render/checks.ts';

interface Options extends IntegrateOptions {
  json?: boolean;
}

export const integrate: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--into <branch>', 'the branch to land on; default: the one the run started from')
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

  async run(context, [name], options: Options) {
    const project = await openProject(context);
    const run = findRun(project.repository.commonDir, { name });
    const narrate = (line: string) => context.stderr.write(`check: ${line}\n`);
    const surroundings = { ...narrating(context), narrate };
    const landed = await integrateRun(surroundings, project, run, options);
    const { landing, target, checks, state, report, files } = landed;
    for (const line of checkLines(checks)) context.stderr.write(`${line}\n`);
    context.stderr.write(tellGitHub(surroundings, report));
    if (options.json) {
      const document = { v: 1, command: 'integrate', ok: landing.landed, target, landing, checks, report: files.json };
      context.stdout.write(`${JSON.stringify(document)}\n`);
    } else for (const line of describeLanding(landing, state, target, files.text)) context.stdout.write(`${line}\n`);
    return exitOfLanding(landing);
  },
};

function describeLanding(landing: TargetLanding, state: RunState, target: string, report: string | null): string[] {
  const written = report === null ? [] : [`report: ${report}`];
  if (landing.landed) {
    const where = landing.checkout ? `, checked out in ${landing.checkout}` : '';
    const what =
      landing.from === landing.to
        ? `${target} has everything of ${state.plan} already`
        : `${state.plan} landed on ${target} (${landing.how}, ${landing.from.slice(0, 9)} → ${landing.to.slice(0, 9)}${where})`;
    return [what, ...written, `next: copse clean ${state.plan}`];
  }
  const nothing = 'nothing was changed';
  switch (landing.why) {
    case 'refused':
      return [
        `checks fail on the merged tree that the base passes; ${nothing}`,
        ...written,
        `next: mend it on ${state.integrationRef.replace('refs/heads/', '')} and commit, then copse integrate ${state.plan}; or land it as it is: copse integrate ${state.plan} --checks skip`,
      ];
    case 'no-branch':
      return [`there is no branch ${target}`];
    case 'moved':
      return [
        `${target} was moved by someone else meanwhile; ${nothing}`,
        ...written,
        `next: copse integrate ${state.plan}`,
      ];
    case 'conflict':
      return [
        `${state.plan} conflicts with what ${target} has got since; ${nothing}`,
        ...landing.paths.map((path) => `  ✗ ${path}`),
        ...written,
        `next: resolve it in your checkout: ${landing.command}; commit, then copse integrate ${state.plan}`,
      ];
    default:
      return [
        `${target} is checked out in ${landing.checkout}, ${WHY[landing.why]}; ${nothing}`,
        ...landing.paths.slice(0, 10).map((path) => `  ✗ ${path}`),
        ...landing.messages.map((message) => `  ${message}`),
        ...written,
        `next: put that right, then copse integrate ${state.plan}; or by hand: ${landing.command}`,
      ];
  }
}

const WHY = {
  dirty: 'where these files have uncommitted changes',
  untracked: 'where these files are in no commit and would be overwritten',
  busy: 'where git is in the middle of something',
  failed: 'where git could not write the files',
} as const;
