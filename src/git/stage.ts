import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { once } from '../util/once.ts';
import { addEverything } from './add-everything.ts';
import {
  type CopiedIndex,
  decode,
  ignoreMissing,
  isFolder,
  listChanges,
  onCopiedIndex,
  type StagedChange,
  takeBack,
  writeTree,
} from './copied-index.ts';
import { type Git, splitFields } from './git.ts';
import { mayMatch } from './junk.ts';
import { captureNested } from './nested.ts';
import { type Scan, scanWorktree } from './scan.ts';
import { workBetween } from './work.ts';

export interface StageOptions {
  /** This work tree's own git directory. */
  gitDir: string;
  /** Commit that unwanted changes are taken back to; default HEAD. */
  against?: Oid;
  /** gitignore patterns: files that match and that `against` lacks are left out, besides what the repository ignores. */
  junk: readonly string[];
  /** Paths (files or folders, relative to the top, with `/`) that stay as `against` has them, tracked or not. */
  never?: readonly string[];
  /** Changes that stood in the work tree before any work was done in it; left out while they are just that. */
  baseline?: Baseline;
}

/** `<mode> <oid>` of each path that set-up changed or made, as {@link readBaseline} found them. */
export type Baseline = Record<string, string>;

/** The whole work tree on an index of its own; the live index, HEAD and the files stay as they are. */
export interface Stage {
  scan: Scan;
  /** Whether `tree` differs from that of HEAD; maybe: what was staged and what was taken back could cancel out. */
  differs: 'no' | 'maybe' | 'yes';
  /** Paths below `never` that differ from `against`. */
  refused: string[];
  /** Folders that are repositories of their own, with a `/` at the end: git commits none of their files. */
  nested: string[];
  /** Files that git cannot take in: no permission to read them, or a name it refuses. */
  unreadable: string[];
  /** Folders that are committed or staged as links to repositories of their own: submodules, and what `git add` made of one. */
  links(): Promise<string[]>;
  /** Tree of the index as it was found; paths in conflict, of which it has no one content, are as in HEAD. Null on a branch without one. */
  indexTree(): Promise<Oid | null>;
  /** Everything but what is never wanted. */
  tree(): Promise<Oid>;
  /** That, the changes below `never`, and what only repositories inside the work tree have. */
  wholeTree(): Promise<Oid>;
  /** Makes the staged state the live index. */
  install(): Promise<void>;
}

/**
 * Stages everything in a work tree on a copy of its index and hands it to `use`. The copy keeps what git knows about
 * unchanged files, so that only changed ones are read: six times faster than starting from an empty index.
 * @param git runs at the top of the work tree
 */
export function withStage<T>(git: Git, options: StageOptions, use: (stage: Stage) => Promise<T>): Promise<T> {
  return onCopiedIndex(git, options, async (scratch) => {
    const scan = await scanWorktree(git, options.junk, scratch.patterns);
    const unreadable = await addEverything(scratch, scan);
    const { needless, refused } = await findUnwanted(scratch, scan, options);
    const against = options.against ?? scan.head;
    if (against !== null) await takeBack(scratch, against, needless);
    const withRefused = refused.length > 0 ? await writeTree(scratch) : null;
    if (against !== null) await takeBack(scratch, against, refused);
    const tree = once(() => writeTree(scratch));
    const links = once(() => listLinks(scratch));
    const nested = scan.untracked.filter(isFolder).map(decode);
    return use({
      scan,
      differs: compareWithHead(scan, new Set([...needless, ...refused, ...unreadable])),
      refused: refused.map(decode),
      nested,
      unreadable: unreadable.map(decode),
      indexTree: once(() => foundTree(scratch, options.gitDir, scan)),
      tree,
      links,
      wholeTree: once(async () => {
        const whole = withRefused ?? (await tree());
        return withNested(scratch, options.gitDir, whole, [...nested, ...(await links())]);
      }),
      install: () => rename(scratch.env.GIT_INDEX_FILE, join(options.gitDir, 'index')),
    });
  });
}

function compareWithHead(scan: Scan, takenBack: ReadonlySet<string>): Stage['differs'] {
  const staged = new Set(scan.staged);
  const files = [...scan.changed, ...scan.untracked.filter((path) => !isFolder(path))];
  if (files.some((path) => !staged.has(path) && !takenBack.has(path))) return 'yes';
  return files.length + staged.size + takenBack.size === 0 ? 'no' : 'maybe';
}

/** Of the live index; on a copy, as `write-tree` locks and rewrites the index it reads. */
async function foundTree(scratch: CopiedIndex, gitDir: string, { head, unmerged }: Scan): Promise<Oid | null> {
  if (head === null && unmerged.length > 0) return null;
  const copy = `${scratch.env.GIT_INDEX_FILE}.found`;
  try {
    await copyFile(join(gitDir, 'index'), copy).catch(ignoreMissing);
    if (head !== null) await takeBack({ ...scratch, env: { GIT_INDEX_FILE: copy } }, head, unmerged);
    return await writeTree(scratch, copy);
  } finally {
    await Promise.all([copy, `${copy}.lock`].map((file) => rm(file, { force: true })));
  }
}

/** What set-up changed in a work tree before any work was done in it. */
export function readBaseline(git: Git, options: Pick<StageOptions, 'gitDir' | 'junk'>): Promise<Baseline> {
  return onCopiedIndex(git, options, async (scratch) => {
    const scan = await scanWorktree(git, options.junk, scratch.patterns);
    await addEverything(scratch, scan);
    if (scan.changed.length + scan.untracked.length + scan.staged.length === 0) return {};
    const changes = await listChanges(scratch, 'HEAD');
    return Object.fromEntries(changes.map(({ path, entry }) => [path, entry]));
  });
}

/** Needless: new junk, and what set-up left. Refused: changes below `never`. Both measured against the wanted commit. */
async function findUnwanted(scratch: CopiedIndex, scan: Scan, options: StageOptions) {
  const { against, baseline = {}, never = [] } = options;
  const roots = never.map((path) => Buffer.from(path.replace(/\/+$/, ''), 'utf8').toString('latin1'));
  const isRefused = (path: string) => roots.some((root) => path === root || path.startsWith(`${root}/`));
  const touched = [...scan.changed, ...scan.staged, ...scan.untracked];
  const asked =
    scan.staged.length > 0 ||
    (against !== undefined && against !== scan.head) ||
    touched.some((path) => isRefused(path) || Object.hasOwn(baseline, path));
  const commit = against ?? scan.head;
  if (!asked || commit === null) return { needless: [], refused: [] };
  if (touched.length === 0 && scan.head !== null && Object.keys(baseline).length === 0) {
    // All is committed: what lies between the commits tells, and the gates will ask for that too.
    const between = (await workBetween(scratch.git, commit, scan.head)).changes;
    const added = between.filter(({ kind }) => kind === 'added');
    const plain = between.every(({ path }) => !isRefused(Buffer.from(path, 'utf8').toString('latin1')));
    if (plain && !added.some(({ path }) => mayMatch(options.junk, path))) return { needless: [], refused: [] };
  }
  const changes = await listChanges(scratch, commit);
  const mayBeJunk = changes.some(({ path, status }) => status === 'A' && mayMatch(options.junk, decode(path)));
  const junk = mayBeJunk ? await listJunk(scratch) : new Set<string>();
  const isNeedless = ({ path, status, entry }: StagedChange) =>
    (status === 'A' && junk.has(path)) || baseline[path] === entry;
  return {
    needless: changes.filter(isNeedless).map(({ path }) => path),
    refused: changes.filter((change) => !isNeedless(change) && isRefused(change.path)).map(({ path }) => path),
  };
}

async function listJunk({ git, env, patterns }: CopiedIndex): Promise<Set<string>> {
  const args = ['ls-files', '-z', '--cached', '--ignored', `--exclude-from=${patterns}`];
  return new Set(splitFields(await git.bytes(args, { env }), 'latin1'));
}

async function withNested(scratch: CopiedIndex, gitDir: string, whole: Oid, folders: string[]): Promise<Oid> {
  const { git, env } = scratch;
  if (folders.length === 0) return whole;
  await git.bytes(['read-tree', whole], { env });
  for (const folder of folders) await captureNested(git, { gitDir, folder, env });
  return writeTree(scratch);
}

async function listLinks({ git, env }: CopiedIndex): Promise<string[]> {
  const entries = await git.fields(['ls-files', '-z', '--stage'], { env });
  return entries.filter((entry) => entry.startsWith('160000 ')).map((entry) => entry.slice(entry.indexOf('\t') + 1));
}
