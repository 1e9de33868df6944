import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { abortByHand, continueByHand } from '../compose/by-hand.ts';
import type { HandStep } from '../compose/by-hand-step.ts';
import { exitOfLanding, type IntegrateOptions } from '../compose/landing.ts';
import type { Project } from '../compose/project.ts';
import type { FoundRun } from '../compose/runs.ts';
import { quoted } from '../compose/typed.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { answer, checking, tellChecks } from './integrate-answer.ts';
import { type IntegrateFlags, withStyle } from './integrate-usage.ts';
import { abortLines, handLines } from './render/by-hand.ts';

/** `integrate --continue` and `--abort`: a person resolves what conflicts. */
export async function resolveByHand(
  context: CliContext,
  project: Project,
  run: FoundRun,
  flags: IntegrateFlags & IntegrateOptions,
): Promise<ExitCode> {
  if (flags.abort) {
    const put = await abortByHand(checking(context), project, run);
    answer(context, flags, {
      document: { ok: true, aborted: put.standing, kept: put.kept },
      lines: abortLines(put),
    });
    return EXIT.ok;
  }
  const { path, steps, state } = await continueByHand(checking(context), project, run, withStyle(flags));
  for (const step of steps) if (step.is === 'landing') tellChecks(context, step.landing.checks);
  const exit = exitOfSteps(steps);
  if (!existsSync(context.cwd))
    context.stderr.write(`copse: you stand in a folder that is gone: cd ${quoted(mainOf(project))}\n`);
  answer(context, flags, {
    document: { ok: exit === EXIT.ok, worktree: path, steps: steps.map(documentOf) },
    lines: handLines(steps, { path, state }),
  });
  return exit;
}

/** The main checkout, whatever worktree this is typed in. */
const mainOf = ({ repository: { commonDir } }: Project) => dirname(commonDir);

function documentOf(step: HandStep): object {
  if (step.is !== 'landing') return step;
  const { target, landing, checks, files } = step.landing;
  return { is: step.is, target, landing, checks, report: files.json, kept: step.kept };
}

function exitOfSteps(steps: readonly HandStep[]): ExitCode {
  const last = steps.at(-1);
  if (last?.is === 'landing') return exitOfLanding(last.landing.landing);
  return last?.is === 'integrated' ? EXIT.ok : EXIT.waitsForPerson;
}
