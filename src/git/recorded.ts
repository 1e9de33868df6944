import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { type Git, splitFields } from './git.ts';
import { readObjects } from './objects.ts';

/** A merge as it was resolved before. */
export interface Recorded {
  tree: Oid;
  /** In conflict. */
  paths: string[];
}

interface Entry {
  mode: string;
  oid: Oid;
  stage: string;
  path: string;
}

/**
 * What git's rerere makes of merging two commits that conflict; null where the repository does not use it, or where not every
 * conflict was resolved before. It works on the conflicting files alone, in a folder of its own: no ref, index or work tree of
 * the user is touched, and a conflict that rerere has not seen before is not recorded.
 */
export async function recordedMerge(
  git: Git,
  commonDir: string,
  { ours, theirs }: { ours: Oid; theirs: Oid },
): Promise<Recorded | null> {
  if (!(await usesRerere(git, commonDir))) return null;
  const merged = await git.run(['merge-tree', '--write-tree', '-z', '--no-messages', ours, theirs], {
    config: ['merge.conflictStyle=merge'],
  });
  if (merged.exit !== 1 || merged.stdout.length === 0) return null;
  const [tree = '', ...listed] = splitFields(merged.stdout);
  const entries = listed.flatMap((field) => entryOf(field) ?? []);
  const paths = [...new Set(entries.map(({ path }) => path))];
  const files = await filesOf(git, tree, paths);
  if (files === null || entries.some(({ mode }) => !mode.startsWith('100'))) return null;
  const folder = await mkdtemp(join(tmpdir(), 'copse-rerere-'));
  const known = await readdir(join(commonDir, 'rr-cache'));
  try {
    const place = await layOut(folder, { commonDir, ours, files });
    if (!(await replayed(git, place, { entries, paths }))) return null;
    return { tree: await treeWith(git, place, { tree, entries, paths }), paths };
  } finally {
    await forgetNew(folder, commonDir, new Set(known));
    await rm(folder, { recursive: true, force: true });
  }
}

/** As git decides it; nothing was ever recorded where there is no folder for it. */
async function usesRerere(git: Git, commonDir: string): Promise<boolean> {
  if (!existsSync(join(commonDir, 'rr-cache'))) return false;
  const said = await git.run(['config', '--type=bool', '--get', 'rerere.enabled']);
  return said.exit !== 0 || said.stdout.toString('utf8').trim() === 'true';
}

function entryOf(field: string): Entry | null {
  const [, mode, oid, stage, path] = /^(\d+) ([0-9a-f]+) ([123])\t(.*)$/s.exec(field) ?? [];
  return path === undefined ? null : { mode: mode!, oid: oid!, stage: stage!, path };
}

/** The conflicting files with their markers; null when one cannot be laid out. */
async function filesOf(git: Git, tree: Oid, paths: readonly string[]): Promise<Map<string, Buffer> | null> {
  const objects = await readObjects(
    git,
    paths.map((path) => `${tree}:${path}`),
  );
  const files = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = objects.get(`${tree}:${path}`)?.bytes;
    if (!bytes || path.split('/').some((part) => part === '..' || part === '.git' || part === '')) return null;
    files.set(path, bytes);
  }
  return files.size === 0 ? null : files;
}

interface Place {
  work: string;
  env: { GIT_DIR: string; GIT_WORK_TREE: string };
}

/** A git directory as that of a linked worktree, which nobody lists: HEAD, and the way to what all share. */
async function layOut(
  folder: string,
  { commonDir, ours, files }: { commonDir: string; ours: Oid; files: Map<string, Buffer> },
): Promise<Place> {
  const [gitDir, work] = [join(folder, 'git'), join(folder, 'work')];
  await mkdir(gitDir);
  await mkdir(work);
  await writeFile(join(gitDir, 'HEAD'), `${ours}\n`);
  await writeFile(join(gitDir, 'commondir'), `${commonDir}\n`);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), bytes);
  }
  return { work, env: { GIT_DIR: gitDir, GIT_WORK_TREE: work } };
}

/** Whether rerere resolves all of them, in these files. */
async function replayed(
  git: Git,
  { work, env }: Place,
  { entries, paths }: { entries: readonly Entry[]; paths: readonly string[] },
): Promise<boolean> {
  const at = { cwd: work, env, config: ['rerere.autoUpdate=false'] };
  const input = entries.map(({ mode, oid, stage, path }) => `${mode} ${oid} ${stage}\t${path}\0`).join('');
  await git.bytes(['update-index', '-z', '--index-info'], { ...at, input });
  await git.bytes(['rerere'], at);
  if ((await git.text(['rerere', 'remaining'], at)) !== '') return false;
  const texts = await Promise.all(paths.map((path) => readFile(join(work, path), 'latin1')));
  return texts.every((text) => !/^(?:<{7}|>{7}) /m.test(text));
}

async function treeWith(
  git: Git,
  { work, env }: Place,
  { tree, entries, paths }: { tree: Oid; entries: readonly Entry[]; paths: readonly string[] },
): Promise<Oid> {
  const at = { cwd: work, env: { ...env, GIT_INDEX_FILE: join(env.GIT_DIR, 'index.resolved') } };
  await git.bytes(['read-tree', tree], at);
  const lines: string[] = [];
  for (const path of paths) {
    const input = await readFile(join(work, path));
    const blob = await git.text(['hash-object', '-w', '--stdin', '--no-filters'], { ...at, input });
    const mode = entries.find((entry) => entry.path === path && entry.stage === '2')?.mode ?? '100644';
    lines.push(`${mode} ${blob} 0\t${path}\0`);
  }
  await git.bytes(['update-index', '-z', '--index-info'], { ...at, input: lines.join('') });
  return git.text(['write-tree'], at);
}

/** A conflict that was only looked at is none that somebody is about to resolve. */
async function forgetNew(folder: string, commonDir: string, known: ReadonlySet<string>): Promise<void> {
  const text = await readFile(join(folder, 'git/MERGE_RR'), 'utf8').catch(() => '');
  const ids = text.split('\0').flatMap((entry) => /^([0-9a-f]{40,64})(?:\.\d+)?\t/.exec(entry)?.[1] ?? []);
  for (const id of ids) {
    if (!known.has(id)) await rm(join(commonDir, 'rr-cache', id), { recursive: true, force: true });
  }
}
