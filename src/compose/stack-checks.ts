import { blameBy, flakyOnes, newFailures, notChecked, stackCheck } from '../check/compare.ts';
import type { CheckRun } from '../check/run.ts';
import type { CheckSpec, Tech } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import type { Case, CheckFailure, StackCheck } from '../run/check.ts';
import type { Oid } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { changedByTask, writersOf } from './changed-by-task.ts';
import { checkedTree } from './checked-tree.ts';
import type { Surroundings } from './context.ts';
import { mayHaveChecks } from './detect-checks.ts';
import { checkMerge } from './merge-faults.ts';
import type { Project } from './project.ts';

export interface StackChecksOptions {
  state: RunState;
  tech?: Tech | undefined;
  /** Is told what is being done, a line at a time. */
  narrate: (line: string) => void;
  signal?: AbortSignal | undefined;
}

type Context = Pick<Surroundings, 'env'>;

interface Move {
  from: Oid;
  to: Oid;
}

/** Looks at what is to land (`to`): what merging alone has made, then what the project's own checks say. */
export async function checkMerged(
  context: Context,
  project: Project,
  move: Move,
  options: StackChecksOptions,
): Promise<StackCheck[]> {
  const { git } = project.repository;
  const paths = await treePaths(git, move.to);
  const merge = await checkMerge(git, await changedByTask(git, options.state), { commit: move.to, paths });
  return [...(merge ? [merge] : []), ...(await ownChecks(context, project, { ...move, paths }, options))];
}

/**
 * Runs the project's own checks. What fails there is compared with the base of the run and with what the target has (`from`), and
 * run once more when it is new: what passes then is flaky.
 */
async function ownChecks(
  context: Context,
  project: Project,
  { from, to, paths }: Move & { paths: Set<string> },
  options: StackChecksOptions,
): Promise<StackCheck[]> {
  if (!mayHaveChecks(paths, project.config)) return [];
  const { state, ...how } = options;
  const tree = checkedTree(context, project, { ...how, plan: state.plan, stopped });
  const lacks = await tree.stand(to);
  const specs = tree.specsHere(paths);
  if (lacks !== null) return specs.map((spec) => notChecked(spec, lacks));
  const runs: [CheckSpec, CheckRun][] = [];
  for (const spec of specs) runs.push([spec, await tree.run(spec)]);

  const failing = runs.filter(([, run]) => run.failed.length > 0).map(([spec]) => spec);
  const known = new Map<CheckSpec, CheckRun[]>(failing.map((spec) => [spec, []]));
  const fresh = () => runs.filter(([spec, run]) => newFailures(run, known.get(spec) ?? []).length > 0);
  for (const base of new Set([options.state.base, from])) {
    const open = fresh().map(([spec]) => spec);
    for (const [spec, run] of await tree.onBase(base, open)) known.get(spec)!.push(run);
  }

  const flaky = new Map<CheckSpec, Case[]>();
  const again = fresh().filter(([{ kind }]) => kind === 'tests');
  if (again.length > 0) await tree.stand(to);
  for (const [spec, run] of again) {
    options.narrate(`${spec.name}: what failed is run once more`);
    flaky.set(spec, flakyOnes(newFailures(run, known.get(spec)!), await tree.run(spec)));
  }
  const blame = await blamed(project, options.state, {
    commit: to,
    failures: fresh().flatMap(([, run]) => run.failed),
  });
  return runs.map(([spec, run]) => {
    const failures = { fresh: newFailures(run, known.get(spec) ?? []), flaky: flaky.get(spec) ?? [], blame };
    return stackCheck(spec, run, failures);
  });
}

/** What a landing ends with that is stopped while it runs something on the merged tree. */
export function stopped({ reason }: AbortSignal): Refusal {
  const exit = reason === 'SIGTERM' ? EXIT.sigterm : EXIT.sigint;
  return new Refusal('stopped', 'stopped while checks ran; nothing was changed', { exit, hint: 'copse integrate' });
}

/** Whose doing each failure may be; of several tasks that changed its file, those that wrote its line. */
async function blamed(
  { repository: { git } }: Project,
  state: RunState,
  { commit, failures }: { commit: Oid; failures: readonly Case[] },
): Promise<(failure: Case) => CheckFailure['blame']> {
  if (failures.length === 0) return () => [];
  const works = await changedByTask(git, state);
  const byFile = blameBy(new Map([...works].map(([task, { paths }]) => [task, paths])));
  const writers = new Map<Case, CheckFailure['blame']>();
  for (const failure of failures) {
    const { file, line } = failure;
    const named = byFile(failure);
    if (named.length < 2 || line === undefined || named[0]!.file !== file) continue;
    const wrote = await writersOf(git, works, { commit, file, line });
    writers.set(
      failure,
      named.filter(({ task }) => wrote.includes(task)),
    );
  }
  return (failure) => writers.get(failure) ?? byFile(failure);
}
