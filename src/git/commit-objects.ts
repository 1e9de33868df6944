import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';

/** A commit as its object says. */
export interface CommitObject {
  tree: Oid;
  parents: Oid[];
  /** Without blank lines at the end. */
  message: string;
  /** Its message is not in UTF-8. */
  encoded: boolean;
}

/** Commits never change; by repository, because an id may be missing in another. */
const known = new WeakMap<NodeJS.ProcessEnv, Map<Oid, CommitObject>>();
const KEPT = 4096;

/** These commits, those left out that are missing, too large or something else. */
export async function readCommitObjects(git: Git, oids: readonly Oid[]): Promise<Map<Oid, CommitObject>> {
  const cache = cacheOf(git);
  const asked = oids.filter((oid) => !cache.has(oid));
  for (const [oid, { type, bytes }] of await readObjects(git, asked)) {
    if (type === 'commit' && bytes !== null) cache.set(oid, parseCommit(bytes));
  }
  const found = new Map(oids.flatMap((oid) => (cache.has(oid) ? [[oid, cache.get(oid)!] as const] : [])));
  if (cache.size > KEPT) cache.clear();
  return found;
}

/** What has just been written need not be asked for. */
export function rememberCommit(git: Git, oid: Oid, bytes: Buffer): void {
  cacheOf(git).set(oid, parseCommit(bytes));
}

function cacheOf(git: Git): Map<Oid, CommitObject> {
  const cache = known.get(git.env) ?? new Map<Oid, CommitObject>();
  known.set(git.env, cache);
  return cache;
}

function parseCommit(bytes: Buffer): CommitObject {
  const end = bytes.indexOf('\n\n');
  const headers = bytes
    .subarray(0, end < 0 ? bytes.length : end)
    .toString('latin1')
    .split('\n');
  const values = (key: string) =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const message = end < 0 ? '' : bytes.subarray(end + 2).toString('utf8');
  return {
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    message: message.trimEnd(),
    encoded: values('encoding').length > 0,
  };
}
