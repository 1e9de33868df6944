import type { Oid } from '../run/event.ts';
import { readCommitObjects } from './commit-objects.ts';
import { decode } from './copied-index.ts';
import { treePaths } from './diff.ts';
import { type Git, GitError, splitFields } from './git.ts';
import { readObjects } from './objects.ts';
import { diffTrees, type TreeChange } from './trees.ts';

/** The paths of a commit, and which of them hold words. */
export interface Listing {
  paths: ReadonlySet<string>;
  /** Sorted paths with one of these endings (`py`) whose text holds one of the words. */
  holding(words: readonly string[], endings: readonly string[]): Promise<string[]>;
}

interface Known {
  commit: Oid;
  /** Null: it cannot be read here, and nothing is told from it. */
  tree: Oid | null;
  paths: ReadonlySet<string>;
  /** Answers by question. */
  held: Map<string, ReadonlySet<string>>;
}

/** The commit that was looked at last, by repository. Branches of one run differ in little, and nobody greps ten thousand files for that. */
const latest = new WeakMap<NodeJS.ProcessEnv, Promise<Known>>();
/** Paths that differ, and questions whose answers are kept; above it git is asked. */
const MOST = 500;
const QUESTIONS = 16;

/** The first time one git call, and one a question; later none, as long as little differs from the commit before. */
export async function listingOf(git: Git, commit: Oid): Promise<Listing> {
  const before = latest.get(git.env);
  const now =
    before === undefined
      ? list(git, commit)
      : before.then(
          (known) => advance(git, known, commit),
          () => list(git, commit),
        );
  latest.set(git.env, now);
  now.catch(() => latest.delete(git.env));
  const known = await now;
  return { paths: known.paths, holding: (words, endings) => ask(git, known, { words, endings }) };
}

async function list(git: Git, commit: Oid): Promise<Known> {
  const isId = /^[0-9a-f]{40,64}$/.test(commit);
  const tree = isId ? (await readCommitObjects(git, [commit])).get(commit)?.tree : undefined;
  return { commit, tree: tree || null, paths: await treePaths(git, commit), held: new Map() };
}

/** What is known of one commit as it is in another. */
async function advance(git: Git, known: Known, commit: Oid): Promise<Known> {
  if (known.commit === commit) return known;
  const tree = (await readCommitObjects(git, [commit])).get(commit)?.tree;
  const changes = tree && known.tree !== null ? await diffTrees(git, known.tree, tree) : null;
  if (!tree || changes === null || changes.length > MOST) return list(git, commit);
  const paths = new Set(known.paths);
  for (const { path, now } of changes) {
    if (now === null) paths.delete(decode(path));
    else paths.add(decode(path));
  }
  const texts = known.held.size === 0 ? new Map<Oid, string>() : await textsOf(git, changes);
  const held = new Map([...known.held].map(([key, found]) => [key, updated(found, { changes, texts, key })]));
  return { commit, tree, paths, held };
}

interface Question {
  words: readonly string[];
  endings: readonly string[];
}

function updated(
  found: ReadonlySet<string>,
  { changes, texts, key }: { changes: readonly TreeChange[]; texts: ReadonlyMap<Oid, string>; key: string },
): Set<string> {
  const { words, endings } = JSON.parse(key) as Question;
  const next = new Set(found);
  for (const { path: raw, now } of changes) {
    const path = decode(raw);
    const text = now !== null && isOf(path, endings) ? texts.get(now.oid) : undefined;
    if (text !== undefined && words.some((word) => text.includes(word))) next.add(path);
    else next.delete(path);
  }
  return next;
}

/** Texts of the files that changed; links and what is no text are not searched. */
async function textsOf(git: Git, changes: readonly TreeChange[]): Promise<Map<Oid, string>> {
  const oids = changes.flatMap(({ now }) => (now?.mode.startsWith('100') ? [now.oid] : []));
  const objects = await readObjects(git, [...new Set(oids)]);
  return new Map(
    [...objects].flatMap(([oid, { bytes }]) =>
      bytes === null || bytes.includes(0) ? [] : [[oid, bytes.toString('utf8')] as const],
    ),
  );
}

async function ask(git: Git, known: Known, question: Question): Promise<string[]> {
  const key = JSON.stringify(question);
  const found = known.held.get(key) ?? (await search(git, known, question));
  if (known.held.size < QUESTIONS) known.held.set(key, found);
  return [...found].sort();
}

async function search(git: Git, { commit, paths }: Known, { words, endings }: Question): Promise<Set<string>> {
  const there = endings.filter((ending) => [...paths].some((path) => isOf(path, [ending])));
  if (there.length === 0) return new Set();
  const patterns = words.flatMap((word) => ['-e', word]);
  const specs = there.map((ending) => `:(top)*.${ending}`);
  const args = ['grep', '-l', '-z', '-I', '-F', '--full-name', '--no-textconv', ...patterns, commit, '--', ...specs];
  const result = await git.run(args);
  if (result.exit === 1) return new Set(); // nothing was found
  if (result.exit !== 0) throw new GitError(args, result);
  return new Set(splitFields(result.stdout).map((found) => found.slice(commit.length + 1)));
}

function isOf(path: string, endings: readonly string[]): boolean {
  return endings.some((ending) => path.endsWith(`.${ending}`));
}
