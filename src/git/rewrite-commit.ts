import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { identityEnv } from './identity.ts';
import { objectSite, writeLooseObject } from './loose-object.ts';
import { readObjects } from './objects.ts';
import { timeNow } from './write-commit.ts';

/** What a commit is to have in place of its own. */
export interface NewPlace {
  tree: Oid;
  parents: readonly Oid[];
}

/** Said of a commit as it was: a signature is none of what is made of it. */
const LEFT_OUT = /^(?:tree|parent|committer|gpgsig|gpgsig-sha256|mergetag) /;

/**
 * The same commit in another place: author, date, message and its encoding stay byte for byte; the committer is whoever does
 * this, now. Not signed.
 */
export async function rewriteCommit(git: Git, commit: Oid, { tree, parents }: NewPlace): Promise<Oid> {
  const found = (await readObjects(git, [commit])).get(commit)?.bytes;
  const bytes = found ?? (await git.bytes(['cat-file', 'commit', commit]));
  const end = bytes.indexOf('\n\n');
  const headers = bytes.subarray(0, end < 0 ? bytes.length : end).toString('latin1');
  const [author = [], others = []] = keptOf(headers);
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), ...author];
  const body = Buffer.concat([
    Buffer.from(head.map((line) => `${line}\n`).join(''), 'latin1'),
    Buffer.from(`committer ${await committer(git)}\n`, 'utf8'),
    Buffer.from(others.map((line) => `${line}\n`).join(''), 'latin1'),
    end < 0 ? Buffer.from('\n') : bytes.subarray(end + 1),
  ]);
  return write(git, body);
}

/** The header lines that stay, continued ones whole: the author's, then those behind the committer. */
function keptOf(headers: string): [string[], string[]] {
  const whole = headers.split(/\n(?! )/).filter((line) => !LEFT_OUT.test(line));
  return [whole.filter((line) => line.startsWith('author ')), whole.filter((line) => !line.startsWith('author '))];
}

async function committer(git: Git): Promise<string> {
  const site = await objectSite(git);
  if (site !== null) return `${site.committer} ${timeNow()}`;
  return git.text(['var', 'GIT_COMMITTER_IDENT'], { env: await identityEnv(git) });
}

async function write(git: Git, body: Buffer): Promise<Oid> {
  const site = await objectSite(git);
  const written = site && (await writeLooseObject(site, 'commit', body));
  return written ?? git.text(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: body });
}
