import { kindOf } from '../contract/kind.ts';
import type { CheckedContracts } from '../engine/ports.ts';
import { printed } from '../integrate/emit.ts';
import type { Plan, TaskId } from '../plan/plan.ts';
import { brokenBy } from '../run/broken.ts';
import { describeFailure } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import type { Surroundings } from './context.ts';
import { withTasks } from './contract-tasks.ts';
import { type Comparison, compareContracts } from './contracts.ts';
import { mergedWorktree } from './merged-worktree.ts';
import type { Project } from './project.ts';
import { insideOf } from './workspaces.ts';

export interface MergedContracts {
  plan: Plan;
  state: RunState;
  /** The merged tree. */
  commit: Oid;
  /** Tasks that it has besides those that are integrated. */
  also?: readonly TaskId[];
  /** Aborted: the command that prints a document is ended. */
  signal?: AbortSignal;
}

/** Compares the contracts of a plan with the merged tree: all of them, and exactly where the project can be asked. */
export async function checkMergedContracts(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { plan, state, commit, also = [], signal }: MergedContracts,
): Promise<CheckedContracts> {
  const isIn = (id: TaskId) => state.tasks.get(id)?.status.is === 'integrated' || also.includes(id);
  const { git, root } = project.repository;
  const compared = await compareContracts({
    git,
    plan,
    commit,
    // One that no task names is everybody's.
    isComplete: (tasks) => (tasks.length > 0 ? tasks : plan.tasks.map(({ id }) => id)).every(isIn),
    more: await asked(context, project, { plan, commit, ...(signal && { signal }) }),
  });
  const checks = await withTasks(git, compared, { plan, state, commit, planPath: insideOf(root, state.planDir) });
  return { checks, broken: brokenBy(project.config.contracts.policy ?? 'exact', checks) };
}

/** What only the merged tree has: its files on the disk, for compilers, and what the project prints as its own OpenAPI document. */
async function asked(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { plan, commit, signal }: Pick<MergedContracts, 'plan' | 'commit' | 'signal'>,
): Promise<NonNullable<Comparison['more']>> {
  const { emit, timeout } = project.config.contracts.openapi;
  const kinds = new Set(plan.contracts.map(kindOf));
  const emits = emit !== undefined && kinds.has('openapi');
  if (!emits && !kinds.has('typescript')) return {};
  const { worktree, env } = mergedWorktree(context, project, plan.name);
  const failed = (why: string) => (emits ? { emitted: { failed: why } } : {});
  try {
    const failure = await worktree.checkout(commit);
    if (failure) return failed(describeFailure(failure));
    const on = { worktree: { path: worktree.path, env } };
    if (!emits) return on;
    const said = await printed(emit, { cwd: worktree.path, env, timeoutMs: timeout, ...(signal && { signal }) });
    return { ...on, emitted: said.ok ? { text: said.text } : { failed: said.why } };
  } catch (error) {
    return failed((error as Error).message);
  }
}
