import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { abortByHand, continueByHand } from '../compose/by-hand.ts';
import type { HandStep } from '../compose/by-hand-step.ts';
import { exitOfLanding, type IntegrateOptions } from '../compose/landing.ts';
import type { Project } from '../compose/project.ts';
import type { FoundRun } from '../compose/runs.ts';
import { quoted } from '../compose/typed.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import { type CliContext, narrating } from './context.ts';
import { type IntegrateFlags, styleOf } from './integrate-usage.ts';
import { abortLines, handLines } from './render/by-hand.ts';
import { checkLines } from './render/checks.ts';

/** `integrate --continue` and `--abort`: a person resolves what conflicts. */
export async function resolveByHand(
  context: CliContext,
  project: Project,
  run: FoundRun,
  flags: IntegrateFlags & IntegrateOptions,
): Promise<ExitCode> {
  const { json, abort } = flags;
  const style = styleOf(flags);
  const surroundings = { ...narrating(context), narrate: (line: string) => context.stderr.write(`check: ${line}\n`) };
  const print = (document: object, lines: string[]) => {
    if (json) context.stdout.write(`${JSON.stringify({ v: 1, command: 'integrate', ...document })}\n`);
    else for (const line of lines) context.stdout.write(`${line}\n`);
  };
  if (abort) {
    const { state, ...put } = await abortByHand(surroundings, project, run);
    print({ ok: true, aborted: put.standing, kept: put.kept }, abortLines({ ...put, state }));
    return EXIT.ok;
  }
  const { path, steps, state } = await continueByHand(surroundings, project, run, {
    ...flags,
    ...(style && { style }),
  });
  for (const step of steps) {
    if (step.is !== 'landing') continue;
    for (const line of checkLines(step.landing.checks)) context.stderr.write(`${line}\n`);
  }
  const exit = exitOfSteps(steps);
  if (!existsSync(context.cwd))
    context.stderr.write(`copse: you stand in a folder that is gone: cd ${quoted(mainOf(project))}\n`);
  print({ ok: exit === EXIT.ok, worktree: path, steps: steps.map(documentOf) }, handLines(steps, { path, state }));
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
