import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Oid } from '../run/event.ts';
import { splitFields } from './git.ts';
import { findRefs } from './refs.ts';
import type { Repository } from './repository.ts';

/** What a checkout and the refs around it look like at one moment; two are compared to tell what changed. Plain data. */
export interface Survey {
  /** By path of the worktree: `ref: refs/heads/main`, or a commit. */
  heads: Record<string, string>;
  /** All but remote-tracking ones and snapshots. */
  refs: Record<string, Oid>;
  /** The latest entry first. */
  stash: Oid[];
  /** By path, latin1: what git says of each file that is not as HEAD has it, and what the disk says of its content. */
  files: Record<string, string>;
}

/** Looked at one by one only up to here: more are told apart by what git says of them alone. */
const MAX_STATS = 20_000;

/** Looks without a lock, so that the index stays as it is. One git process: refs are read as the files they are. */
export async function survey(repository: Repository): Promise<Survey> {
  const [files, refs, stash, heads] = await Promise.all([
    dirtyFiles(repository),
    readRefs(repository),
    readStash(repository.commonDir),
    readHeads(repository),
  ]);
  return { files, refs, stash, heads };
}

async function dirtyFiles({ git, root }: Repository): Promise<Survey['files']> {
  const args = ['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=dirty'];
  const fields = splitFields(await git.bytes(args), 'latin1');
  const files: Survey['files'] = {};
  for (const field of fields) {
    const skipped = field[0] === '1' ? 8 : field[0] === 'u' ? 10 : 1; // fields before the path
    const path = field.split(' ').slice(skipped).join(' ');
    files[path] = field.slice(0, field.length - path.length - 1);
  }
  const paths = Object.keys(files).slice(0, MAX_STATS);
  await Promise.all(paths.map(async (path) => (files[path] += await onDisk(root, path))));
  return files;
}

async function onDisk(root: string, path: string): Promise<string> {
  const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
  const found = await lstat(file, { bigint: true }).catch(() => null);
  return found === null ? ' gone' : ` ${found.ino} ${found.mode} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** gitrepository-layout(5): loose refs count more than packed ones, and are removed only after they were packed. */
async function readRefs({ git, commonDir }: Repository): Promise<Survey['refs']> {
  const format = await readFile(join(commonDir, 'refs/heads')).catch((error: NodeJS.ErrnoException) => error.code);
  if (format !== 'EISDIR') {
    // Another format (reftable): git reads it.
    return Object.fromEntries([...(await findRefs(git, ['refs/']))].filter(([ref]) => isWatched(ref)));
  }
  const loose = await readLoose(commonDir, 'refs');
  const refs: Survey['refs'] = {};
  const packed = await readFile(join(commonDir, 'packed-refs'), 'utf8').catch(() => '');
  for (const [, oid, ref] of packed.matchAll(/^([0-9a-f]{40,64}) (\S+)$/gm)) if (isWatched(ref!)) refs[ref!] = oid!;
  return { ...refs, ...loose };
}

const isWatched = (ref: string) => !/^refs\/(?:remotes|copse\/snapshots|stash$|bisect|worktree)/.test(ref);

async function readLoose(commonDir: string, folder: string): Promise<Survey['refs']> {
  const refs: Survey['refs'] = {};
  const entries = await readdir(join(commonDir, folder), { withFileTypes: true }).catch((): Dirent[] => []);
  await Promise.all(
    entries.map(async (entry) => {
      const ref = `${folder}/${entry.name}`;
      if (!isWatched(ref) || entry.name.endsWith('.lock')) return;
      if (entry.isDirectory()) return void Object.assign(refs, await readLoose(commonDir, ref));
      const text = await readFile(join(commonDir, ref), 'utf8').catch(() => '');
      const oid = /^(?:[0-9a-f]{40}|[0-9a-f]{64}|ref: \S+)(?=\n|$)/.exec(text)?.[0];
      if (oid !== undefined) refs[ref] = oid;
    }),
  );
  return refs;
}

/** Entries of the stash are lines of its reflog. */
async function readStash(commonDir: string): Promise<Oid[]> {
  const text = await readFile(join(commonDir, 'logs/refs/stash'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .flatMap((line) => /^[0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? [])
    .reverse();
}

/** Of every worktree there is: the main one, and those whose administrative folders are there. */
async function readHeads({ commonDir, root, gitDir }: Repository): Promise<Survey['heads']> {
  const names = await readdir(join(commonDir, 'worktrees')).catch((): string[] => []);
  const heads: Survey['heads'] = {};
  const read = async (folder: string, path: string | null) => {
    const head = await readFile(join(folder, 'HEAD'), 'utf8').catch(() => null);
    if (head !== null && path !== null) heads[path] = head.trim();
  };
  await Promise.all([
    read(gitDir, root),
    ...names.map(async (name) => {
      const folder = join(commonDir, 'worktrees', name);
      const link = await readFile(join(folder, 'gitdir'), 'utf8').catch(() => null);
      await read(folder, link === null ? null : dirname(link.trim()));
    }),
  ]);
  return heads;
}
