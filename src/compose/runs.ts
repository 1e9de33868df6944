import { lockHolder } from '../journal/lock.ts';
import { type Damage, type Position, type Replay, replay } from '../journal/replay.ts';
import { listRuns, type RunPaths, runPaths } from '../journal/store.ts';
import { show } from '../plan/text.ts';
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
  /** How far its journal was read. */
  position: Position;
  /** Where events are missing from the journal: nothing behind that place is in `state`. */
  damage: Damage | null;
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
  const id =
    name === undefined
      ? ids.find((each) => planOf(commonDir, each) !== null)
      : (ids.find((each) => each === name && planOf(commonDir, each) !== null) ?? latestOfPlan(commonDir, ids, name));
  if (id) return readRun(commonDir, id);
  throw noRun(name, [...new Set(ids.flatMap((each) => planOf(commonDir, each) ?? []))]);
}

function noRun(name: string | undefined, plans: string[]): Refusal {
  const message = name === undefined ? 'nothing was run in this repository yet' : `there is no run of ${show(name)}`;
  const known = plans.slice(0, 5).join(', ');
  return new Refusal('no-run', message, {
    exit: EXIT.usage,
    hint: plans.length > 0 ? `there are runs of ${known}` : 'copse run',
    details: { plans },
  });
}

/** The latest run of a plan, or null. */
export function latestRunOf(commonDir: string, plan: string): FoundRun | null {
  const id = latestOfPlan(commonDir, listRuns(commonDir), plan, true);
  return id ? readRun(commonDir, id) : null;
}

/** Every run, the latest first; without those that were killed before they had written anything. */
export function allRuns(commonDir: string): FoundRun[] {
  const ids = listRuns(commonDir).filter((id) => planOf(commonDir, id) !== null);
  // An id tells the second; within one its order is chance.
  return ids.map((id) => readRun(commonDir, id)).sort((a, b) => b.state.createdAt - a.state.createdAt);
}

export function readRun(commonDir: string, id: RunId): FoundRun {
  const paths = runPaths(commonDir, id);
  const { events, damage, ...position } = replay(paths.journal);
  const alive = lockHolder(paths.dir) !== null;
  return { id, paths, events, state: fold(events, reduce), position, damage, alive };
}

/** Not given up, and something of it is not integrated. */
export function canGoOn({ state }: FoundRun): boolean {
  return state.phase !== 'abandoned' && state.outcome !== 'integrated';
}

/** The run as its holder finds it: what was read before the lock was taken may be out of date. */
export function asHeld(run: FoundRun, { events }: Replay): FoundRun {
  return { ...run, events, state: fold(events, reduce), alive: false };
}

function latestOfPlan(commonDir: string, ids: RunId[], name: string, exact = false): RunId | undefined {
  const plan = name.replace(/\/+$/, '').split('/').at(-1)!;
  if (plan === '') return undefined;
  return ids.find((id) => {
    const of = planOf(commonDir, id);
    return of !== null && (of === plan || (!exact && of.startsWith(`${plan}-`)));
  });
}

/** The plan of a run; null when it was killed before it had written anything. */
function planOf(commonDir: string, id: RunId): string | null {
  const created = replay(runPaths(commonDir, id).journal).events[0];
  return created?.type === 'run.created' ? created.plan : null;
}
