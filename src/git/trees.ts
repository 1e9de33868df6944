import type { Oid } from '../run/event.ts';
import { decode } from './copied-index.ts';
import type { RawChange } from './diff.ts';
import type { Git } from './git.ts';
import { looseObject, type ObjectSite, writeLooseObject } from './loose-object.ts';
import { readObjects } from './objects.ts';

/** An entry of a tree object. Names are latin1, byte for byte: they need not be UTF-8. */
export interface TreeEntry {
  /** As it stands there: `100644`, `40000` for a tree. */
  mode: string;
  oid: Oid;
}
type Tree = ReadonlyMap<string, TreeEntry>;

/** A path that two trees differ in, with what stands on each side; null where there is nothing. Never a tree itself. */
export interface TreeChange {
  /** latin1. */
  path: string;
  old: TreeEntry | null;
  now: TreeEntry | null;
}

const FOLDER = '40000';

/** Trees never change; by repository, because an id may be missing in another. */
const known = new WeakMap<NodeJS.ProcessEnv, Map<Oid, Tree>>();
const KEPT = 2048;

/** These trees; null when one is missing or larger than is read here. */
async function readTrees(git: Git, oids: readonly Oid[]): Promise<Map<Oid, Tree> | null> {
  const cache = cacheOf(git);
  const asked = [...new Set(oids)].filter((oid) => !cache.has(oid));
  for (const [oid, { type, bytes }] of await readObjects(git, asked)) {
    const tree = type === 'tree' && bytes !== null ? parseTree(bytes, oid.length / 2) : null;
    if (tree !== null) cache.set(oid, tree);
  }
  if (!oids.every((oid) => cache.has(oid))) return null;
  const found = new Map(oids.map((oid) => [oid, cache.get(oid)!]));
  if (cache.size > KEPT) cache.clear();
  return found;
}

function cacheOf(git: Git): Map<Oid, Tree> {
  const cache = known.get(git.env) ?? new Map<Oid, Tree>();
  known.set(git.env, cache);
  return cache;
}

/** Null for what git would not have written: whoever has a repository can make an object of anything. */
function parseTree(bytes: Buffer, idBytes: number): Tree | null {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const end = space < 0 ? -1 : bytes.indexOf(0, space);
    if (end < 0 || end + 1 + idBytes > bytes.length) return null;
    const oid = bytes.toString('hex', end + 1, end + 1 + idBytes);
    entries.set(bytes.toString('latin1', space + 1, end), { mode: bytes.toString('latin1', at, space), oid });
    at = end + 1 + idBytes;
  }
  return entries;
}

/** The names in a tree object; none of one that is broken. */
export function namesOfTree(bytes: Buffer, idBytes: number): string[] {
  return [...(parseTree(bytes, idBytes)?.keys() ?? [])].map(decode);
}

/**
 * What differs from one tree to another, sorted by path, as `git diff-tree -r --no-renames` lists it. Only folders that differ
 * are read, a level at a time.
 * @returns null when a tree cannot be read here
 */
export async function diffTrees(git: Git, from: Oid, to: Oid): Promise<TreeChange[] | null> {
  const changes: TreeChange[] = [];
  let level: { folder: string; old: Oid | null; now: Oid | null }[] =
    from === to ? [] : [{ folder: '', old: from, now: to }];
  while (level.length > 0) {
    const trees = await readTrees(
      git,
      level.flatMap(({ old, now }) => [old, now].filter((oid) => oid !== null)),
    );
    if (trees === null) return null;
    const below: typeof level = [];
    for (const { folder, old, now } of level) {
      const [before, after] = [old === null ? NOTHING : trees.get(old)!, now === null ? NOTHING : trees.get(now)!];
      for (const name of new Set([...before.keys(), ...after.keys()])) {
        const [was, is] = [before.get(name) ?? null, after.get(name) ?? null];
        if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
        const path = `${folder}${name}`;
        const folders = [was, is].map((entry) => (entry?.mode === FOLDER ? entry.oid : null));
        if (folders.some((oid) => oid !== null)) below.push({ folder: `${path}/`, old: folders[0]!, now: folders[1]! });
        const files = [was, is].map((entry) => (entry?.mode === FOLDER ? null : entry));
        if (files.some((entry) => entry !== null)) changes.push({ path, old: files[0]!, now: files[1]! });
      }
    }
    level = below;
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const NOTHING: Tree = new Map();

/** As a raw diff of git has it. */
export function rawChange({ path, old, now }: TreeChange): RawChange {
  const status = old === null ? 'A' : now === null ? 'D' : 'M';
  return { path, status, mode: now?.mode ?? '000000', oid: now?.oid ?? '' };
}

/**
 * The tree that has these changes made in it, written as git would write it.
 * @returns null when a tree cannot be read or written here
 */
export async function applyToTree(
  git: Git,
  site: ObjectSite,
  tree: Oid,
  changes: readonly TreeChange[],
): Promise<Oid | null> {
  const made = new Map<Oid, { body: Buffer; entries: Tree }>();
  const make = (entries: Tree) => {
    const body = textOf(entries);
    const { oid } = looseObject(site.format, 'tree', body);
    made.set(oid, { body, entries });
    return oid;
  };
  const entries = await apply(git, tree, changes, make);
  if (entries === null) return null;
  const oid = make(entries);
  // All at once: waiting for the disk is what takes time.
  const written = await Promise.all([...made.values()].map(({ body }) => writeLooseObject(site, 'tree', body)));
  if (written.includes(null)) return null;
  for (const [each, { entries }] of made) cacheOf(git).set(each, entries);
  return oid;
}

/** The entries of a folder with these changes made in it; `make` takes those of the folders in it that changed. */
async function apply(
  git: Git,
  tree: Oid | null,
  changes: readonly TreeChange[],
  make: (entries: Tree) => Oid,
): Promise<Map<string, TreeEntry> | null> {
  const read = tree === null ? new Map<Oid, Tree>() : await readTrees(git, [tree]);
  if (read === null) return null;
  const before = tree === null ? NOTHING : read.get(tree)!;
  const entries = new Map(before);
  const inside = new Map<string, TreeChange[]>();
  // What goes goes first: a file may give way to a folder of its name, or the other way round.
  for (const change of [...changes].sort((a, b) => Number(a.now !== null) - Number(b.now !== null))) {
    const slash = change.path.indexOf('/');
    if (slash < 0) {
      if (change.now === null) entries.delete(change.path);
      else entries.set(change.path, change.now);
      continue;
    }
    const name = change.path.slice(0, slash);
    inside.set(name, [...(inside.get(name) ?? []), { ...change, path: change.path.slice(slash + 1) }]);
  }
  for (const [name, below] of inside) {
    const here = before.get(name);
    const folder = await apply(git, here?.mode === FOLDER ? here.oid : null, below, make);
    if (folder === null) return null;
    if (folder.size > 0) entries.set(name, { mode: FOLDER, oid: make(folder) });
    else if (entries.get(name)?.mode === FOLDER) entries.delete(name);
  }
  return entries;
}

/** In git's order: a folder stands where its name with a `/` would. */
function textOf(entries: Tree): Buffer {
  const key = ([name, { mode }]: [string, TreeEntry]) => (mode === FOLDER ? `${name}/` : name);
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(([name, { mode, oid }]) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
  );
}
