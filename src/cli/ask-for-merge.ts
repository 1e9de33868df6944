import type { IntegrateOptions } from '../compose/landing.ts';
import type { Project } from '../compose/project.ts';
import { requestPull } from '../compose/pull-request.ts';
import { exitOfRequest } from '../compose/requested.ts';
import type { FoundRun } from '../compose/runs.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { answer, checking, tellOutcome } from './integrate-answer.ts';
import type { IntegrateFlags } from './integrate-usage.ts';
import { describeRequest } from './render/pull-request.ts';

/** `integrate --pr`: pushes what would land, and asks the forge for the merge. */
export async function askForMerge(
  context: CliContext,
  project: Project,
  run: FoundRun,
  flags: IntegrateFlags & IntegrateOptions,
): Promise<ExitCode> {
  const result = await requestPull(checking(context), project, run, flags);
  tellOutcome(context, result);
  const { requested, remote, branch, base, commit, checks, files } = result;
  const exit = exitOfRequest(requested);
  const names = { remote, branch, base, commit };
  answer(context, flags, {
    document: { ok: exit === EXIT.ok, pullRequest: requested, ...names, checks, report: files.json },
    lines: describeRequest(result),
  });
  return exit;
}
