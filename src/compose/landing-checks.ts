import { blameBy, flakyOnes, newFailures, notChecked, stackCheck } from '../check/compare.ts';
import type { CheckRun } from '../check/run.ts';
import { type CheckSpec, checkSpec } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import type { Verdict } from '../integrate/land-gated.ts';
import type { Case, StackCheck } from '../run/check.ts';
import type { Oid } from '../run/event.ts';
import { checkedTree } from './checked-tree.ts';
import { mayHaveChecks } from './detect-checks.ts';
import type { Wiring } from './wiring.ts';

/** What the project's checks said of a tree that is to land. */
export interface CheckedLanding extends Verdict {
  checks: StackCheck[];
}

export interface LandingChecks {
  onto: Oid;
  /** What is to land on it. */
  commit: Oid;
  /** The files that each task of it changed. */
  changed: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Runs the project's own checks on what is to land. Only what the commit before it does not have counts, and only when it fails
 * a second time. What passes is kept: the next batch is compared with it.
 */
export function landingChecks({
  context,
  project,
  open,
}: Pick<Wiring, 'context' | 'project' | 'open'>): (asked: LandingChecks) => Promise<CheckedLanding> {
  const { git } = project.repository;
  const tree = checkedTree(context, project, {
    plan: open.plan.name,
    signal: context.signal,
    stopped: () => new Error('stopped while what is to land was checked'),
  });

  return async ({ onto, commit, changed }) => {
    const paths = await treePaths(git, commit);
    if (!mayHaveChecks(paths, project.config)) return { passes: true, suspects: [], checks: [] };
    const lacks = await tree.stand(commit);
    if (lacks !== null) return { passes: true, suspects: [], checks: [notChecked(NO_CHECK, lacks)] };
    const runs: [CheckSpec, CheckRun][] = [];
    for (const spec of tree.specsHere(paths)) runs.push([spec, await tree.run(spec)]);
    const failing = runs.filter(([, run]) => run.failed.length > 0).map(([spec]) => spec);
    const known = new Map(await tree.onBase(onto, failing));
    const freshIn = (spec: CheckSpec, run: CheckRun) => newFailures(run, known.has(spec) ? [known.get(spec)!] : []);
    const fresh = new Map(runs.map(([spec, run]) => [spec, freshIn(spec, run)]));
    const flaky = await onceMore(commit, fresh);
    const blame = blameBy(changed);
    const checks = runs.map(([spec, run]) =>
      stackCheck(spec, run, { fresh: fresh.get(spec)!, flaky: flaky.get(spec) ?? [], blame }),
    );
    const broken = checks.filter(({ outcome }) => outcome === 'failed');
    await tree.keep(
      commit,
      runs.map(([spec, run]) => [spec, withoutFlaky(run, flaky.get(spec) ?? [])]),
    );
    const suspects = broken.flatMap(({ failures }) => failures.flatMap((each) => each.blame.map(({ task }) => task)));
    return { passes: broken.length === 0, suspects: [...new Set(suspects)], checks };
  };

  /** What passes when it is run again on the same tree. */
  async function onceMore(commit: Oid, fresh: ReadonlyMap<CheckSpec, Case[]>): Promise<Map<CheckSpec, Case[]>> {
    const flaky = new Map<CheckSpec, Case[]>();
    const again = [...fresh].filter(([, failures]) => failures.length > 0);
    if (again.length === 0 || (await tree.stand(commit)) !== null) return flaky;
    for (const [spec, failures] of again) flaky.set(spec, flakyOnes(failures, await tree.run(spec)));
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
