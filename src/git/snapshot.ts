import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';
import { isAncestor } from './history.ts';
import { commitTree, treeOf } from './merge.ts';
import { compareAndSwap, listRefs } from './refs.ts';
import { trailerOf } from './snapshots.ts';
import { type Baseline, withStage } from './stage.ts';

export interface SnapshotOptions {
  /** Refs are made as `<prefix>.1`, `<prefix>.2`, …: `refs/copse/snapshots/<run>/<task>`. */
  prefix: string;
  message: string;
  gitDir: string;
  /** Untracked files that are not kept, in gitignore syntax; nor are those the repository ignores. */
  junk: readonly string[];
  /** Further commits to keep: the tip of a branch that HEAD is not on. */
  tips?: readonly Oid[];
  /** Changes below these paths are kept, but do not count as work (see `dirty`). */
  never?: readonly string[];
  /** What set-up left there; not kept while it is unchanged. */
  baseline?: Baseline;
  /** Commits that other refs of ours hold: a state that is all in one of them needs no snapshot. */
  held?: readonly Oid[];
}

export interface Snapshot {
  /** Null: all of it is in a commit that is held anyway. */
  ref: string | null;
  commit: Oid;
  /** Files held work that no commit had. */
  dirty: boolean;
  /** Folders with a repository of their own; what only they hold is kept under `.copse-nested/`. */
  nested: string[];
  /** Files that git could not take in: they are in no snapshot. */
  unreadable: string[];
}

/**
 * Keeps the whole state of a work tree under a ref: its commits, also those its HEAD has left (`reset`, `amend`), what is
 * staged, changed and untracked. Index, HEAD and files stay as they are. An unchanged state makes no second snapshot.
 * A trailer of its commit tells HEAD and the kept index from the other parents: see snapshots.ts.
 */
export function snapshot(git: Git, options: SnapshotOptions): Promise<Snapshot> {
  const { prefix, message, tips = [], held: _, ...rest } = options;
  return withStage(git, rest, async (stage) => {
    const head = stage.scan.head ?? tips[0];
    if (head === undefined) throw new Error(`${git.cwd} has no commit at all`);
    const { nested, refused, scan, unreadable } = stage;
    const found = { nested, unreadable };
    const others = await leftCommits(git, head, tips);
    const plain = stage.differs === 'no' && scan.head !== null && nested.length === 0 && refused.length === 0;
    if (plain && others.length === 0 && (await stage.links()).length === 0)
      return { ...(await keepHead(git, options, head)), dirty: false, ...found };
    const [headTree, tree, whole] = [await treeOf(git, head), await stage.tree(), await stage.wholeTree()];
    const index = scan.staged.length > 0 ? await stage.indexTree() : null;
    const half = index !== null && index !== headTree && index !== tree && index !== whole;
    const dirty = tree !== headTree || half;
    if (whole === headTree && !half && others.length === 0)
      return { ...(await keepHead(git, options, head)), dirty, ...found };
    const staged = half
      ? await commitTree(git, { tree: index, parents: [head], message: 'copse: what was staged', date: 0 })
      : null;
    const parents = [head, ...others, ...(staged === null ? [] : [staged])];
    const same = await latest(git, prefix);
    if (same && (await describes(git, same.commit, whole, parents))) {
      return { ref: same.ref, commit: same.commit, dirty, ...found };
    }
    const commit = await commitTree(git, {
      tree: whole,
      parents,
      message: `${message}\n\n${trailerOf({ head, index: staged })}`,
    });
    return { ...(await store(git, prefix, commit)), dirty, ...found };
  });
}

async function keepHead(git: Git, { prefix, held = [] }: SnapshotOptions, head: Oid) {
  for (const commit of held) {
    if (commit === head || (await isAncestor(git, head, commit))) return { ref: null, commit: head };
  }
  return keepCommit(git, prefix, head);
}

/** Keeps a commit, and with it all of its history, under the next free `<prefix>.<n>`, unless one of these holds it. */
export async function keepCommit(git: Git, prefix: string, commit: Oid): Promise<{ ref: string; commit: Oid }> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const text = await git.text(['for-each-ref', `--contains=${commit}`, '--format=%(refname)', '--', folder]);
  const ref = text
    .split('\n')
    .find((name) => name.startsWith(`${prefix}.`) && /^\d+$/.test(name.slice(prefix.length + 1)));
  return ref === undefined ? store(git, prefix, commit) : { ref, commit };
}

/** Tips of the commits that this work tree's HEAD once was on and that neither HEAD nor `tips` can reach, and such `tips`. */
async function leftCommits(git: Git, head: Oid, tips: readonly Oid[]): Promise<Oid[]> {
  const reflog = await git.run(['rev-list', '--walk-reflogs', 'HEAD', '--']);
  const been = reflog.exit === 0 ? reflog.stdout.toString('utf8').split('\n').filter(Boolean) : [];
  const wanted = new Set([...tips, ...been].filter((oid) => oid !== head));
  if (wanted.size === 0) return [];
  const input = [...wanted, `^${head}`].map((oid) => `${oid}\n`).join('');
  const lines = (await git.text(['rev-list', '--parents', '--stdin'], { input })).split('\n').filter(Boolean);
  const inner = new Set(lines.flatMap((line) => line.split(' ').slice(1)));
  return lines.map((line) => line.split(' ')[0]!).filter((oid) => !inner.has(oid));
}

async function describes(git: Git, commit: Oid, tree: Oid, parents: readonly Oid[]): Promise<boolean> {
  const text = await git.text(['log', '-1', '--no-patch', '--format=%T %P', commit, '--']);
  return text === [tree, ...parents].join(' ');
}

async function latest(git: Git, prefix: string): Promise<{ ref: string; commit: Oid; number: number } | null> {
  let last: { ref: string; commit: Oid; number: number } | null = null;
  for (const [ref, commit] of await listRefs(git, prefix.slice(0, prefix.lastIndexOf('/') + 1))) {
    const number = ref.startsWith(`${prefix}.`) ? Number(ref.slice(prefix.length + 1)) : Number.NaN;
    if (Number.isInteger(number) && number > (last?.number ?? 0)) last = { ref, commit, number };
  }
  return last;
}

async function store(git: Git, prefix: string, commit: Oid): Promise<{ ref: string; commit: Oid }> {
  for (let number = ((await latest(git, prefix))?.number ?? 0) + 1, tries = 0; tries < 20; number += 1, tries += 1) {
    const ref = `${prefix}.${number}`;
    if (await compareAndSwap(git, ref, { next: commit, old: null, reason: 'copse: snapshot' })) return { ref, commit };
  }
  throw new GitError(['update-ref', prefix], {
    exit: null,
    signal: null,
    spawnError: 'no free name',
    stderr: Buffer.alloc(0),
  });
}
