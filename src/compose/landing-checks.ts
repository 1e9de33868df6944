import { blameBy, flakyOnes, newFailures, notChecked, stackCheck } from '../check/compare.ts';
import type { CheckRun } from '../check/run.ts';
import { type CheckSpec, checkSpec } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import type { Verdict } from '../integrate/land-gated.ts';
import { isFull, isNoSpace } from '../machine/no-space.ts';
import type { Case, StackCheck } from '../run/check.ts';
import type { Oid, TaskId } from '../run/event.ts';
import type { TaskWork } from './changed-by-task.ts';
import { checkedTree } from './checked-tree.ts';
import { mayHaveChecks } from './detect-checks.ts';
import { landingFaults } from './landing-faults.ts';
import type { Wiring } from './wiring.ts';
import { workspacesRoot } from './workspaces.ts';

/** What the project's checks said of a tree that is to land. */
export interface CheckedLanding extends Verdict {
  checks: StackCheck[];
}

export interface LandingChecks {
  onto: Oid;
  /** What is to land on it. */
  commit: Oid;
  /** What each task of it did. */
  works: ReadonlyMap<TaskId, TaskWork>;
}

/**
 * Runs the project's own checks on what is to land, and looks at what only merging shows. Only what the commit before it does not
 * have counts, and only when it fails a second time. What passes is kept: the next batch is compared with it.
 */
export function landingChecks(parts: Pick<Wiring, 'context' | 'project' | 'open'>) {
  const { context, project, open } = parts;
  const { git } = project.repository;
  const tree = checkedTree(context, project, {
    plan: open.plan.name,
    signal: context.signal,
    stopped: () => new Error('stopped while what is to land was checked'),
  });

  const places = [workspacesRoot(project, open.plan.name), project.repository.commonDir];

  return async (asked: LandingChecks): Promise<CheckedLanding> => {
    try {
      return await judge(asked);
    } catch (error) {
      if (context.signal.aborted || isNoSpace(error, places)) throw error;
      // Nobody's work is lost by a fault of ours: that it was not checked is told.
      return {
        passes: true,
        suspects: [],
        checks: [notChecked(NO_CHECK, `a bug in copse: ${(error as Error).message}`)],
      };
    }
  };

  async function judge(asked: LandingChecks): Promise<CheckedLanding> {
    const paths = await treePaths(git, asked.commit);
    const faults = await landingFaults(parts, { ...asked, paths });
    const own = mayHaveChecks(paths, project.config) ? await ownChecks(asked, paths) : [];
    const checks = [...faults, ...own];
    const broken = checks.filter(({ outcome }) => outcome === 'failed');
    const suspects = broken.flatMap(({ failures }) => failures.flatMap((each) => each.blame.map(({ task }) => task)));
    // With no room left, programs fail for that: it is done again when there is some.
    if (broken.length > 0 && places.some(isFull)) throw new Error('no space left on device while checks ran');
    return { passes: broken.length === 0, suspects: [...new Set(suspects)], checks };
  }

  async function ownChecks({ onto, commit, works }: LandingChecks, paths: Set<string>): Promise<StackCheck[]> {
    const lacks = await tree.stand(commit);
    if (lacks !== null) return [notChecked(NO_CHECK, lacks)];
    const runs: [CheckSpec, CheckRun][] = [];
    for (const spec of tree.specsHere(paths)) runs.push([spec, await tree.run(spec)]);
    const failing = runs.filter(([, run]) => run.failed.length > 0).map(([spec]) => spec);
    const known = new Map(await tree.onBase(onto, failing));
    // From here on it stands where it stood: that keeps what is to land from `git gc`.
    if (failing.length > 0) await tree.stand(commit);
    const freshIn = (spec: CheckSpec, run: CheckRun) => newFailures(run, known.has(spec) ? [known.get(spec)!] : []);
    const fresh = new Map(runs.map(([spec, run]) => [spec, freshIn(spec, run)]));
    const flaky = await onceMore(fresh);
    await tree.keep(
      commit,
      runs.map(([spec, run]) => [spec, withoutFlaky(run, flaky.get(spec) ?? [])]),
    );
    const blame = blameBy(new Map([...works].map(([task, work]) => [task, work.paths])));
    return runs.map(([spec, run]) =>
      stackCheck(spec, run, { fresh: fresh.get(spec)!, flaky: flaky.get(spec) ?? [], blame }),
    );
  }

  /** What passes when it is run again on the same tree. */
  async function onceMore(fresh: ReadonlyMap<CheckSpec, Case[]>): Promise<Map<CheckSpec, Case[]>> {
    const flaky = new Map<CheckSpec, Case[]>();
    for (const [spec, failures] of fresh) {
      if (failures.length > 0) flaky.set(spec, flakyOnes(failures, await tree.run(spec)));
    }
    return flaky;
  }
}

/** Where the tree could not be put there. */
const NO_CHECK = checkSpec({ name: 'checks', kind: 'tests', argv: ['-'] });

/** What is no fault of a tree is none that later ones may have, too. */
function withoutFlaky(run: CheckRun, flaky: readonly Case[]): CheckRun {
  const failed = run.failed.filter((each) => !flaky.includes(each));
  return { ...run, failed, outcome: failed.length === 0 && run.outcome === 'failed' ? 'passed' : run.outcome };
}
