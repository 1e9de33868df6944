import { posix } from 'node:path';
import type { ContentFinding } from '../run/content.ts';
import type { Oid } from '../run/event.ts';
import { formatBytes } from '../util/size.ts';
import type { FileChange } from './diff.ts';
import type { Git } from './git.ts';
import { nameFindings, twinFindings } from './names.ts';
import { type GitObject, isTreePath, readObjects } from './objects.ts';
import { textFindings } from './text-content.ts';
import type { Work } from './work.ts';

export interface ContentOptions {
  head: Oid;
  /** A file above this is a finding, in whatever commit of the branch it is; 0 is no limit. */
  maxFileBytes: number;
  /** Paths that the head should have. */
  expected: readonly string[];
  /** Names of the secrets that a text holds; `certain`: no example. */
  secretsIn?: (text: string) => { name: string; certain: boolean }[];
}

export interface Contents {
  findings: ContentFinding[];
  /** Of `expected`. */
  missing: string[];
}

/** Looks into what a branch would land: sizes, names, links, text. All in one git call, unless there is very much of it. */
export async function inspectContents(git: Git, work: Work, options: ContentOptions): Promise<Contents> {
  const { head, expected } = options;
  const there = work.changes.filter(({ kind }) => kind !== 'deleted');
  const changed = new Set(there.map(({ path }) => path));
  const asked = expected.filter((path) => !changed.has(path) && isTreePath(path));
  const folders = foldersAbove(there.filter(({ kind }) => kind === 'added').map(({ path }) => path));
  const nameOf = (path: string) => `${head}:${path}`;
  const objects = await readObjects(git, [
    ...new Set([...blobsOf(work), ...folders.map(nameOf), ...asked.map(nameOf)]),
  ]);
  const old = (change: FileChange) => objects.get(change.oldOid)?.bytes ?? null;
  const findings = [
    ...largeFindings(work, objects, options.maxFileBytes),
    ...secretFindings(work, objects, options.secretsIn ?? (() => [])),
    ...there.flatMap((change) => linkFindings(change, objects.get(change.oid), work)),
    ...namesOf(work, changed),
    ...twinFindings(there, (folder) => objects.get(nameOf(folder))?.bytes ?? null, head.length / 2),
    ...there.flatMap((change) => textFindings(change, old(change), objects.get(change.oid)?.bytes ?? null)),
  ];
  return { findings, missing: asked.filter((path) => !objects.has(nameOf(path))) };
}

/** A name that breaks checkouts breaks that of an earlier commit as well, and a server may refuse the push. */
function namesOf({ commits }: Work, changed: ReadonlySet<string>): ContentFinding[] {
  const paths = commits
    .flatMap(({ changes }) => changes.filter(({ kind }) => kind !== 'deleted'))
    .map(({ path }) => path);
  const earlier = new Set(paths.filter((path) => !changed.has(path)));
  return [
    ...[...changed].flatMap(nameFindings),
    ...[...earlier].flatMap(nameFindings).filter(({ problem }) => problem === 'unsafe-name'),
  ];
}

function blobsOf({ commits, changes }: Work): Oid[] {
  const every = [...commits.flatMap((commit) => commit.changes), ...changes];
  const now = every.filter(({ mode }) => isBlob(mode)).map(({ oid }) => oid);
  const before = changes.filter(({ mode, oldMode }) => isBlob(mode) && isBlob(oldMode)).map(({ oldOid }) => oldOid);
  return [...now, ...before];
}

function isBlob(mode: string): boolean {
  return mode.startsWith('10') || mode === LINK;
}

/** A file that was committed and removed again is in the history all the same, and everybody fetches it. */
function largeFindings({ commits, changes }: Work, objects: Map<string, GitObject>, limit: number): ContentFinding[] {
  const kept = new Set(changes.map(({ oid }) => oid));
  const every = [...changes.map((change) => ({ change, commit: '' })), ...commits.flatMap(withCommit)];
  const found = new Map<string, ContentFinding>();
  for (const { change, commit } of every) {
    const size = objects.get(change.oid)?.size ?? 0;
    if (limit === 0 || size <= limit || found.has(change.oid)) continue;
    const where = kept.has(change.oid) ? '' : `, in commit ${commit.slice(0, 12)}`;
    found.set(change.oid, {
      path: change.path,
      problem: 'too-large',
      detail: `${formatBytes(size)}${where}`,
    });
  }
  return [...found.values()];
}

/** A key that was committed and removed again is in the history all the same. What the base holds already is not told. */
function secretFindings(
  { commits, changes }: Work,
  objects: Map<string, GitObject>,
  secretsIn: NonNullable<ContentOptions['secretsIn']>,
): ContentFinding[] {
  const namesIn = (oid: Oid) => secretsIn(textOf(objects.get(oid)));
  const before = new Set(changes.flatMap(({ oldOid }) => namesIn(oldOid)).map(({ name }) => name));
  const every = [...changes, ...commits.flatMap((commit) => commit.changes)];
  const blobs = new Map(every.filter(({ kind }) => kind !== 'deleted').map(({ oid, path }) => [oid, path]));
  const found = new Map<string, ContentFinding>();
  for (const [oid, path] of blobs) {
    for (const { name, certain } of namesIn(oid)) {
      if (before.has(name)) continue;
      found.set(`${path} ${name}`, { path, problem: certain ? 'secret' : 'looks-secret', detail: name });
    }
  }
  return [...found.values()];
}

/** Above this a file is data. */
const MAX_SECRET_TEXT = 2 ** 20;

function textOf(object: GitObject | undefined): string {
  const bytes = object?.bytes;
  return bytes && bytes.length <= MAX_SECRET_TEXT ? bytes.toString('utf8') : '';
}

function withCommit({ oid, changes }: Work['commits'][number]) {
  return changes.map((change) => ({ change, commit: oid }));
}

function linkFindings(
  { path, mode, oldMode }: FileChange,
  object: GitObject | undefined,
  { changes }: Work,
): ContentFinding[] {
  if (mode === REPOSITORY) {
    const declared = changes.some((change) => change.path === '.gitmodules' && change.kind !== 'deleted');
    const known = oldMode === REPOSITORY || declared;
    const detail = oldMode === REPOSITORY ? 'points to another commit' : 'a repository of its own';
    return [{ path, problem: known ? 'submodule' : 'nested-repository', detail }];
  }
  if (mode !== LINK || !object?.bytes) return [];
  const target = object.bytes.toString('utf8');
  const real = posix.normalize(posix.join(posix.dirname(path), target));
  const outside = target.startsWith('/') || /^[A-Za-z]:/.test(target) || /^\.\.(?:\/|$)/.test(real);
  const intoGit = /^\.git(?:\/|$)/i.test(real);
  return outside || intoGit ? [{ path, problem: 'symlink-outside', detail: `→ ${target}` }] : [];
}

/** Every folder above these paths, `` for the top. */
function foldersAbove(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
    folders.add('');
  }
  return [...folders];
}

const LINK = '120000';
const REPOSITORY = '160000';
