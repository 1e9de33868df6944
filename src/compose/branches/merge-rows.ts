import type { Judgement } from '../../gate/gate.ts';
import type { Candidate, Found, NothingNew } from './candidates.ts';
import { type MergedSet, mergeSet } from './merge.ts';
import { branchMessage } from './message.ts';
import type { Site } from './site.ts';
import type { AllRows, BranchOutcome, BranchRow } from './state.ts';

export interface Merging {
  found: Found;
  judged: ReadonlyMap<string, Judgement>;
  /** Those that are merged. */
  set: readonly Candidate[];
  /** Those that are left out because of checks, by name. */
  red?: ReadonlyMap<string, Red>;
}

/** What fails with a branch; `with`: together with these only. */
export type Red = Omit<Extract<BranchOutcome, { is: 'red' }>, 'is'>;

export interface MergedRows {
  /** Those that were to be merged. */
  set: readonly Candidate[];
  all: AllRows;
  merged: MergedSet;
}

export async function mergeThese(site: Site, merging: Merging): Promise<MergedRows> {
  const { plan, planDir, target, onto, options, project } = site;
  const { found, set } = merging;
  const messageOf = (branch: Candidate) => branchMessage(site, branch);
  const merged = await mergeSet(project.repository.git, set, { target, onto, messageOf });
  const rows = found.candidates.map((branch) => rowOf(branch, merging, merged));
  const others = found.nothingNew.map((branch) => rowOfNothing(branch, rows));
  const { globs } = options;
  return {
    set,
    merged,
    all: { plan, planDir: planDir ?? '', target, onto, tip: merged.tip, globs, rows: [...others, ...rows] },
  };
}

function rowOf(branch: Candidate, { judged, red, found }: Merging, { commits, conflicts }: MergedSet): BranchRow {
  const { failure, evidence } = judged.get(branch.name)!;
  const commit = commits.get(branch.name);
  const conflict = conflicts.get(branch.name);
  if (failure !== null) return { branch, outcome: { is: 'refused', failure }, evidence };
  if (conflict) return { branch, outcome: { is: 'conflict', ...conflict }, evidence };
  if (commit !== undefined) return { branch, outcome: { is: 'merged', commit }, evidence };
  const broken = red?.get(branch.name);
  if (broken) return { branch, outcome: { is: 'red', ...broken }, evidence };
  const there = (name: string) => commits.has(name) || !found.candidates.some((each) => each.name === name);
  const by = branch.needs.find((need) => !there(need)) ?? branch.name;
  return { branch, outcome: { is: 'blocked', by }, evidence };
}

/** What another branch has is there when that one is. */
function rowOfNothing(branch: NothingNew, rows: readonly BranchRow[]): BranchRow {
  const { within } = branch;
  const twin = rows.find((row) => row.branch.name === within);
  const isThere = twin === undefined || twin.outcome.is === 'merged';
  return { branch, outcome: isThere ? { is: 'nothing-new', within } : { is: 'blocked', by: within }, evidence: [] };
}
