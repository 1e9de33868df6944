import type { Oid } from '../run/event.ts';
import { type Git, GitError, splitFields } from './git.ts';
import { mergeBase } from './history.ts';
import { identityEnv } from './identity.ts';

export type Merge =
  | { clean: true; tree: Oid }
  /** `tree` holds conflict markers; `paths` are sorted; `messages` are git's, one a conflict. */
  | { clean: false; tree: Oid | null; paths: string[]; messages: string[] };

/** Merges two commits in memory, with renames, against their own merge base; no ref, index or work tree is touched. */
export async function mergeTrees(git: Git, ours: Oid, theirs: Oid, config: readonly string[] = []): Promise<Merge> {
  const args = ['merge-tree', '--write-tree', '-z', '--messages', ours, theirs];
  const result = await git.run(args, { config });
  if (result.exit === 0) return { clean: true, tree: splitFields(result.stdout)[0]! };
  // Exit 1 is also how it says that a commit is unknown, with nothing on stdout.
  if (result.exit === 1 && result.stdout.length > 0) return parseConflict(splitFields(result.stdout));
  if (result.exit === 1 || (await mergeBase(git, ours, theirs)) !== null) throw new GitError(args, result);
  const message = `${theirs} has no commit in common with ${ours}: its history was replaced`;
  return { clean: false, tree: null, paths: [], messages: [message] };
}

/** `<tree> (<mode> <oid> <stage>\t<path>)* '' (<n> <path>*n <type> <message>)*`, each a field. */
function parseConflict(fields: string[]): Merge {
  const [tree, ...rest] = fields;
  const end = rest.indexOf('');
  const paths = new Set(rest.slice(0, end).map((entry) => entry.slice(entry.indexOf('\t') + 1)));
  const messages: string[] = [];
  for (let at = end + 1; at < rest.length; ) {
    const count = Number(rest[at]);
    const concerned = rest.slice(at + 1, at + 1 + count);
    const [type = '', message = ''] = rest.slice(at + 1 + count, at + 3 + count);
    if (type.startsWith('CONFLICT')) {
      messages.push(message.trim());
      for (const path of concerned.slice(0, 1)) paths.add(path);
    }
    at += count + 3;
  }
  return { clean: false, tree: tree!, paths: [...paths].sort(), messages };
}

export interface NewCommit {
  tree: Oid;
  parents: readonly Oid[];
  message: string;
  /** Seconds since the epoch, for author and committer; now when left out. */
  date?: number;
}

/** Writes a commit object; no ref points to it yet. Never signed: a key that asks for its passphrase would hang a run. */
export async function commitTree(git: Git, { tree, parents, message, date }: NewCommit): Promise<Oid> {
  const when = date === undefined ? {} : { GIT_AUTHOR_DATE: `@${date} +0000`, GIT_COMMITTER_DATE: `@${date} +0000` };
  const args = ['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), '-F', '-', tree];
  return git.text(args, { input: ensureNewline(message), env: { ...(await identityEnv(git)), ...when } });
}

/** The tree of a commit. */
export function treeOf(git: Git, commit: Oid): Promise<Oid> {
  return git.text(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]);
}

function ensureNewline(message: string): string {
  return message.endsWith('\n') ? message : `${message}\n`;
}
