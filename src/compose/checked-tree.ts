import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { baselines } from '../check/baseline.ts';
import { type CheckRun, runCheck } from '../check/run.ts';
import type { CheckSpec, Tech } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import { treeOf } from '../git/merge.ts';
import { projectEnv } from '../integrate/project-env.ts';
import { describeFailure } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import type { Surroundings } from './context.ts';
import { checksOf } from './detect-checks.ts';
import { maskFor } from './mask.ts';
import { mergedWorktree } from './merged-worktree.ts';
import type { Project } from './project.ts';
import { setupOf } from './workspaces.ts';

export interface CheckedTreeOptions {
  plan: string;
  tech?: Tech | undefined;
  /** Is told what is being done, a line at a time. */
  narrate?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** What is thrown when the signal was aborted. */
  stopped: (signal: AbortSignal) => unknown;
}

/** The worktree in which checks run, on one commit after the other. */
export interface CheckedTree {
  /** Puts the files of a commit there; says why it cannot. */
  stand(commit: Oid): Promise<string | null>;
  /** The checks of the tree that stands there; `paths`: all its files. */
  specsHere(paths: Iterable<string>): CheckSpec[];
  run(spec: CheckSpec): Promise<CheckRun>;
  /** The same checks on an earlier commit: as they are kept, else run there. One that it does not have says nothing. */
  onBase(commit: Oid, specs: readonly CheckSpec[]): Promise<[CheckSpec, CheckRun][]>;
  /** What a check said of a commit, for later ones that are compared with it. */
  keep(commit: Oid, runs: readonly (readonly [CheckSpec, CheckRun])[]): Promise<void>;
}

export function checkedTree(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { plan, tech, narrate = () => {}, signal, stopped }: CheckedTreeOptions,
): CheckedTree {
  const { repository, config } = project;
  const { worktree, env } = mergedWorktree(context, project, plan, signal);
  const mask = maskFor(context);
  const root = () => realpathSync(worktree.path);
  const specsHere = (paths: Iterable<string>) => checksOf(root(), paths, { config, tech });
  /** Of this process, by tree: those that nobody else is to rely on, too. */
  const remembered = new Map<string, CheckRun>();

  async function stand(commit: Oid): Promise<string | null> {
    const failure = await worktree.checkout(commit);
    if (signal?.aborted) throw stopped(signal);
    return failure && describeFailure(failure);
  }

  async function run(spec: CheckSpec): Promise<CheckRun> {
    narrate(`${spec.name}: ${spec.command}`);
    const place = projectEnv(join(root(), spec.folder), projectEnv(root(), env));
    const ran = await runCheck(spec, { root: root(), env: place, ...(signal && { signal }) });
    if (signal?.aborted) throw stopped(signal);
    return JSON.parse(mask(JSON.stringify(ran))) as CheckRun;
  }

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

  async function keep(commit: Oid, runs: readonly (readonly [CheckSpec, CheckRun])[]): Promise<void> {
    const kept = await keptFor(commit);
    for (const [spec, ran] of runs) kept.write(spec, ran);
  }

  async function keptFor(commit: Oid) {
    const tree = await treeOf(repository.git, commit);
    const kept = baselines(join(repository.commonDir, 'copse', 'checks'), { tree, setup: setupOf(config) });
    const key = (spec: CheckSpec) => `${tree} ${keyOf(spec)}`;
    return {
      read: (spec: CheckSpec) => remembered.get(key(spec)) ?? kept.read(spec),
      write(spec: CheckSpec, ran: CheckRun) {
        remembered.set(key(spec), ran);
        kept.write(spec, ran);
      },
    };
  }

  return { stand, specsHere, run, onBase, keep };
}

const keyOf = ({ name, command }: CheckSpec) => `${name}: ${command}`;
