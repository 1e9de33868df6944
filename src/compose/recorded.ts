import type { Landing } from '../engine/ports.ts';
import { type Git, GitError } from '../git/git.ts';
import { type Recorded, recordedMerge } from '../git/recorded.ts';
import { writeCommit } from '../git/write-commit.ts';
import type { Candidate } from '../integrate/land.ts';
import type { Oid } from '../run/event.ts';
import { compliance } from './compliance.ts';
import type { Project } from './project.ts';
import type { Wiring } from './wiring.ts';

/** The merge of `theirs` into `ours` as rerere has it; null when it does not know all of it. */
export async function mergedAsRecorded(
  { repository: { git, commonDir } }: Project,
  sides: { ours: Oid; theirs: Oid },
  message: string,
): Promise<{ commit: Oid; paths: string[] } | null> {
  const found = await lookUp(git, commonDir, sides);
  if (found === null) return null;
  const parents = [sides.ours, sides.theirs];
  return { commit: await writeCommit(git, { tree: found.tree, parents, message }), paths: found.paths };
}

/** A cache that cannot be read is no reason to fail: then it is a conflict like any other. */
async function lookUp(git: Git, commonDir: string, sides: { ours: Oid; theirs: Oid }): Promise<Recorded | null> {
  try {
    return await recordedMerge(git, commonDir, sides);
  } catch (error) {
    if (error instanceof GitError || typeof (error as NodeJS.ErrnoException).code === 'string') return null;
    throw error;
  }
}

export interface FirstLandings {
  /** In the order of landing. */
  landings: Landing[];
  candidates: readonly Candidate[];
  /** Of the integration branch, before them. */
  tip: Oid;
  /** Lands one more, through the same gates. */
  land(tip: Oid, candidates: Candidate[]): Promise<Landing[] | 'stopped'>;
}

/** Tries those that conflicted once more, as their conflicts were resolved before; in the order of landing. */
export async function landRecorded(wiring: Wiring, first: FirstLandings): Promise<Landing[]> {
  const failed: Landing[] = [];
  const landed = first.landings.filter((each) => each.landed);
  for (const landing of first.landings.filter((each) => !each.landed)) {
    const again = await tryRecorded(wiring, first, { landing, onto: landed.at(-1)?.commit ?? first.tip });
    if (again?.landed) landed.push(again);
    else failed.push(again ?? landing);
  }
  return [...failed, ...landed];
}

async function tryRecorded(
  wiring: Wiring,
  { candidates, land }: FirstLandings,
  { landing, onto }: { landing: Landing; onto: Oid },
): Promise<Landing | null> {
  if (landing.landed || landing.failure.code !== 'merge-conflict') return null;
  const { task } = landing;
  const candidate = candidates.find((each) => each.task === task)!;
  const message = `merge: ${task} with what has landed, as it was resolved before\n`;
  const merged = await mergedAsRecorded(wiring.project, { ours: onto, theirs: candidate.head }, message);
  if (merged === null) return null;
  const complies = await compliance(wiring, { task, head: merged.commit });
  if (complies?.failure) return null;
  const again = await land(onto, [{ ...candidate, head: merged.commit, base: onto }]);
  if (again === 'stopped') return null;
  const [result] = again;
  return result?.landed ? { ...result, settled: { by: 'recorded', paths: merged.paths } } : (result ?? null);
}
