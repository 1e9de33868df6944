import { lockHolder } from '../journal/lock.ts';
import { replay } from '../journal/replay.ts';
import { listRuns, type RunPaths, runPaths } from '../journal/store.ts';
import type { RunEvent, RunId } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { fold, type RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** A run as it stands on disk, read without a lock. */
export interface FoundRun {
  id: RunId;
  paths: RunPaths;
  events: RunEvent[];
  state: RunState;
  /** Its coordinator lives. */
  alive: boolean;
}

export interface FindRun {
  /** A run id, or the name of a plan folder or the beginning of it; absent: the latest run. */
  name?: string | undefined;
}

/** The run that is meant: the latest one, of the plan when one is named. Throws a refusal when there is none. */
export function findRun(commonDir: string, { name }: FindRun = {}): FoundRun {
  const ids = listRuns(commonDir);
  const id = name === undefined ? ids[0] : (ids.find((each) => each === name) ?? latestOfPlan(commonDir, ids, name));
  if (id) return readRun(commonDir, id);
  throw new Refusal(
    'no-run',
    name === undefined ? 'nothing was run in this repository yet' : `there is no run of ${name}`,
    {
      exit: EXIT.usage,
      hint: name === undefined ? 'copse run' : `copse run ${name}`,
    },
  );
}

/** The latest run of a plan, or null. */
export function latestRunOf(commonDir: string, plan: string): FoundRun | null {
  const id = latestOfPlan(commonDir, listRuns(commonDir), plan, true);
  return id ? readRun(commonDir, id) : null;
}

export function readRun(commonDir: string, id: RunId): FoundRun {
  const paths = runPaths(commonDir, id);
  const { events } = replay(paths.journal);
  return { id, paths, events, state: fold(events, reduce), alive: lockHolder(paths.dir) !== null };
}

function latestOfPlan(commonDir: string, ids: RunId[], name: string, exact = false): RunId | undefined {
  const plan = name.replace(/\/+$/, '').split('/').at(-1)!;
  return ids.find((id) => {
    const created = replay(runPaths(commonDir, id).journal).events[0];
    if (created?.type !== 'run.created') return false;
    return created.plan === plan || (!exact && created.plan.startsWith(`${plan}-`));
  });
}
