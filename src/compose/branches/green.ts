import { smallestCulprits } from '../../integrate/culprits.ts';
import type { Candidate } from './candidates.ts';
import { type MergedRows, type Merging, mergeThese, type Red } from './merge-rows.ts';
import type { Site } from './site.ts';
import { idOf } from './state.ts';
import { NOT_VERIFIED, redFailure, type Verified, verifyMerged } from './verify.ts';

export interface Green {
  tried: MergedRows;
  verified: Verified;
}

/** As many of the branches that merge as pass together. All of them are known not to. */
export async function greenOnes(site: Site, merging: Omit<Merging, 'set' | 'red'>, all: Green): Promise<Green> {
  const { candidates } = merging.found;
  const order = [...all.tried.merged.commits.keys()].map((name) => candidates.find((each) => each.name === name)!);
  const seen = new Map<string, Green>([[keyOf(order), all]]);
  const look = async (set: readonly Candidate[]): Promise<Green> => {
    const found = seen.get(keyOf(set)) ?? (await tryThese(site, merging, set));
    seen.set(keyOf(set), found);
    return found;
  };
  const suspected = suspectsIn(all.verified);
  const { sets, rest } = await smallestCulprits(
    order,
    async (set) => (await look(set)).verified.green,
    (failing) => failing.filter((each) => suspected.has(idOf(each))),
  );
  const red = new Map<string, Red>();
  for (const set of sets) {
    const culprit = set.at(-1)!;
    const failing = seen.get(keyOf(set))?.verified ?? all.verified;
    const others = set.slice(0, -1).map(({ name }) => name);
    // What stands on one that is left out is left out because of that one.
    if (!culprit.needs.some((need) => red.has(need))) {
      red.set(culprit.name, { with: others, failure: redFailure(failing, { others, onto: site.onto }) });
    }
  }
  const kept = whole(rest);
  const { verified } = kept.length === 0 ? { verified: NOT_VERIFIED } : await look(kept);
  return { tried: await mergeThese(site, { ...merging, set: kept, red }), verified };
}

async function tryThese(site: Site, merging: Omit<Merging, 'set' | 'red'>, set: readonly Candidate[]): Promise<Green> {
  site.context.narrate(`together: ${set.map(({ name }) => name).join(', ')}`);
  const tried = await mergeThese(site, { ...merging, set });
  return { tried, verified: await verifyMerged(site, tried.all) };
}

/** Without those that need what is not among them. */
function whole(set: readonly Candidate[]): Candidate[] {
  const kept = set.filter(({ needs }) => needs.every((need) => set.some(({ name }) => name === need)));
  return kept.length === set.length ? kept : whole(kept);
}

function suspectsIn({ checks }: Verified): Set<string> {
  return new Set(checks.flatMap(({ failures }) => failures.flatMap(({ blame }) => blame.map(({ task }) => task))));
}

const keyOf = (set: readonly Candidate[]) =>
  set
    .map(({ name }) => name)
    .sort()
    .join('\n');
