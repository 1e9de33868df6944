import type { Oid } from '../run/event.ts';
import { type Git, GitError } from './git.ts';

export interface Commit {
  oid: Oid;
  parents: Oid[];
  author: string;
  /** Seconds since the epoch. */
  committedAt: number;
  subject: string;
  /** The whole message. */
  message: string;
}

/** Whether `ancestor` is `descendant` or in its history. */
export async function isAncestor(git: Git, ancestor: Oid, descendant: Oid): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  const result = await git.run(args);
  if (result.exit === 0 || result.exit === 1) return result.exit === 0;
  throw new GitError(args, result);
}

/** The best common ancestor, or null for histories that have none. */
export async function mergeBase(git: Git, a: Oid, b: Oid): Promise<Oid | null> {
  const args = ['merge-base', a, b];
  const result = await git.run(args);
  if (result.exit === 0) return result.stdout.toString('utf8').trim();
  if (result.exit === 1) return null;
  throw new GitError(args, result);
}

/** Commits of `head` that `base` does not have. */
export async function countCommits(git: Git, base: Oid, head: Oid): Promise<number> {
  return Number(await git.text(['rev-list', '--count', `${base}..${head}`, '--']));
}

/** Commits of `head` that `base` does not have, newest first. `firstParent`: one line of merges only. */
export async function log(
  git: Git,
  base: Oid,
  head: Oid,
  { firstParent = false, limit }: { firstParent?: boolean; limit?: number } = {},
): Promise<Commit[]> {
  const fields = await git.fields([
    'log',
    '-z',
    '--no-color',
    '--no-decorate',
    '--no-mailmap',
    '--no-notes',
    ...(firstParent ? ['--first-parent'] : []),
    ...(limit === undefined ? [] : [`--max-count=${limit}`]),
    '--no-patch',
    '--format=tformat:%H%n%P%n%aN%n%ct%n%B',
    `${base}..${head}`,
    '--',
  ]);
  return fields.map((field) => {
    const [oid = '', parents = '', author = '', committed = '0', ...message] = field.split('\n');
    const text = message.join('\n').trimEnd();
    return {
      oid,
      parents: parents.split(' ').filter(Boolean),
      author,
      committedAt: Number(committed),
      subject: text.split('\n')[0] ?? '',
      message: text,
    };
  });
}

/** The first lines of the messages of these commits, in their order. */
export async function subjectsOf(git: Git, oids: readonly Oid[]): Promise<{ oid: Oid; subject: string }[]> {
  if (oids.length === 0) return [];
  const input = oids.map((oid) => `${oid}\n`).join('');
  const args = ['log', '-z', '--no-walk=unsorted', '--stdin', '--no-color', '--no-patch', '--format=tformat:%H %s'];
  const fields = await git.fields(args, { input });
  return fields.map((field) => ({
    oid: field.slice(0, field.indexOf(' ')),
    subject: field.slice(field.indexOf(' ') + 1),
  }));
}
