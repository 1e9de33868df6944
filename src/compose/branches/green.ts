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

/**
 * As many of the branches that merge as pass together; all that merge now are known not to. What conflicted with one that is left
 * out gets its turn then.
 */
export async function greenOnes(site: Site, merging: Omit<Merging, 'set' | 'red'>, all: Green): Promise<Green> {
  const red = new Map<string, Red>();
  const seen = new Map<string, Verified>();
  let now = all;
  while (!now.verified.green) {
    const found = await findRed(site, merging, { now, seen });
    for (const [name, why] of found) red.set(name, why);
    const set = whole(all.tried.set.filter(({ name }) => !red.has(name)));
    if (set.length === 0) return { tried: await mergeThese(site, { ...merging, set, red }), verified: NOT_VERIFIED };
    now = await look(site, { ...merging, set, red }, seen);
  }
  return now;
}

/** The culprits among the branches that merge now. */
async function findRed(
  site: Site,
  merging: Omit<Merging, 'set' | 'red'>,
  { now, seen }: { now: Green; seen: Map<string, Verified> },
): Promise<Map<string, Red>> {
  const order = [...now.tried.merged.commits.keys()].map((name) => now.tried.set.find((each) => each.name === name)!);
  seen.set(keyOf(order), now.verified);
  const suspected = suspectsIn(now.verified);
  const { sets } = await smallestCulprits(
    order,
    async (set) => (await look(site, { ...merging, set }, seen)).verified.green,
    (failing) => failing.filter((each) => suspected.has(idOf(each))),
  );
  const red = new Map<string, Red>();
  for (const set of sets) {
    const culprit = set.at(-1)!;
    const others = set.slice(0, -1).map(({ name }) => name);
    // What stands on one that is left out is left out because of that one.
    if (culprit.needs.some((need) => red.has(need))) continue;
    const failing = seen.get(keyOf(set)) ?? now.verified;
    red.set(culprit.name, { with: others, failure: redFailure(failing, { others, onto: site.onto }) });
  }
  return red;
}

/** Merges these and verifies what comes of it, unless the same branches were verified already. */
async function look(site: Site, merging: Merging, seen: Map<string, Verified>): Promise<Green> {
  const tried = await mergeThese(site, merging);
  const merged = merging.set.filter(({ name }) => tried.merged.commits.has(name));
  const known = seen.get(keyOf(merged));
  if (known) return { tried, verified: known };
  site.context.narrate(`together: ${merged.map(({ name }) => name).join(', ')}`);
  const verified = await verifyMerged(site, tried.all);
  seen.set(keyOf(merged), verified);
  return { tried, verified };
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
