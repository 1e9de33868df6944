import { randomBytes } from 'node:crypto';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { type Git, splitFields } from './git.ts';
import { captureNested } from './nested.ts';

export interface StageOptions {
  /** This work tree's own git directory. */
  gitDir: string;
  /** Commit that unwanted changes are taken back to. */
  against: Oid;
  /** gitignore patterns: files that match and that `against` lacks are left out, besides what the repository ignores. */
  junk: readonly string[];
  /** Paths (files or folders, relative to the top, with `/`) that stay as `against` has them, tracked or not. */
  never?: readonly string[];
  /** Changes that stood in the work tree before any work was done in it; left out while they are just that. */
  baseline?: Baseline;
  /** Also keep what repositories inside the work tree hold (for snapshots). */
  captureNested?: boolean;
}

/** `<mode> <oid>` of each path that set-up changed or made, as {@link readBaseline} found them. */
export type Baseline = Record<string, string>;

/** The whole work tree as an index of its own; the live index, HEAD and the files stay as they are. */
export interface Stage {
  /** Without what is never wanted. */
  tree: Oid;
  /** With the changes below `never`, and with what nested repositories held. */
  wholeTree: Oid;
  /** Tree of the index as it was found; null when it holds unmerged entries. */
  indexTree: Oid | null;
  /** Paths below `never` that differ from `against`. */
  refused: string[];
  /** Folders that are repositories of their own, with a `/` at the end: git commits none of their files. */
  nested: string[];
}

interface Scratch {
  git: Git;
  env: { GIT_INDEX_FILE: string };
  /** File with the junk patterns. */
  patterns: string;
}

/**
 * Stages everything in a work tree on a copy of its index. The copy keeps what git knows about unchanged files, so that
 * only changed ones are read: six times faster than starting from an empty index.
 * @param git runs at the top of the work tree
 */
export function stage(git: Git, options: StageOptions): Promise<Stage> {
  return onCopiedIndex(git, options, async (scratch) => {
    const before = await git.run(['write-tree'], { env: scratch.env });
    const indexTree = before.exit === 0 ? before.stdout.toString('utf8').trim() : null;
    const nested = await addEverything(scratch);
    const changes = await listChanges(scratch, options.against);
    const junk = await listJunk(scratch);
    const { baseline = {}, never = [] } = options;
    const needless = ({ path, status, entry }: StagedChange) =>
      (status === 'A' && junk.has(path)) || baseline[path] === entry;
    const refused = changes.filter((change) => !needless(change) && isBelow(change.path, never));
    await takeBack(scratch, options.against, changes.filter(needless));
    const whole = await git.text(['write-tree'], { env: scratch.env });
    await takeBack(scratch, options.against, refused);
    const tree = refused.length === 0 ? whole : await git.text(['write-tree'], { env: scratch.env });
    const wholeTree = options.captureNested ? await withNested(scratch, options.gitDir, whole, nested) : whole;
    return { tree, wholeTree, indexTree, refused: refused.map(({ path }) => decode(path)), nested };
  });
}

/** What set-up changed in a work tree before any work was done in it. */
export function readBaseline(git: Git, options: Pick<StageOptions, 'gitDir' | 'against' | 'junk'>): Promise<Baseline> {
  return onCopiedIndex(git, options, async (scratch) => {
    await addEverything(scratch);
    const changes = await listChanges(scratch, options.against);
    return Object.fromEntries(changes.map(({ path, entry }) => [path, entry]));
  });
}

async function onCopiedIndex<T>(
  git: Git,
  { gitDir, junk }: Pick<StageOptions, 'gitDir' | 'junk'>,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const stem = join(gitDir, `copse-${randomBytes(6).toString('hex')}`);
  const [index, patterns] = [`${stem}.index`, `${stem}.junk`];
  try {
    await copyFile(join(gitDir, 'index'), index).catch(ignoreMissing);
    await writeFile(patterns, junk.map((pattern) => `${pattern}\n`).join(''));
    return await use({ git, env: { GIT_INDEX_FILE: index }, patterns });
  } finally {
    await Promise.all([index, `${index}.lock`, patterns].map((file) => rm(file, { force: true })));
  }
}

/** Paths travel as latin1, byte for byte: a name need not be UTF-8. */
async function addEverything({ git, env, patterns }: Scratch): Promise<string[]> {
  const [changed, untracked] = await Promise.all([
    git.bytes(['diff-files', '--name-only', '-z', '--ignore-submodules=dirty', '--no-relative'], { env }),
    git.bytes(['ls-files', '-z', '--others', '--exclude-standard', `--exclude-from=${patterns}`], { env }),
  ]);
  const others = splitFields(untracked, 'latin1');
  const paths = new Set([...splitFields(changed, 'latin1'), ...others.filter((path) => !path.endsWith('/'))]);
  if (paths.size > 0) {
    const input = joinFields(paths);
    await git.bytes(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { env, input });
  }
  return others.filter((path) => path.endsWith('/')).map(decode);
}

interface StagedChange {
  /** latin1. */
  path: string;
  status: string;
  /** `<mode> <oid>` as staged. */
  entry: string;
}

async function listChanges({ git, env }: Scratch, against: Oid): Promise<StagedChange[]> {
  const args = ['diff-index', '--cached', '--raw', '--no-abbrev', '--no-renames', '-z', '--no-relative', against, '--'];
  const fields = splitFields(await git.bytes(args, { env }), 'latin1');
  const changes: StagedChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode, , oid, status = ''] = fields[at]!.split(' ');
    changes.push({ path: fields[at + 1]!, status: status[0]!, entry: `${mode} ${oid}` });
  }
  return changes;
}

async function listJunk({ git, env, patterns }: Scratch): Promise<Set<string>> {
  const args = ['ls-files', '-z', '--cached', '--ignored', `--exclude-from=${patterns}`];
  return new Set(splitFields(await git.bytes(args, { env }), 'latin1'));
}

async function takeBack({ git, env }: Scratch, against: Oid, changes: readonly StagedChange[]): Promise<void> {
  if (changes.length === 0) return;
  const args = ['--literal-pathspecs', 'reset', '-q', '--pathspec-from-file=-', '--pathspec-file-nul', against];
  await git.bytes(args, { env, input: joinFields(changes.map(({ path }) => path)) });
}

async function withNested(scratch: Scratch, gitDir: string, whole: Oid, nested: string[]): Promise<Oid> {
  const { git, env } = scratch;
  const links = splitFields(await git.bytes(['ls-files', '-z', '--cached', '--stage'], { env }))
    .filter((entry) => entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
  const folders = [...nested, ...links];
  if (folders.length === 0) return whole;
  await git.bytes(['read-tree', whole], { env });
  for (const folder of folders) await captureNested(git, { gitDir, folder, env });
  return git.text(['write-tree'], { env });
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots
    .map((root) => Buffer.from(root.replace(/\/+$/, ''), 'utf8').toString('latin1'))
    .some((root) => path === root || path.startsWith(`${root}/`));
}

function joinFields(paths: Iterable<string>): Buffer {
  return Buffer.from([...paths].map((path) => `${path}\0`).join(''), 'latin1');
}

function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
