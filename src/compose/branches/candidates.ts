import { branchStarts } from '../../git/branch-starts.ts';
import { type FoundBranch, findBranches } from '../../git/find-branches.ts';
import type { Git } from '../../git/git.ts';
import type { Plan, Task } from '../../plan/plan.ts';
import { taskOfBranch } from '../../plan/task-of-branch.ts';
import { listed } from '../../run/describe.ts';
import type { Oid, TaskId } from '../../run/event.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';

/** A branch that is to land. */
export interface Candidate {
  name: string;
  head: Oid;
  /** First line of the message of its last commit. */
  subject: string;
  /** Where it left the history of the target. */
  base: Oid;
  /** What is its own is what differs from this. */
  start: Oid;
  commits: number;
  /** Of the plan, by its name; null when no plan is named, or no task is meant. */
  task: Task | null;
  /** Names of others that have to land for this one to: those it was built on, and those of the dependencies of its task. */
  needs: string[];
}

/** A branch that adds nothing: the target has all of it, or another one does. */
export interface NothingNew {
  name: string;
  head: Oid;
  subject: string;
  within: string;
  task: TaskId | null;
}

export interface Wanted {
  globs: readonly string[];
  plan: Plan | null;
  /** Short name of the branch to land on, and where it is. */
  target: string;
  onto: Oid;
}

export interface Found {
  candidates: Candidate[];
  nothingNew: NothingNew[];
}

/** The branches that globs name. Throws a refusal when one of these names none, or two branches are about the same task. */
export async function findCandidates(git: Git, wanted: Wanted): Promise<Found> {
  const { plan, target, onto } = wanted;
  const found = await findAll(git, wanted);
  const ids = plan?.tasks.map(({ id }) => id) ?? [];
  const taskId = new Map(found.map(({ name }) => [name, taskOfBranch(name, ids)]));
  const open = found.filter(({ merged }) => !merged);
  const starts = await branchStarts(
    git,
    onto,
    open.map(({ head }) => head),
  );
  const nothingNew: NothingNew[] = found.filter(({ merged }) => merged).map((each) => asNothing(each, target));
  const candidates: Candidate[] = [];
  for (const [at, branch] of open.entries()) {
    const start = starts[at];
    if (!start) throw unrelated(branch.name, target);
    const same = start.on.map((other) => open[other]!).find(({ head }) => head === branch.head);
    if (same) nothingNew.push(asNothing(branch, same.name));
    else {
      const task = plan?.tasks.find(({ id }) => id === taskId.get(branch.name)) ?? null;
      const needs = start.on.map((other) => open[other]!.name);
      candidates.push({ ...branch, ...start, task, needs });
    }
  }
  refuseTwoOfATask(candidates);
  for (const each of candidates) {
    const deps = candidates.filter(({ task }) => task !== null && each.task?.deps.includes(task.id));
    each.needs = [...new Set([...each.needs, ...deps.map(({ name }) => name)])];
  }
  return { candidates, nothingNew };

  function asNothing({ name, head, subject }: FoundBranch, within: string): NothingNew {
    return { name, head, subject, within, task: taskId.get(name) ?? null };
  }
}

async function findAll(git: Git, { globs, target, onto }: Wanted): Promise<FoundBranch[]> {
  const all = new Map<string, FoundBranch>();
  for (const glob of globs) {
    const found = (await findBranches(git, glob, onto)).filter(({ name }) => name !== target);
    if (found.length === 0) throw await noneOf(git, glob, onto);
    for (const branch of found) all.set(branch.name, branch);
  }
  return [...all.values()];
}

async function noneOf(git: Git, glob: string, onto: Oid): Promise<Refusal> {
  const remote = glob.startsWith('refs/') ? [] : await findBranches(git, `refs/remotes/*/${glob}`, onto);
  const [first] = remote;
  const hint = first
    ? `there is ${listed(
        remote.map(({ name }) => name),
        3,
      )}: copse integrate --branches 'refs/remotes/${first.name.split('/')[0]}/${glob}'`
    : 'git branch --list shows what there is; * stops at a /, ** does not';
  return new Refusal('no-branches', `no branch is named ${glob}`, { exit: EXIT.usage, hint });
}

function unrelated(branch: string, target: string): Refusal {
  return new Refusal('unrelated', `${branch} has no commit in common with ${target}`, {
    exit: EXIT.integration,
    hint: 'name branches that began where the target was',
  });
}

function refuseTwoOfATask(candidates: readonly Candidate[]): void {
  for (const { task } of candidates) {
    const same = task === null ? [] : candidates.filter((each) => each.task?.id === task.id);
    if (same.length < 2) continue;
    throw new Refusal(
      'two-branches',
      `${listed(
        same.map(({ name }) => name),
        4,
      )} are all about ${task!.id}`,
      {
        exit: EXIT.usage,
        hint: 'name one of them: --branches may be given more than once',
      },
    );
  }
}
