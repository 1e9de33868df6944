import { join, relative } from 'node:path';
import { maskFor } from '../../compose/mask.ts';
import { openProject, type Project } from '../../compose/project.ts';
import type { Git } from '../../git/git.ts';
import { branchExists, readRef } from '../../git/refs.ts';
import { landOnTarget, type TargetLanding } from '../../integrate/target.ts';
import { readFrozenPlan } from '../../journal/frozen-plan.ts';
import { openJournal } from '../../journal/write.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { buildReport, type Report } from '../../report/report.ts';
import { listed } from '../../run/describe.ts';
import { reduce } from '../../run/reduce.ts';
import type { RunState } from '../../run/state.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { systemClock } from '../../util/clock.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { asHeld, type FoundRun, findRun } from '../runs.ts';

interface Options {
  into?: string;
  partial?: boolean;
  json?: boolean;
}

export const integrate: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--into <branch>', 'the branch to land on; default: the one the run started from')
      .option('--partial', 'land what is integrated although tasks are missing')
      .addHelpText(
        'after',
        `
A checkout of the branch follows, if nothing in it can get lost; else nothing is
changed and the command to type is shown. The report goes to the plan folder:
integration-report.md.

Exit status: 0 landed · 2 usage · 4 a checkout waits for you ·
6 conflict, or not integrated · 7 environment`,
      );
  },

  async run(context, [name], options: Options) {
    const project = await openProject(context);
    const run = findRun(project.repository.commonDir, { name });
    checkReady(run, options);
    const target = options.into ?? run.state.target;
    const { git } = project.repository;
    if (target === null) throw await noTarget(git, run.state.plan);
    if (!(await branchExists(git, target))) throw noBranch(target, run.state.plan);
    return land(context, project, run, target, options);
  },
};

/** What stands in the way of landing the run as a whole. */
function checkReady({ state, alive }: FoundRun, { partial }: Options): void {
  const { plan, opened } = state;
  if (alive) {
    const by = opened ? ` by process ${opened.pid} on ${opened.host}` : '';
    throw new Refusal('run-held', `${plan} is still being run${by}`, {
      exit: EXIT.environment,
      hint: 'copse status --watch',
    });
  }
  const failed = [...state.waves.values()].find((wave) => wave.status.is === 'failed');
  if (failed) {
    throw new Refusal('validation-failed', `the validation of wave ${failed.number} failed on the merged tree`, {
      exit: EXIT.integration,
      hint: `mend it on ${state.integrationRef.replace('refs/heads/', '')}, then: copse resume ${plan}`,
    });
  }
  const missing = [...state.tasks.values()]
    .filter((task) => task.status.is !== 'integrated')
    .map((task) => task.seed.id);
  if (missing.length === state.tasks.size) {
    throw new Refusal('nothing-integrated', `no task of ${plan} is integrated`, {
      exit: EXIT.integration,
      hint: `copse status ${plan}`,
    });
  }
  if (missing.length > 0 && !partial) {
    const failed = [...state.tasks.values()].some(({ status }) => status.is === 'failed');
    const goOn = failed ? `copse run ${plan} --retry-failed` : `copse resume ${plan}`;
    throw new Refusal(
      'not-integrated',
      `${missing.length} of ${state.tasks.size} tasks of ${plan} are not integrated: ${listed(missing, 5)}`,
      {
        exit: EXIT.integration,
        hint: `${goOn}; or land the rest: copse integrate ${plan} --partial`,
        details: { missing },
      },
    );
  }
}

async function land(
  context: CliContext,
  project: Project,
  run: FoundRun,
  target: string,
  options: Options,
): Promise<ExitCode> {
  const { repository } = project;
  const { paths } = run;
  const journal = await openJournal({ dir: paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
  try {
    const held = asHeld(run, journal.past);
    checkReady(held, options);
    const { state } = held;
    const tip = (await readRef(repository.git, state.integrationRef)) ?? state.tip;
    const message = `Merge ${state.plan}: ${maskFor(context)(state.title)}\n\nCopse-Run: ${state.id}\n`;
    const source = state.integrationRef.replace('refs/heads/', '');
    const landing = await landOnTarget({
      repository,
      target,
      tip,
      message,
      source,
      outputs: outputsOf(project, state),
    });
    if (landing.landed) {
      reduce(
        state,
        journal.append({ type: 'target.landed', target, from: landing.from, to: landing.to, how: landing.how }),
      );
      await journal.flush();
    }
    if (!landing.landed && landing.why === 'no-branch') throw noBranch(target, state.plan);
    const report = buildReport(state, readFrozenPlan(paths), Date.now());
    const files = writeReport(context, state.planDir, report);
    if (options.json) {
      const document = { v: 1, command: 'integrate', ok: landing.landed, target, landing, report: files.json };
      context.stdout.write(`${JSON.stringify(document)}\n`);
    } else for (const line of describeLanding(landing, state, target, files.text)) context.stdout.write(`${line}\n`);
    return exitOf(landing);
  } finally {
    await journal.close();
  }
}

interface ReportFiles {
  json: string | null;
  text: string | null;
}

/** Writes both forms of the report into the plan folder; a folder that takes none is told, for what has landed has landed. */
function writeReport(context: CliContext, folder: string, report: Report): ReportFiles {
  const files = { json: join(folder, 'report.json'), text: join(folder, 'integration-report.md') };
  try {
    const mask = maskFor(context);
    writeFileAtomic(files.json, mask(`${JSON.stringify(report, null, 2)}\n`));
    writeFileAtomic(files.text, mask(renderMarkdown(report)));
    return files;
  } catch (error) {
    context.stderr.write(`copse: the report was not written: ${(error as Error).message}\n`);
    return { json: null, text: null };
  }
}

/** What a run and this command write into the plan folder; a change of these is no dirt in a checkout. */
function outputsOf({ repository }: Project, { planDir }: RunState): string[] {
  const inside = relative(repository.root, planDir);
  if (inside.startsWith('..')) return [];
  return ['logs', 'report.json', 'integration-report.md'].map((name) => join(inside, name));
}

async function noTarget(git: Git, plan: string): Promise<Refusal> {
  const usual = (await branchExists(git, 'main')) ? 'main' : 'BRANCH';
  return new Refusal('no-target', 'the run started from a detached HEAD, so there is no branch to land on', {
    exit: EXIT.usage,
    hint: `copse integrate ${plan} --into ${usual}`,
  });
}

function noBranch(target: string, plan: string): Refusal {
  return new Refusal('no-branch', `there is no branch ${target} to land on`, {
    exit: EXIT.usage,
    hint: `git branch ${target} BASE, or copse integrate ${plan} --into ANOTHER`,
  });
}

function exitOf(landing: TargetLanding): ExitCode {
  if (landing.landed) return EXIT.ok;
  switch (landing.why) {
    case 'no-branch':
      return EXIT.usage;
    case 'conflict':
    case 'moved':
      return EXIT.integration;
    default:
      return EXIT.waitsForPerson;
  }
}

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
