import type { Landing, Ports } from '../engine/ports.ts';
import type { Git } from '../git/git.ts';
import { footprintsOf } from '../git/merge-many.ts';
import { mergeOrder } from '../git/merge-order.ts';
import type { Pool } from '../git/pool.ts';
import { type Candidate, type LandedTask, landMany } from '../integrate/land.ts';
import { landGated } from '../integrate/land-gated.ts';
import { failedChecks, flakyCases, type LandingEvent } from '../run/batch.ts';
import type { Oid, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { type TaskWork, workOf } from './changed-by-task.ts';
import { type CheckedLanding, landingChecks } from './landing-checks.ts';
import { landRecorded } from './recorded.ts';
import type { Wiring } from './wiring.ts';

/**
 * Merges what was verified onto the integration branch; when the run asks for it, only once the project's own checks pass on
 * what comes of it.
 * @param alone nobody else works in the worktree of the merged tree meanwhile
 */
export function lander(wiring: Wiring, alone: Pool): Ports['land'] {
  const { project, open, tasks, mask } = wiring;
  const { state, plan } = open;
  const { git } = project.repository;
  const land = gatedLander(wiring);
  return async ({ tip, tasks: ready }, tell) => {
    const candidates = ready.map(({ task, attempt, head }): Candidate => {
      const { title } = tasks.get(task)!;
      const { base } = lastAttempt(state.tasks.get(task)!)!;
      return { head, base, plan: plan.name, run: state.id, task, title: mask(title), attempt };
    });
    const landFrom = async (from: Oid, some: Candidate[]) => {
      if (state.settings.gate === 'checks') return alone(() => land({ tip: from, candidates: some }, tell));
      const landed = await landMany(git, { ref: state.integrationRef, tip: from }, some);
      return landed.map((each) => landingOf(each, state));
    };
    const landings = await landFrom(tip, candidates);
    return landings === 'stopped' ? landings : landRecorded(wiring, { landings, candidates, tip, land: landFrom });
  };
}

function gatedLander({ context, project, open }: Wiring) {
  const { git } = project.repository;
  const { state } = open;
  const { signal } = context;
  const check = landingChecks({ context, project, open });
  return async (
    { tip, candidates }: { tip: Oid; candidates: Candidate[] },
    tell: (event: LandingEvent) => void,
  ): Promise<Landing[] | 'stopped'> => {
    const began = performance.now();
    const works = await worksOf(git, candidates);
    const ordered = mergeOrder(await footprintsOf(git, candidates)).map((at) => candidates[at]!);
    const verdicts: CheckedLanding[] = [];
    const landing = await landGated(
      git,
      { ref: state.integrationRef, tip },
      {
        candidates: ordered,
        signal,
        check: async ({ onto, commit, tasks }) => {
          tell({ type: 'landing.checking', onto, commit, tasks, round: verdicts.length + 1 });
          const verdict = await check({ onto, commit, works: pick(works, tasks) });
          verdicts.push(verdict);
          return verdict;
        },
      },
    );
    if (landing === null) return 'stopped';
    const { landings, culprits, onto, commit } = landing;
    if (verdicts.length > 0)
      tell({
        type: 'landing.checked',
        onto,
        commit,
        tasks: ordered.map(({ task }) => task),
        culprits: culprits.map((each) => ({ task: each.task, with: each.with })),
        checks: verdicts[0]!.checks,
        flaky: flakyCases(verdicts.flatMap(({ checks }) => checks)),
        runs: verdicts.length,
        ms: Math.round(performance.now() - began),
      });
    const failed = culprits.map(({ task, with: others, verdict }): Landing => {
      const failure: Failure = { code: 'checks', checks: failedChecks(verdict.checks), with: others, onto };
      return { task, landed: false, failure };
    });
    return [...landings.map((each) => landingOf(each, state)), ...failed];
  };
}

async function worksOf(git: Git, candidates: readonly Candidate[]): Promise<Map<TaskId, TaskWork>> {
  const works = new Map<TaskId, TaskWork>();
  for (const { task, base, head } of candidates) works.set(task, await workOf(git, { base: base!, head }));
  return works;
}

function pick<V>(all: ReadonlyMap<string, V>, keys: readonly string[]): Map<string, V> {
  return new Map(keys.flatMap((key) => (all.has(key) ? [[key, all.get(key)!]] : [])));
}

function landingOf(landed: LandedTask, state: RunState): Landing {
  const { task } = landed;
  if (!landed.landed) return { task, landed: false, failure: landingFailure(landed) };
  const { commits } = lastAttempt(state.tasks.get(task)!)!.result!;
  return { task, landed: true, commit: landed.commit, commits };
}

function landingFailure(landed: Extract<LandedTask, { landed: false }>): Failure {
  if (landed.why === 'conflict') {
    const { paths, messages, onto } = landed;
    return { code: 'merge-conflict', paths, messages, onto };
  }
  const message = `the integration branch was ${landed.why} (now ${landed.actual ?? 'gone'}) while ${landed.task} was landing`;
  return { code: 'workspace', message };
}
