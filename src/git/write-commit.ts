import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';
import { commitTree, type NewCommit } from './merge.ts';

/**
 * The commit that `git commit-tree` would write, byte for byte, for who writes many: no process is started for it. What only
 * git knows how to do, and what cannot be written, is left to git.
 */
export async function writeCommit(git: Git, commit: NewCommit): Promise<Oid> {
  const site = await siteOf(git);
  const text = site && textOf(site, commit);
  return (text && (await writeObject(site, text))) ?? commitTree(git, commit);
}

interface Site {
  /** The folder of loose objects. */
  objects: string;
  format: 'sha1' | 'sha256';
  /** `Ada <ada@example.org>`, as git reads it from its settings. */
  author: string;
  committer: string;
}

/** By environment, which all work trees of one repository share. */
const known = new WeakMap<NodeJS.ProcessEnv, Promise<Site | null>>();

/** Asked once; null when the repository wants more of an object than that it is there. */
function siteOf(git: Git): Promise<Site | null> {
  const found = known.get(git.env) ?? findSite(git);
  known.set(git.env, found);
  return found;
}

async function findSite(git: Git): Promise<Site | null> {
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

/** Null for what git would refuse or mend. */
function textOf({ author, committer }: Site, { tree, parents, message, date }: NewCommit): string | null {
  const ids = [tree, ...parents];
  if (!ids.every((oid) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) || new Set(parents).size < parents.length)
    return null;
  if (message.includes('\0') || message === '') return null;
  const when = date === undefined ? now() : `${date} +0000`;
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author} ${when}`,
    `committer ${committer} ${when}`,
    '',
    message.endsWith('\n') ? message : `${message}\n`,
  ];
  return lines.join('\n');
}

/** `1795000000 +0100`. */
function now(): string {
  const at = new Date();
  const minutes = -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zone = [hours, rest].map((part) => String(part).padStart(2, '0')).join('');
  return `${Math.floor(at.getTime() / 1000)} ${minutes < 0 ? '-' : '+'}${zone}`;
}

/**
 * On the disk before its name is given, so that no ref can point to half of it; git itself does not wait for that, unless
 * `core.fsync` says so. A draft that a crash leaves behind has the name of git's own, which `git gc` removes.
 */
async function writeObject({ objects, format }: Site, text: string): Promise<Oid | null> {
  const body = Buffer.from(text, 'utf8');
  const object = Buffer.concat([Buffer.from(`commit ${body.length}\0`), body]);
  const oid = createHash(format).update(object).digest('hex');
  const folder = join(objects, oid.slice(0, 2));
  const draft = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(draft, 'wx', 0o444);
    try {
      await file.writeFile(deflateSync(object));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, oid.slice(2)));
    return oid;
  } catch {
    await rm(draft, { force: true }).catch(() => {});
    return null; // git tries, and says what is wrong
  }
}
