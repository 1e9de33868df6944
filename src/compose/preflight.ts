import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { integrationRefOf } from '../engine/open.ts';
import { listRefs } from '../git/refs.ts';
import { dirtyPaths } from '../git/status.ts';
import { checkedOutAt } from '../git/worktree.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunSettings } from '../run/event.ts';
import { integrationBranch } from '../run/state.ts';
import { sharedDirectories } from '../scope/directories.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { whyNotClean } from '../workspace/branch.ts';
import { sandboxFor } from './confine.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { quoted, typedPath } from './typed.ts';
import { checkWorkspaceRoot } from './workspace-root.ts';
import { checkoutOf, directoriesByTask, placesIn, workspacesRoot } from './workspaces.ts';

/**
 * Before a new run: branches and workspaces of its names must be free. A refusal names all that are not, while nothing was
 * changed yet. Uncommitted changes are told, not refused: agents start from the commit.
 */
export async function preflight(
  context: Surroundings,
  project: Project,
  { plan, planDir, settings }: { plan: Plan; planDir: string; settings: RunSettings },
): Promise<void> {
  const { git } = project.repository;
  const { pattern, sandbox: mode = 'auto' } = settings;
  const [refs, standingOn, dirty] = await Promise.all([
    listRefs(git, 'refs/heads/'),
    whereCheckedOut(project, plan.name),
    pattern === 'worktree' ? dirtyPaths(git) : [],
  ]);
  const branches = new Set([...refs.keys()].map((ref) => ref.replace('refs/heads/', '')));
  const placeOf = placesIn(project, plan.name, pattern);
  const places = plan.tasks.map(({ id }) => placeOf(id));
  const own = places.map(({ branch }) => branch);
  const taken = own.filter((branch) => branches.has(branch));
  if (taken.length > 0) {
    throw new Refusal('branch-exists', `${list(taken)} ${taken.length === 1 ? 'exists' : 'exist'} already`, {
      exit: EXIT.usage,
      hint: `left by an earlier run? copse clean ${plan.name}; else rename: git branch -m ${taken[0]} NEW-NAME`,
      details: { branches: taken },
    });
  }
  checkBranchRoom([branchOf(plan.name), ...own], branches);
  await sandboxFor(context, project, { pattern, mode });
  if (pattern !== 'worktree') {
    if (pattern === 'branch') await checkClean(project, planDir);
    else checkDirectories(project, plan, planDir);
    return checkRoomToMove(project, plan.name, standingOn);
  }
  const standing = places.filter(({ workspace }) => isThere(workspace)).map(({ workspace }) => workspace);
  if (standing.length > 0) {
    throw new Refusal('workspace-exists', `${list(standing)} ${standing.length === 1 ? 'is' : 'are'} there already`, {
      exit: EXIT.usage,
      hint: `left by an earlier run? copse clean ${plan.name}; else move it away, or set workspace.root in copse.config.json`,
      details: { workspaces: standing, root: workspacesRoot(project, plan.name) },
    });
  }
  checkRoomToMove(project, plan.name, standingOn);
  if (dirty.length > 0) {
    context.warn(
      `${dirty.length} uncommitted ${dirty.length === 1 ? 'change is' : 'changes are'} not part of the run: agents start from the last commit`,
    );
  }
}

/** Attempts work in the checkout itself: what is in no commit would get into theirs. */
async function checkClean(project: Project, planDir: string): Promise<void> {
  const why = await whyNotClean(checkoutOf(project, planDir));
  if (why === null) return;
  throw new Refusal('checkout-dirty', why, {
    exit: EXIT.usage,
    hint: 'commit it, or put it aside: git stash --include-untracked; or use --pattern worktree, which leaves the checkout alone',
  });
}

/** All agents work in one checkout: each needs directories that nobody else writes at the same time. */
export function checkDirectories(project: Project, plan: Plan, planDir: string): void {
  const directories = directoriesByTask(project, plan);
  const tasks = plan.tasks.map(({ id, deps }) => ({ id, deps, directories: directories.get(id)! }));
  const mend = 'name other ones: "directories": {"task-001": "src/a"} in the manifest; or use --pattern worktree';
  const none = tasks.filter((task) => task.directories.length === 0).map(({ id }) => id);
  if (none.length > 0) {
    throw new Refusal('no-directories', `nothing says in which directories ${list(none)} may work`, {
      exit: EXIT.planInvalid,
      hint: mend,
    });
  }
  const shared = sharedDirectories(tasks);
  if (shared.length > 0) {
    const lines = shared.slice(0, 5).map(({ tasks: [a, b], directories: [one, other] }) => {
      const where = one === other ? `both work in ${one}` : `work in ${one} and in ${other}, which lie in each other`;
      return `${a} and ${b} ${where}, and neither waits for the other`;
    });
    throw new Refusal('directories-overlap', lines.join('\n'), {
      exit: EXIT.planInvalid,
      ...statedAt(project, plan, planDir, shared[0]!.tasks),
      hint: mend,
      details: { shared },
    });
  }
  if (plan.dependencies.length === 0) return;
  throw new Refusal('dependencies-in-checkout', 'the plan installs dependencies, which the checkout would not see', {
    exit: EXIT.planInvalid,
    hint: 'install and commit them first, and take them out of the manifest; or use --pattern worktree',
  });
}

/** Where the manifest gives one of these tasks its directories. */
function statedAt({ cwd }: Project, { tasks }: Plan, planDir: string, ids: readonly string[]): { where?: string } {
  const stated = ids.map((id) => tasks.find((task) => task.id === id)?.directories).findLast((each) => each);
  if (!stated) return {};
  return { where: `${typedPath(cwd, join(planDir, 'manifest.json'))}:${stated.line}:${stated.column}` };
}

/** What has to hold also when a run goes on: a place for workspaces, and nobody standing on the branch that we move. */
export async function preflightAgain(project: Project, plan: string): Promise<void> {
  checkRoomToMove(project, plan, await whereCheckedOut(project, plan));
}

const branchOf = (plan: string) => integrationBranch({ integrationRef: integrationRefOf(plan) });

/** The checkout that stands on the integration branch, or null. */
function whereCheckedOut({ repository }: Project, plan: string): Promise<string | null> {
  return checkedOutAt(repository.git, branchOf(plan));
}

function checkRoomToMove(project: Project, plan: string, checkout: string | null): void {
  checkWorkspaceRoot(workspacesRoot(project, plan), project.repository);
  if (checkout === null) return;
  const branch = branchOf(plan);
  throw new Refusal('branch-checked-out', `${branch} is checked out in ${checkout}, and a run moves it`, {
    exit: EXIT.usage,
    hint: `stand on another branch there: git -C ${quoted(checkout)} switch ANOTHER-BRANCH`,
  });
}

/** To git `feature` and `feature/x` are a file and a folder of one name. */
function checkBranchRoom(wanted: string[], branches: ReadonlySet<string>): void {
  for (const name of wanted) {
    const parts = name.split('/');
    const above = parts.map((_, length) => parts.slice(0, length).join('/'));
    const inTheWay =
      above.find((each) => branches.has(each)) ?? [...branches].find((each) => each.startsWith(`${name}/`));
    if (inTheWay === undefined) continue;
    throw new Refusal('branch-in-the-way', `the branch ${inTheWay} stands in the way of ${name}`, {
      exit: EXIT.usage,
      hint: `rename it: git branch -m ${inTheWay} NEW-NAME; or set branchPrefix in copse.config.json`,
    });
  }
}

/** Also a link that leads nowhere. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a file on the way: the folder of workspaces tells
  }
}

function list(items: string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}
