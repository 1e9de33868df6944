import type { Oid } from '../run/event.ts';
import type { Change } from '../scope/scope.ts';
import { type Git, splitFields } from './git.ts';
import { isTreePath } from './objects.ts';

const KINDS: Record<string, Change['kind']> = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' };

/** One changed path with what stood there before and what stands there now; `000000` and a zero id where there is nothing. */
export interface FileChange extends Change {
  oldMode: string;
  mode: string;
  oldOid: Oid;
  oid: Oid;
}

/** Paths that differ between two commits, sorted; a rename is a deletion and an addition. */
export async function changedPaths(git: Git, base: Oid, head: Oid): Promise<Change[]> {
  return (await changedFiles(git, base, head)).map(({ path, kind }) => ({ path, kind }));
}

/** The same with modes and object ids. */
export async function changedFiles(git: Git, base: Oid, head: Oid): Promise<FileChange[]> {
  const fields = await git.fields([
    'diff',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-relative',
    '--ignore-submodules=none',
    '-O/dev/null',
    base,
    head,
    '--',
  ]);
  const changes: FileChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) changes.push(fileChange(fields[at]!, fields[at + 1]!));
  return changes;
}

/** `:<old mode> <mode> <old id> <id> <status>` of a raw diff, and the path that follows it. */
export function fileChange(raw: string, path: string): FileChange {
  const [oldMode = '', mode = '', oldOid = '', oid = '', status = ''] = raw.slice(1).split(' ');
  const kind = KINDS[status[0] ?? ''];
  if (kind === undefined) throw new Error(`unknown status ${status} of ${path}`);
  return { path, kind, oldMode, mode, oldOid, oid };
}

/** The unified diff between two commits, as bytes for people; without `binary` it says only that such files differ. */
export function patch(
  git: Git,
  base: Oid,
  head: Oid,
  { paths = [], binary = true }: { paths?: string[]; binary?: boolean } = {},
): Promise<Buffer> {
  return git.bytes([
    '--literal-pathspecs',
    'diff',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--no-relative',
    ...(binary ? ['--binary'] : []),
    base,
    head,
    '--',
    ...paths,
  ]);
}

/** Which files differ and by how much, as git prints it for people; empty when nothing does. */
export async function diffStat(git: Git, base: Oid, head: Oid, width: number): Promise<string> {
  const how = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-relative', `--stat=${width}`];
  return (await git.text(['diff', ...how, base, head, '--'])).trimEnd();
}

/** One file of a commit, or null when there is no file of that name. */
export async function fileAt(git: Git, commit: Oid, path: string): Promise<Buffer | null> {
  if (!isTreePath(path)) return null;
  const result = await git.run(['cat-file', 'blob', `${commit}:${path}`]);
  return result.exit === 0 ? result.stdout : null;
}

/** All files of a commit, by path. */
export async function treePaths(git: Git, commit: Oid): Promise<Set<string>> {
  return new Set(await git.fields(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]));
}

/** One entry of a raw diff. Paths are latin1, byte for byte. */
export interface RawChange {
  /** `A`, `M`, `D` or `T`. */
  status: string;
  /** Octal, of the new side: `100644`; `000000` when deleted. */
  mode: string;
  oid: Oid;
  path: string;
}

/** Raw differences from the first to the second commit of each pair, all in one git call, in the order of the pairs. */
export async function rawDiffs(git: Git, pairs: readonly (readonly [Oid, Oid])[]): Promise<RawChange[][]> {
  if (pairs.length === 0) return [];
  // "<commit> <parent>": the commit is compared with that parent, whatever its own parents are.
  const input = pairs.map(([from, to]) => `${to} ${from}\n`).join('');
  const args = ['diff-tree', '--stdin', '--always', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '-O/dev/null'];
  const fields = splitFields(await git.bytes([...args, '--no-relative'], { input }), 'latin1');
  const diffs: RawChange[][] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]!;
    if (!field.startsWith(':')) {
      diffs.push([]);
      continue;
    }
    const [, mode = '', , oid = '', status = ''] = field.split(' ');
    at += 1;
    diffs.at(-1)!.push({ status: status[0]!, mode, oid, path: fields[at]! });
  }
  if (diffs.length !== pairs.length) throw new Error(`${pairs.length} diffs were asked for, ${diffs.length} came`);
  return diffs;
}
