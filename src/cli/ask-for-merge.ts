import type { IntegrateOptions } from '../compose/landing.ts';
import type { Project } from '../compose/project.ts';
import { requestPull } from '../compose/pull-request.ts';
import { tellGitHub } from '../compose/report.ts';
import { exitOfRequest } from '../compose/requested.ts';
import type { FoundRun } from '../compose/runs.ts';
import type { ExitCode } from '../util/refusal.ts';
import { type CliContext, narrating } from './context.ts';
import type { IntegrateFlags } from './integrate-usage.ts';
import { checkLines } from './render/checks.ts';
import { describeRequest } from './render/pull-request.ts';

/** `integrate --pr`: pushes what would land, and asks the forge for the merge. */
export async function askForMerge(
  context: CliContext,
  project: Project,
  run: FoundRun,
  flags: IntegrateFlags & IntegrateOptions,
): Promise<ExitCode> {
  const narrate = (line: string) => context.stderr.write(`check: ${line}\n`);
  const surroundings = { ...narrating(context), narrate };
  const result = await requestPull(surroundings, project, run, flags);
  for (const line of checkLines(result.checks)) context.stderr.write(`${line}\n`);
  context.stderr.write(tellGitHub(surroundings, result.report));
  const exit = exitOfRequest(result.requested);
  if (flags.json) {
    const { requested, remote, branch, base, commit, checks, files } = result;
    const document = {
      v: 1,
      command: 'integrate',
      ok: exit === 0,
      pullRequest: requested,
      remote,
      branch,
      base,
      commit,
      checks,
    };
    context.stdout.write(`${JSON.stringify({ ...document, report: files.json })}\n`);
  } else for (const line of describeRequest(result)) context.stdout.write(`${line}\n`);
  return exit;
}
