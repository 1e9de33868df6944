import { randomBytes } from 'node:crypto';
import { copyFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecResult } from '../process/exec.ts';
import type { Oid } from '../run/event.ts';
import { type Git, splitFields } from './git.ts';

/** A copy of a work tree's index, to stage things on. Paths are latin1, byte for byte: a name need not be UTF-8. */
export interface CopiedIndex {
  git: Git;
  env: { GIT_INDEX_FILE: string };
  /** File with the junk patterns. */
  patterns: string;
}

/** Copies the live index for as long as `use` takes; the copy knows which files are unchanged, as the original does. */
export async function onCopiedIndex<T>(
  git: Git,
  { gitDir, junk }: { gitDir: string; junk: readonly string[] },
  use: (index: CopiedIndex) => Promise<T>,
): Promise<T> {
  const stem = join(gitDir, `copse-${randomBytes(6).toString('hex')}`);
  const [index, patterns] = [`${stem}.index`, `${stem}.junk`];
  try {
    await copyIndex(join(gitDir, 'index'), index).catch(ignoreMissing);
    await writeFile(patterns, junk.map((pattern) => `${pattern}\n`).join(''));
    return await use({ git, env: { GIT_INDEX_FILE: index }, patterns });
  } finally {
    await Promise.all([index, `${index}.lock`, patterns].map((file) => rm(file, { force: true })));
  }
}

/**
 * With the time of the original: git looks into files that are not older than their index, for such a one may have changed
 * in the same second, to the same size, unseen. A copy that looks younger would hide that change.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  const seconds = Math.floor(mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}

/** `write-tree` of the copy, or of another index file. */
export function writeTree({ git, env }: CopiedIndex, index = env.GIT_INDEX_FILE): Promise<Oid> {
  return git.text(['write-tree'], { env: { GIT_INDEX_FILE: index } });
}

/** Takes paths into the copy as they are on disk, missing ones out of it. */
export function updateIndex({ git, env }: CopiedIndex, paths: string[]): Promise<ExecResult> {
  const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  return git.run(args, { env, input: joinFields(paths) });
}

/** A difference between the copy and a commit. */
export interface StagedChange {
  /** latin1. */
  path: string;
  status: string;
  /** `<mode> <oid>` as staged. */
  entry: string;
}

/** In the order of paths. */
export async function listChanges({ git, env }: CopiedIndex, commit: string): Promise<StagedChange[]> {
  const args = ['diff-index', '--cached', '--raw', '--no-abbrev', '--no-renames', '-z', '--no-relative', commit, '--'];
  const fields = splitFields(await git.bytes(args, { env }), 'latin1');
  const changes: StagedChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode, , oid, status = ''] = fields[at]!.split(' ');
    changes.push({ path: fields[at + 1]!, status: status[0]!, entry: `${mode} ${oid}` });
  }
  return changes;
}

/** Makes paths of the copy what they are in a commit. */
export async function takeBack({ git, env }: CopiedIndex, commit: Oid, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const args = ['--literal-pathspecs', 'reset', '-q', '--pathspec-from-file=-', '--pathspec-file-nul', commit];
  await git.bytes(args, { env, input: joinFields(paths) });
}

/** Whether a listed path stands for a whole folder. */
export function isFolder(path: string): boolean {
  return path.endsWith('/');
}

function joinFields(paths: Iterable<string>): Buffer {
  return Buffer.from([...paths].map((path) => `${path}\0`).join(''), 'latin1');
}

/** From latin1 bytes to text. */
export function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** For reading what may not be there. */
export function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
