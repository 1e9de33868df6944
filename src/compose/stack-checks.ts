import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Baselines, baselines } from '../check/baseline.ts';
import { blameBy, flakyOnes, newFailures, stackCheck } from '../check/compare.ts';
import { type CheckRun, runCheck } from '../check/run.ts';
import type { CheckSpec, Tech } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import { projectEnv } from '../integrate/project-env.ts';
import type { Case, StackCheck } from '../run/check.ts';
import { describeFailure } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { changedByTask, type TaskWork } from './changed-by-task.ts';
import type { Surroundings } from './context.ts';
import { checksOf, mayHaveChecks } from './detect-checks.ts';
import { maskFor } from './mask.ts';
import { checkMerge } from './merge-faults.ts';
import { mergedWorktree } from './merged-worktree.ts';
import type { Project } from './project.ts';
import { setupOf } from './workspaces.ts';

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
  const tree = checkedTree(context, project, options);
  const lacks = await tree.stand(to);
  const specs = tree.specsHere(paths);
  if (lacks !== null) return specs.map((spec) => judged(spec, { ...NOTHING, why: lacks }));
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
  const blame =
    fresh().length > 0 ? blameBy(pathsOf(await changedByTask(project.repository.git, options.state))) : () => [];
  return runs.map(([spec, run]) => {
    const failures = { fresh: newFailures(run, known.get(spec) ?? []), flaky: flaky.get(spec) ?? [], blame };
    return stackCheck(spec, run, failures);
  });
}

const NOTHING: CheckRun = { outcome: 'nothing', exit: null, failed: [], counts: null, tail: '', ms: 0 };

function judged(spec: CheckSpec, run: CheckRun): StackCheck {
  return stackCheck(spec, run, { fresh: [], flaky: [], blame: () => [] });
}

/** The worktree in which checks run, on one commit after the other. */
function checkedTree(context: Context, project: Project, { state, tech, narrate, signal }: StackChecksOptions) {
  const { repository, config } = project;
  const { worktree, env } = mergedWorktree(context, project, state.plan);
  const mask = maskFor(context);
  const root = () => realpathSync(worktree.path);
  const specsHere = (paths: Iterable<string>) => checksOf(root(), paths, { config, tech });

  async function stand(commit: Oid): Promise<string | null> {
    const failure = await worktree.checkout(commit);
    return failure && describeFailure(failure);
  }

  async function run(spec: CheckSpec): Promise<CheckRun> {
    narrate(`${spec.name}: ${spec.command}`);
    const place = projectEnv(join(root(), spec.folder), projectEnv(root(), env));
    const ran = await runCheck(spec, { root: root(), env: place, ...(signal && { signal }) });
    if (signal?.aborted) throw stopped(signal);
    return JSON.parse(mask(JSON.stringify(ran))) as CheckRun;
  }

  /** The same checks on an earlier commit: as they are kept, else run there. One that it does not have says nothing. */
  async function onBase(commit: Oid, specs: readonly CheckSpec[]): Promise<[CheckSpec, CheckRun][]> {
    if (specs.length === 0) return [];
    const kept = await keptFor(commit);
    const found = specs.flatMap((spec): [CheckSpec, CheckRun][] => {
      const run = kept.read(spec);
      return run === null ? [] : [[spec, run]];
    });
    const open = specs.filter((spec) => !found.some(([each]) => each === spec));
    if (open.length === 0 || (await stand(commit)) !== null) return found;
    const there = new Set(specsHere(await treePaths(repository.git, commit)).map(keyOf));
    for (const spec of open.filter((spec) => there.has(keyOf(spec)))) {
      narrate(`${spec.name} fails; is it new? The same on ${commit.slice(0, 9)}`);
      const ran = await run(spec);
      kept.write(spec, ran);
      found.push([spec, ran]);
    }
    return found;
  }

  async function keptFor(commit: Oid): Promise<Baselines> {
    const tree = await repository.git.text(['rev-parse', `${commit}^{tree}`]);
    return baselines(join(repository.commonDir, 'copse', 'checks'), { tree, setup: setupOf(config) });
  }

  return { stand, specsHere, run, onBase };
}

function stopped({ reason }: AbortSignal): Refusal {
  const exit = reason === 'SIGTERM' ? EXIT.sigterm : EXIT.sigint;
  return new Refusal('stopped', 'stopped while checks ran; nothing was changed', { exit, hint: 'copse integrate' });
}

const keyOf = ({ name, command }: CheckSpec) => `${name}: ${command}`;

const pathsOf = (work: ReadonlyMap<string, TaskWork>) => new Map([...work].map(([task, { paths }]) => [task, paths]));
