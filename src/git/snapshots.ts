import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

/** Below it, a snapshot is `<run>/<name>.<number>`; the name is that of a task, or `_integration`. */
export const SNAPSHOTS = 'refs/copse/snapshots/';

/** A snapshot as it lies in the repository. */
export interface KeptSnapshot {
  ref: string;
  run: string;
  name: string;
  /** From 1; the latest one has the highest. */
  number: number;
  commit: Oid;
  /** The last commit that HEAD was on: `commit` itself when there was nothing besides. */
  head: Oid;
  /** Commits that HEAD had left by then: amended, reset away, on other branches. */
  left: Oid[];
  /** Holds what was staged where that was neither committed nor in the files; null when nothing was. */
  index: Oid | null;
  /** When `commit` was made, in milliseconds since the epoch; when `commit` is `head`, by the agent. */
  committedAt: number;
}

/** One key for all: git 2.39 mixes up the keys of two. */
const TRAILER = 'Copse-Snapshot';

/** The end of a snapshot's commit message: which of its parents is what. */
export function trailerOf({ head, index }: { head: Oid; index: Oid | null }): string {
  return `${TRAILER}: head ${head}${index === null ? '' : ` index ${index}`}`;
}

/** All snapshots, by run, name and number; those of one run when it is named. */
export async function listSnapshots(git: Git, run?: string): Promise<KeptSnapshot[]> {
  const trailer = `%(contents:trailers:key=${TRAILER},valueonly,separator=%2C)`;
  const parts = ['%(refname)', '%(objectname)', '%(committerdate:unix)', '%(parent)', trailer];
  const under = run === undefined ? SNAPSHOTS : `${SNAPSHOTS}${run}/`;
  const text = await git.text(['for-each-ref', `--format=${parts.join('%00')}`, '--', under]);
  const found = text.split('\n').flatMap((line) => read(line) ?? []);
  return found.sort((a, b) => order(a.run, b.run) || order(a.name, b.name) || a.number - b.number);
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function read(line: string): KeptSnapshot | null {
  const [ref = '', commit = '', seconds = '', parentList = '', trailer = ''] = line.split('\0');
  const named = /^([^/]+)\/(.+)\.(\d+)$/.exec(ref.slice(SNAPSHOTS.length));
  if (named === null) return null;
  const [, run, name, number] = named as unknown as [string, string, string, string];
  const parents = parentList.split(' ');
  const [, head = '', index = ''] = /^head ([0-9a-f]+)(?: index ([0-9a-f]+))?$/.exec(trailer) ?? [];
  // What an agent wrote into a message of its own is no trailer of ours unless it names a parent.
  const ours = parents.includes(head);
  return {
    ref,
    run,
    name,
    number: Number(number),
    commit,
    head: ours ? head : commit,
    left: ours ? parents.filter((parent) => parent !== head && parent !== index) : [],
    index: ours && parents.includes(index) ? index : null,
    committedAt: Number(seconds) * 1000,
  };
}
