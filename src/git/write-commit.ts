import type { Oid } from '../run/event.ts';
import { rememberCommit } from './commit-objects.ts';
import type { Git } from './git.ts';
import { type ObjectSite, objectSite, writeLooseObject } from './loose-object.ts';
import { commitTree, type NewCommit } from './merge.ts';

/**
 * The commit that `git commit-tree` would write, byte for byte, for who writes many: no process is started for it. What only
 * git knows how to do, and what cannot be written, is left to git.
 */
export async function writeCommit(git: Git, commit: NewCommit): Promise<Oid> {
  const site = await objectSite(git);
  const text = site && textOf(site, commit);
  if (text === null) return commitTree(git, commit);
  const bytes = Buffer.from(text, 'utf8');
  const oid = await writeLooseObject(site!, 'commit', bytes);
  if (oid === null) return commitTree(git, commit);
  rememberCommit(git, oid, bytes);
  return oid;
}

/** Null for what git would refuse or mend. */
function textOf({ author, committer }: ObjectSite, { tree, parents, message, date }: NewCommit): string | null {
  const ids = [tree, ...parents];
  if (!ids.every((oid) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) || new Set(parents).size < parents.length)
    return null;
  if (message.includes('\0') || message === '') return null;
  const when = date === undefined ? timeNow() : `${date} +0000`;
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

/** `1795000000 +0100`: as a commit says it. */
export function timeNow(): string {
  const at = new Date();
  const minutes = -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zone = [hours, rest].map((part) => String(part).padStart(2, '0')).join('');
  return `${Math.floor(at.getTime() / 1000)} ${minutes < 0 ? '-' : '+'}${zone}`;
}
