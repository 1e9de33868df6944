import type { Oid } from '../run/event.ts';
import { listingOf } from './commit-listing.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';

/** The files of a commit, read without a checkout. */
export interface CommitFiles {
  /** All paths, sorted. */
  files(): readonly string[];
  /** The text of a file; null when there is none or it is above 1 MiB. What is asked for in one turn is read together. */
  read(path: string): Promise<string | null>;
  /** Paths with one of these endings (`py`) whose text holds one of the words. At most one git call, however large the commit is. */
  holding(words: readonly string[], endings: readonly string[]): Promise<string[]>;
}

/**
 * One git call at most; one git that stays reads the files. Of a commit that is near one that was looked at before, only what
 * differs is asked for.
 */
export async function commitFiles(git: Git, commit: Oid): Promise<CommitFiles> {
  const { paths: known, holding } = await listingOf(git, commit);
  let paths: string[] | null = null;
  const texts = new Map<string, Promise<string | null>>();
  let batch: { paths: string[]; found: Promise<Map<string, string>> } | null = null;

  async function readTogether(wanted: string[]): Promise<Map<string, string>> {
    await Promise.resolve(); // until everybody of this turn has asked
    batch = null;
    const names = new Map(wanted.map((path) => [`${commit}:${path}`, path]));
    const objects = await readObjects(git, [...names.keys()]);
    return new Map(
      [...objects].flatMap(([name, { type, bytes }]) =>
        type === 'blob' && bytes !== null ? [[names.get(name)!, bytes.toString('utf8')] as const] : [],
      ),
    );
  }

  async function readOne(path: string): Promise<string | null> {
    if (batch === null) {
      const wanted: string[] = [];
      batch = { paths: wanted, found: readTogether(wanted) };
    }
    const { found } = batch;
    batch.paths.push(path);
    return (await found).get(path) ?? null;
  }

  return {
    files() {
      paths ??= [...known].sort();
      return paths;
    },
    read(path) {
      if (!known.has(path)) return Promise.resolve(null);
      const text = texts.get(path) ?? readOne(path);
      texts.set(path, text);
      return text;
    },
    holding,
  };
}
