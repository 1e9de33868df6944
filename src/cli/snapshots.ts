import { existsSync } from 'node:fs';
import { type FoundRun, readRun } from '../compose/runs.ts';
import type { Git } from '../git/git.ts';
import { isAncestor, mergeBase } from '../git/history.ts';
import { type Holdings, holdingsOf, type Question } from '../git/holdings.ts';
import { LANDINGS, landingTip } from '../git/landings.ts';
import { findRefs } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { type KeptSnapshot, listSnapshots, SNAPSHOTS } from '../git/snapshots.ts';
import { listRuns } from '../journal/store.ts';
import { show } from '../plan/text.ts';
import { listed } from '../run/describe.ts';
import type { Oid } from '../run/event.ts';
import { integrationBranch, lastAttempt, type RunState } from '../run/state.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** A snapshot with the run it came from; null when that is not there any more, or cannot be read. */
export interface SnapshotOfRun extends KeptSnapshot {
  source: FoundRun | null;
  /** When it was made, as far as can be told, in milliseconds since the epoch: rather too late than too early. */
  at: number;
}

export interface Recoverable extends SnapshotOfRun, Holdings {
  /** The commit its work began from. */
  base: Oid;
}

/** All snapshots of a repository, those of the latest run first; of one run when it is named. */
export async function snapshotsOf({ git, commonDir }: Repository, run?: string): Promise<SnapshotOfRun[]> {
  const found = await listSnapshots(git, run);
  const there = new Set(listRuns(commonDir));
  const runs = new Map<string, FoundRun | null>();
  for (const { run: id } of found) if (!runs.has(id)) runs.set(id, there.has(id) ? tryRead(commonDir, id) : null);
  const newestFirst = [...runs.keys()].sort().reverse();
  return newestFirst.flatMap((id) =>
    found
      .filter((snapshot) => snapshot.run === id)
      .map((snapshot) => ({ ...snapshot, source: runs.get(id)!, at: madeAt(snapshot, runs.get(id)!) })),
  );
}

function tryRead(commonDir: string, id: string): FoundRun | null {
  try {
    return readRun(commonDir, id);
  } catch {
    return null; // its journal is damaged from the first line on
  }
}

/** The commit of an agent may be older than the ref, and say of its date what it likes. */
function madeAt({ commit, head, committedAt }: KeptSnapshot, run: FoundRun | null): number {
  return commit === head && run !== null ? Math.max(committedAt, run.state.updatedAt) : committedAt;
}

/** The same with what each holds. */
export async function measured(git: Git, snapshots: readonly SnapshotOfRun[]): Promise<Recoverable[]> {
  const questions: Question[] = [];
  const landing = await landingTips(git, snapshots);
  for (const snapshot of snapshots) {
    const base = await baseOf(git, snapshot);
    questions.push({ snapshot, base, held: landing.get(snapshot.source) ?? [] });
  }
  const holdings = await holdingsOf(git, questions);
  return snapshots.map((snapshot, at) => ({ ...snapshot, base: questions[at]!.base, ...holdings[at]! }));
}

/** By run: where its work lands, as these branches are now. */
async function landingTips(git: Git, snapshots: readonly SnapshotOfRun[]): Promise<Map<FoundRun | null, Oid[]>> {
  const heads = await findRefs(git, ['refs/heads/', LANDINGS]);
  const tips = new Map<FoundRun | null, Oid[]>();
  for (const { source } of snapshots) {
    if (source !== null && !tips.has(source)) {
      tips.set(
        source,
        landingRefs(source.state).flatMap((ref) => heads.get(ref) ?? []),
      );
    }
  }
  return tips;
}

/** Where work of a run is once it is integrated: the integration branch, what of it has landed, and the branches it landed on. */
export function landingRefs({ id, integrationRef, target, landed, landings }: RunState): string[] {
  const branches = [target, landed?.target ?? null].flatMap((branch) => (branch ? [`refs/heads/${branch}`] : []));
  const kept = landings.map((_, at) => landingTip(id, at + 1)).reverse();
  return [...new Set([integrationRef, ...kept, ...branches])];
}

async function baseOf(git: Git, { name, commit, source }: SnapshotOfRun): Promise<Oid> {
  const attempts = source?.state.tasks.get(name)?.attempts ?? [];
  const bases = [...new Set([...attempts.map(({ base }) => base).reverse(), ...(source ? [source.state.base] : [])])];
  for (const base of bases) {
    if (await isAncestor(git, base, commit).catch(() => false)) return base;
  }
  return (await mergeBase(git, 'HEAD', commit)) ?? emptyTree(commit);
}

/** An agent on a branch without history: all of it is new. */
const emptyTree = (like: Oid) =>
  like.length === 40
    ? '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    : '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';

/**
 * The one that a person means by a ref, `task-001.2`, or `task-001`, which is its latest.
 * @param run whose tasks may be meant that nothing was kept for: the one that is named, or the latest
 */
export function chooseSnapshot(
  snapshots: readonly SnapshotOfRun[],
  typed: string,
  run: RunState | null,
): SnapshotOfRun {
  const short = typed.startsWith(SNAPSHOTS) ? typed.slice(SNAPSHOTS.length) : typed;
  const exact = snapshots.find(({ run, name, number }) =>
    [`${run}/${name}.${number}`, `${name}.${number}`].includes(short),
  );
  if (exact) return exact;
  const stem = /^\d+$/.test(short) ? `task-${short.padStart(3, '0')}` : short;
  const named = (name: string, run: string) => [name, `${run}/${name}`].includes(stem);
  const names = [...new Set(snapshots.map(({ name }) => name))];
  const near = names.filter((name) => name.startsWith(`${stem}-`));
  const found = snapshots.filter(({ name, run }) => named(name, run) || (near.length === 1 && name === near[0]));
  const latest = found.filter(({ run }) => run === found[0]?.run).at(-1);
  if (latest) return latest;
  const what = near.length > 1 ? `${show(typed)} could be ${listed(near, 4)}` : nothingKept(run, stem, typed);
  throw new Refusal('unknown-snapshot', what, {
    exit: EXIT.usage,
    hint:
      names.length > 0
        ? `there are snapshots of ${listed(names, 6)}: copse recover --all`
        : 'nothing is kept so far: copse keeps a workspace before it resets or removes it, if work is in it',
  });
}

function nothingKept(run: RunState | null, stem: string, typed: string): string {
  const id = stem.replace(/\.\d+$/, '');
  const task = run?.tasks.get(id);
  if (!run || !task) return `there is no snapshot ${show(typed)}`;
  const attempt = lastAttempt(task);
  const nothing = `nothing was kept for ${id}`;
  if (!attempt) return `${nothing}: it has not started`;
  if (task.status.is === 'integrated') {
    return `${nothing}: what it made is on ${integrationBranch(run)}`;
  }
  return existsSync(attempt.workspace)
    ? `${nothing}: its workspace still stands, ${attempt.workspace}`
    : `${nothing}: its workspace held no work when it was removed`;
}
