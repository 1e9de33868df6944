import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';

/** Trailers for one commit of ours that stands for those that `tip` has and `without` has not. */
export async function coAuthorTrailers(git: Git, tip: Oid, without: readonly Oid[]): Promise<string[]> {
  const self = await ownIdentity(git);
  const others = (await authorsOf(git, tip, without)).filter((author) => author !== self);
  return others.map((author) => `Co-authored-by: ${author}`);
}

/**
 * Who made these commits, as `Name <address>`: their authors, and who is named as a co-author in their messages. The earliest
 * first, merges left out.
 */
async function authorsOf(git: Git, tip: Oid, without: readonly Oid[]): Promise<string[]> {
  const format = '--format=tformat:%an <%ae>%n%(trailers:key=Co-authored-by,valueonly,unfold)';
  const range = [tip, ...without.map((oid) => `^${oid}`)];
  const fields = await git.fields([
    'log',
    '-z',
    '--reverse',
    '--topo-order',
    '--no-merges',
    '--no-color',
    format,
    ...range,
    '--',
  ]);
  const named = fields.flatMap((field) => field.split('\n')).map((line) => line.trim());
  return [...new Set(named.filter((line) => /^[^<>]+ <[^<>\s]+>$/.test(line)))];
}

/** Who our commits are by, in the same form. */
async function ownIdentity(git: Git): Promise<string> {
  const ident = await git.text(['var', 'GIT_AUTHOR_IDENT'], { env: await identityEnv(git) });
  return ident.replace(/ \d+ [+-]\d{4}$/, '');
}
