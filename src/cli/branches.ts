import { integrateBranches } from '../compose/branches/integrate.ts';
import { type BranchesLanding, exitOfBranches } from '../compose/branches/landing.ts';
import { idOf } from '../compose/branches/state.ts';
import type { Project } from '../compose/project.ts';
import { tellGitHub } from '../compose/report.ts';
import type { ExitCode } from '../util/refusal.ts';
import { type CliContext, narrating } from './context.ts';
import { type IntegrateFlags, styleOf } from './integrate-usage.ts';
import { describeBranches } from './render/branches.ts';
import { checkLines } from './render/checks.ts';

/** `integrate --branches`: lands branches that were made elsewhere. */
export async function landBranches(
  context: CliContext,
  project: Project,
  plan: string | undefined,
  flags: IntegrateFlags & { branches: string[] },
): Promise<ExitCode> {
  const { branches: globs, into, partial, contracts, checks, tech, dryRun, report } = flags;
  const narrate = (line: string) => context.stderr.write(`check: ${line}\n`);
  const surroundings = { ...narrating(context), narrate };
  const style = styleOf(flags) ?? project.config.integrate.style;
  const options = { globs, plan, into, style, partial, contracts, checks, tech, dryRun, report };
  const landed = await integrateBranches(surroundings, project, options);
  for (const line of checkLines(landed.checks)) context.stderr.write(`${line}\n`);
  context.stderr.write(tellGitHub(surroundings, landed.report));
  const exit = exitOfBranches(landed);
  if (flags.json) context.stdout.write(`${JSON.stringify(documentOf(landed, exit))}\n`);
  else for (const line of describeBranches(landed, commandOf(plan, globs))) context.stdout.write(`${line}\n`);
  return exit;
}

function documentOf({ target, rows, landing, stopped, checks, report, files }: BranchesLanding, exit: ExitCode) {
  const branches = rows.map(({ branch, outcome, evidence }) => {
    const { name, head } = branch;
    const id = idOf(branch);
    return { name, head, task: id === name ? null : id, outcome, evidence };
  });
  const { contracts, waves } = report;
  return {
    v: 1,
    command: 'integrate',
    ok: exit === 0,
    target,
    landing,
    stopped,
    branches,
    contracts,
    waves,
    checks,
    files,
  };
}

function commandOf(plan: string | undefined, globs: readonly string[]): string {
  const named = globs.map((glob) => `--branches '${glob}'`).join(' ');
  return `copse integrate ${plan === undefined ? '' : `${plan} `}${named}`;
}
