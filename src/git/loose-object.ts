import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fdatasync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';

/** What it takes to write objects into a repository without git. */
export interface ObjectSite {
  /** The folder of loose objects. */
  objects: string;
  format: 'sha1' | 'sha256';
  /** `Ada <ada@example.org>`, as git reads it from its settings. */
  author: string;
  committer: string;
}

/** By environment, which all work trees of one repository share. */
const known = new WeakMap<NodeJS.ProcessEnv, Promise<ObjectSite | null>>();

/** Asked once; null when the repository wants more of an object than that it is there. */
export function objectSite(git: Git): Promise<ObjectSite | null> {
  const found = known.get(git.env) ?? findSite(git);
  known.set(git.env, found);
  return found;
}

async function findSite(git: Git): Promise<ObjectSite | null> {
  if (git.env.GIT_AUTHOR_DATE !== undefined || git.env.GIT_COMMITTER_DATE !== undefined) return null;
  const env = await identityEnv(git);
  const [where, special, author, committer] = await Promise.all([
    git.run(['rev-parse', '--path-format=absolute', '--show-object-format', '--git-path', 'objects']),
    // Files for a group, objects under two names.
    git.run(['config', '--get-regexp', '^(core\\.sharedrepository|extensions\\.compatobjectformat)$']),
    git.run(['var', 'GIT_AUTHOR_IDENT'], { env }),
    git.run(['var', 'GIT_COMMITTER_IDENT'], { env }),
  ]);
  if (where.exit !== 0 || special.exit !== 1 || author.exit !== 0 || committer.exit !== 0) return null;
  const [format, objects, ...more] = where.stdout.toString('utf8').trimEnd().split('\n');
  if ((format !== 'sha1' && format !== 'sha256') || objects === undefined || more.length > 0) return null;
  return { objects, format, author: nameIn(author.stdout), committer: nameIn(committer.stdout) };
}

/** What `git var` prints, without its time. */
function nameIn(ident: Buffer): string {
  return ident
    .toString('utf8')
    .trimEnd()
    .replace(/ \d+ [+-]\d{4}$/, '');
}

/** An object with its name, not written yet. */
export function looseObject(format: ObjectSite['format'], type: 'commit' | 'tree', body: Buffer) {
  const object = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  return { oid: createHash(format).update(object).digest('hex') as Oid, object };
}

/**
 * On the disk before its name is given, so that no ref can point to half of it; git itself does not wait for that, unless
 * `core.fsync` says so. A draft that a crash leaves behind has the name of git's own, which `git gc` removes.
 * @returns null when it cannot be written: git may try, and says what is wrong
 */
export async function writeLooseObject(
  { objects, format }: ObjectSite,
  type: 'commit' | 'tree',
  body: Buffer,
): Promise<Oid | null> {
  const { oid, object } = looseObject(format, type, body);
  const folder = join(objects, oid.slice(0, 2));
  const draft = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  try {
    // Only the wait for the disk is long enough to be worth a thread.
    const file = openIn(folder, draft);
    try {
      writeFileSync(file, deflateSync(object));
      await onDisk(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, join(folder, oid.slice(2)));
    return oid;
  } catch {
    try {
      rmSync(draft, { force: true });
    } catch {
      // It is not there, or nobody can help it.
    }
    return null;
  }
}

const onDisk = promisify(fdatasync);

/** A new file; its folder is there nearly always. */
function openIn(folder: string, path: string): number {
  try {
    return openSync(path, 'wx', 0o444);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true });
    return openSync(path, 'wx', 0o444);
  }
}
