import { basename, dirname, join } from 'node:path';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import { type HandWorktree, handWorktree, type InHand, inHand } from '../integrate/by-hand.ts';
import { describeFailure } from '../run/describe.ts';
import type { RunId, TaskId } from '../run/event.ts';
import { nextCommand } from '../run/next.ts';
import { integrationBranch, type RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { setUp } from '../workspace/setup.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { setupOf, workspacesRoot } from './workspaces.ts';

/** Where a person resolves the conflicts of a plan: a worktree that nothing else of ours uses. */
function handPath(project: Project, plan: string): string {
  return join(workspacesRoot(project, plan), '.resolve');
}

/** The project as it is seen from the main checkout, where a person types this in the worktree that is about to go. */
export function outside(project: Project, plan: string): Project {
  const { repository } = project;
  const { root, commonDir, git } = repository;
  if (root !== handPath(project, plan)) return project;
  const main = basename(commonDir) === '.git' ? dirname(commonDir) : commonDir;
  return { ...project, repository: { ...repository, git: git.at(main), root: main, gitDir: commonDir } };
}

export function handOf(context: Pick<Surroundings, 'env'>, project: Project, plan: string): HandWorktree {
  const { repository, config } = project;
  const env = outsideEnv(withoutAgentKeys(context.env, config.secrets.pass));
  return handWorktree({
    repository,
    path: handPath(project, plan),
    junk: [...DEFAULT_JUNK, ...config.junk],
    setUp: async (path) => {
      const done = await setUp(path, { repository, config: setupOf(config), env });
      return done.ok ? null : `${describeFailure(done.failure)}; the conflict can be resolved all the same`;
    },
  });
}

/** Prefix of the snapshots of what stood there. */
export const keptPrefix = (run: RunId) => `refs/copse/snapshots/${run}/_resolve`;

/** The conflict of this run that a person has in hand, and where; null when there is none. */
export async function handOfRun(project: Project, { id, plan }: RunState): Promise<(InHand & { path: string }) | null> {
  const path = handPath(project, plan);
  const standing = await inHand(project.repository, path);
  return standing?.run === id ? { ...standing, path } : null;
}

/** `clean`: what a person has in hand stays, unless it is forced away; then all of it is kept in a snapshot. Null: there is nothing. */
export async function clearHand(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { plan }: RunState,
  force: boolean,
): Promise<{ what: string; removed: boolean; why: string | null } | null> {
  const hand = handOf(context, project, plan);
  const what = hand.path;
  const standing = await inHand(project.repository, what);
  if (standing === null) return (await hand.clear()) ? { what, removed: true, why: null } : null;
  if (force) {
    const kept = await hand.putAway(standing, keptPrefix(standing.run), []);
    return { what, removed: true, why: kept && `what stood there is kept in ${kept}` };
  }
  const why = `holds a conflict that is being resolved: copse integrate --continue ${plan}, or --abort`;
  return { what, removed: false, why };
}

/** A task whose conflict a person has in hand is not tried again behind that person's back. */
export async function checkNotInHand(project: Project, state: RunState, retry: readonly TaskId[]): Promise<void> {
  const standing = retry.length === 0 ? null : await handOfRun(project, state);
  if (standing === null || !('task' in standing.of) || !retry.includes(standing.of.task)) return;
  throw new Refusal('in-hand', `the conflict of ${standing.of.task} is being resolved by hand in ${standing.path}`, {
    exit: EXIT.waitsForPerson,
    hint: `copse integrate --continue ${state.plan} lands it; copse integrate --abort ${state.plan} puts it away`,
  });
}

export function otherRun(plan: string, { run }: InHand, path: string): Refusal {
  return new Refusal('in-hand', `${path} holds a conflict of an earlier run (${run})`, {
    exit: EXIT.waitsForPerson,
    hint: `put it away, a snapshot is kept: copse integrate --abort ${plan}`,
  });
}

export function stale(plan: string, task: TaskId, path: string): Refusal {
  return new Refusal('in-hand', `${task} does not wait for ${path} any more`, {
    exit: EXIT.waitsForPerson,
    hint: `put it away, a snapshot is kept: copse integrate --abort ${plan}`,
  });
}

export function nothingInHand(state: RunState, what = 'nothing is in conflict'): Refusal {
  return new Refusal('nothing-in-hand', `${state.plan}: ${what}`, {
    exit: EXIT.usage,
    hint: nextCommand(state, false).replace(/^next: /, ''),
  });
}

export function rewritten({ integrationRef, tip, plan }: RunState): Refusal {
  const name = integrationBranch({ integrationRef });
  return new Refusal('integration-rewritten', `${name} was moved while ${plan} was landing, or rewritten`, {
    exit: EXIT.integration,
    hint: `it should hold ${tip.slice(0, 12)}: git log ${name}; then type it again`,
  });
}
