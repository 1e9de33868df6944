import { integrateBranches } from '../compose/branches/integrate.ts';
import { type BranchesLanding, exitOfBranches } from '../compose/branches/landing.ts';
import { idOf } from '../compose/branches/state.ts';
import type { Project } from '../compose/project.ts';
import { EXIT, type ExitCode } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { answer, checking, tellOutcome } from './integrate-answer.ts';
import { type IntegrateFlags, styleOf } from './integrate-usage.ts';
import { describeBranches } from './render/branches.ts';

/** `integrate --branches`: lands branches that were made elsewhere. */
export async function landBranches(
  context: CliContext,
  project: Project,
  plan: string | undefined,
  flags: IntegrateFlags & { branches: string[] },
): Promise<ExitCode> {
  const { branches: globs, into, partial, contracts, checks, tech, dryRun, report } = flags;
  const style = styleOf(flags) ?? project.config.integrate.style;
  const options = { globs, plan, into, style, partial, contracts, checks, tech, dryRun, report };
  const landed = await integrateBranches(checking(context), project, options);
  tellOutcome(context, landed);
  const exit = exitOfBranches(landed);
  answer(context, flags, {
    document: documentOf(landed, exit),
    lines: describeBranches(landed, commandOf(plan, globs)),
  });
  return exit;
}

function documentOf({ target, rows, landing, stopped, checks, report, files }: BranchesLanding, exit: ExitCode) {
  const branches = rows.map(({ branch, outcome, evidence }) => {
    const { name, head } = branch;
    const id = idOf(branch);
    return { name, head, task: id === name ? null : id, outcome, evidence };
  });
  const { contracts, waves } = report;
  return { ok: exit === EXIT.ok, target, landing, stopped, branches, contracts, waves, checks, files };
}

function commandOf(plan: string | undefined, globs: readonly string[]): string {
  const named = globs.map((glob) => `--branches '${glob}'`).join(' ');
  return `copse integrate ${plan === undefined ? '' : `${plan} `}${named}`;
}
