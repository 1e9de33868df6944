import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { branchFootprint } from './branch-footprint.ts';
import { type RawChange, rawDiffs } from './diff.ts';
import { addTo, emptyFootprint, type Footprint, footprintOf, meet } from './footprint.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';
import { type Merge, mergeTrees } from './merge.ts';
import { quickMerge } from './quick-merge.ts';
import { writeCommit } from './write-commit.ts';

export interface Branch {
  head: Oid;
  /** Where it began, when that is known. */
  base?: Oid;
  /** Message of its merge commit. */
  message: string;
}

export type Merged = { clean: true; commit: Oid } | { clean: false; paths: string[]; messages: string[] };

/** In which order branches are merged, by what they touch (null: not known): their places. */
export type Arrange = (footprints: readonly (Footprint | null)[]) => number[];

const asGiven: Arrange = (footprints) => [...footprints.keys()];

export interface MergedBranches {
  /** The last commit; `onto` when nothing merged. */
  tip: Oid;
  /** One a branch, as they were given. */
  results: Merged[];
  /** The places of the branches in the order they were merged in. */
  order: number[];
}

/**
 * Merges branches one after another onto `onto`, each by a merge commit of its own with the tree that `git merge` would
 * make; a conflicting one is left out. Branches that meet nothing else are applied path by path, all in one git process;
 * the others are merged in memory. No ref is moved: the caller does that, by compare-and-swap.
 */
export async function mergeMany(
  git: Git,
  onto: Oid,
  branches: readonly Branch[],
  arrange = asGiven,
): Promise<MergedBranches> {
  const forks = await findForks(git, onto, branches);
  const apart = await findChanges(git, onto, forks, branches);
  const order = arrange(apart.map((own) => own?.footprint ?? null));
  const results: Merged[] = [];
  const landed = emptyFootprint();
  let tip = onto;
  let plain: PlainMerge[] = [];
  const flush = async () => {
    const commits = await importMerges(git, tip, plain);
    for (const [at, commit] of commits.entries()) results[plain[at]!.index] = { clean: true, commit };
    tip = commits.at(-1) ?? tip;
    plain = [];
  };
  for (const index of order) {
    const [branch, own] = [branches[index]!, apart[index]];
    if (own && !meet(own.footprint, own.upstream) && !meet(own.footprint, landed)) {
      plain.push({ index, branch, changes: own.changes });
      addTo(landed, own.changes);
      continue;
    }
    await flush();
    const merged = await mergeOne(git, tip, branch);
    results[index] = merged;
    if (!merged.clean) continue;
    addTo(landed, (await rawDiffs(git, [[tip, merged.commit]]))[0]!);
    tip = merged.commit;
  }
  await flush();
  return { tip, results, order };
}

/** The same with a merge in memory for each: for a few branches that takes fewer processes. */
export async function mergeInTurn(
  git: Git,
  onto: Oid,
  branches: readonly Branch[],
  arrange = asGiven,
): Promise<MergedBranches> {
  const order = arrange(arrange === asGiven ? branches.map(() => null) : await footprintsOf(git, branches));
  const results: Merged[] = [];
  let tip = onto;
  for (const index of order) {
    const merged = await mergeOne(git, tip, branches[index]!);
    results[index] = merged;
    if (merged.clean) tip = merged.commit;
  }
  return { tip, results, order };
}

/** What branches touch; read from the objects that merging them in memory reads as well. */
export function footprintsOf(git: Git, branches: readonly Omit<Branch, 'message'>[]): Promise<(Footprint | null)[]> {
  return Promise.all(
    branches.map(({ base, head }) => (base === undefined ? null : branchFootprint(git, { base, head }))),
  );
}

async function mergeOne(git: Git, onto: Oid, branch: Branch): Promise<Merged> {
  const { head, message } = branch;
  const merge = await mergeBranch(git, onto, branch);
  if (!merge.clean) return { clean: false, paths: merge.paths, messages: merge.messages };
  return { clean: true, commit: await writeCommit(git, { tree: merge.tree, parents: [onto, head], message }) };
}

/** In memory: without a process where that makes the same tree, else by git. */
export async function mergeBranch(git: Git, onto: Oid, { head, base }: Omit<Branch, 'message'>): Promise<Merge> {
  const tree = base === undefined ? null : await quickMerge(git, { onto, head, base });
  return tree === null ? mergeTrees(git, onto, head) : { clean: true, tree };
}

/**
 * Where each branch left the history of `onto`: its merge base; null when there are several or none, or when it shares
 * commits with another branch of these. Of a branch that stands on another, what it did to the other's files shows only
 * against the other, not against where both began.
 */
async function findForks(git: Git, onto: Oid, branches: readonly Branch[]): Promise<(Oid | null)[]> {
  const input = [...branches.map(({ head }) => head), `^${onto}`].map((revision) => `${revision}\n`).join('');
  const lines = (await git.text(['rev-list', '--parents', '--stdin'], { input })).split('\n').filter(Boolean);
  // Only commits that `onto` lacks are listed: a parent that is not listed is in its history.
  const parents = new Map(lines.map((line) => line.split(' ')).map(([oid, ...above]) => [oid!, above]));
  const walks = branches.map(({ head }) => walkBack(head, parents));
  const uses = new Map<Oid, number>();
  for (const { own } of walks) for (const oid of own) uses.set(oid, (uses.get(oid) ?? 0) + 1);
  return walks.map(({ own, border, rootless }) => {
    const shared = own.some((oid) => uses.get(oid)! > 1);
    return border.length === 1 && !rootless && !shared ? border[0]! : null;
  });
}

/** The commits of a branch that `parents` lists, and those of `onto` that it stands on. */
export function walkBack(head: Oid, parents: ReadonlyMap<Oid, string[]>) {
  const seen = new Set<Oid>([head]);
  const own: Oid[] = [];
  const border: Oid[] = [];
  let rootless = false;
  for (const oid of seen) {
    const above = parents.get(oid);
    if (above === undefined) border.push(oid);
    else own.push(oid);
    if (above?.length === 0) rootless = true;
    for (const parent of above ?? []) seen.add(parent);
  }
  return { own, border, rootless };
}

interface OwnChanges {
  changes: RawChange[];
  footprint: Footprint;
  /** What `onto` changed since the fork. */
  upstream: Footprint;
}

async function findChanges(git: Git, onto: Oid, forks: (Oid | null)[], branches: readonly Branch[]) {
  const known = [...forks.entries()].filter((entry): entry is [number, Oid] => entry[1] !== null);
  const bases = [...new Set(known.map(([, fork]) => fork))];
  const pairs = [
    ...known.map(([index, fork]) => [fork, branches[index]!.head] as const),
    ...bases.map((fork) => [fork, onto] as const),
  ];
  const diffs = await rawDiffs(git, pairs);
  const upstream = new Map(bases.map((fork, at) => [fork, footprintOf(diffs[known.length + at]!)]));
  const found = new Map<number, OwnChanges>();
  for (const [at, [index, fork]] of known.entries()) {
    const changes = diffs[at]!;
    found.set(index, { changes, footprint: footprintOf(changes), upstream: upstream.get(fork)! });
  }
  return branches.map((_, index) => found.get(index) ?? null);
}

interface PlainMerge {
  index: number;
  branch: Branch;
  changes: RawChange[];
}

/** Writes a chain of merge commits in one `git fast-import`; gives them in order. */
async function importMerges(git: Git, onto: Oid, merges: readonly PlainMerge[]): Promise<Oid[]> {
  if (merges.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'copse-import-'));
  const ref = `refs/copse/import/${folder.slice(folder.lastIndexOf('-') + 1)}`;
  try {
    const marks = join(folder, 'marks');
    const env = await identityEnv(git);
    const [author, committer] = await Promise.all([
      git.text(['var', 'GIT_AUTHOR_IDENT'], { env }),
      git.text(['var', 'GIT_COMMITTER_IDENT'], { env }),
    ]);
    const chunks = merges.map(({ branch, changes }, at) => {
      const message = Buffer.from(branch.message.endsWith('\n') ? branch.message : `${branch.message}\n`, 'utf8');
      const header = `commit ${ref}\nmark :${at + 1}\nauthor ${author}\ncommitter ${committer}\ndata ${message.length}\n`;
      const parents = `\nfrom ${at === 0 ? onto : `:${at}`}\nmerge ${branch.head}\n`;
      const files = Buffer.from(instructions(changes), 'latin1');
      return Buffer.concat([Buffer.from(header, 'utf8'), message, Buffer.from(parents), files]);
    });
    const input = Buffer.concat([Buffer.from('feature done\n'), ...chunks, Buffer.from('done\n')]);
    await git.bytes(['fast-import', '--quiet', `--export-marks=${marks}`], { input });
    return (await readFile(marks, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(1).split(' ') as [string, Oid])
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, oid]) => oid);
  } finally {
    // It only makes the commits; where a lock stands in its way for good, it may stay.
    await git.run(['update-ref', '--no-deref', '-d', ref], { config: ['core.packedRefsTimeout=1000'] });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Deletions first: a file that gives way to a folder of its name, or the other way round, is gone before the other comes. */
function instructions(changes: readonly RawChange[]): string {
  const quote = (path: string) => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const gone = changes.filter(({ status }) => status === 'D').map(({ path }) => `D ${quote(path)}\n`);
  const there = changes.filter(({ status }) => status !== 'D');
  return [...gone, ...there.map(({ mode, oid, path }) => `M ${mode} ${oid} ${quote(path)}\n`)].join('');
}
