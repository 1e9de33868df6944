import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

export interface FoundBranch {
  /** As people call it: `feature/task-001`, `origin/feature/task-001`. */
  name: string;
  head: Oid;
  /** First line of the message of its last commit. */
  subject: string;
  /** All of it is in the history of `onto`. */
  merged: boolean;
}

/**
 * The branches that a glob names, as git reads globs of refs (`*` stops at a `/`, `**` does not), sorted by name. What begins with
 * `refs/` is taken as it is: `refs/remotes/origin/feature/*`.
 */
export async function findBranches(git: Git, glob: string, onto: Oid): Promise<FoundBranch[]> {
  const pattern = glob.startsWith('refs/') ? glob : `refs/heads/${glob}`;
  const format = '--format=%(refname)%00%(objectname)%00%(symref)%00%(subject)';
  const [all, merged] = await Promise.all([
    git.text(['for-each-ref', format, '--', pattern]),
    git.text(['for-each-ref', `--merged=${onto}`, '--format=%(refname)', '--', pattern]),
  ]);
  const there = new Set(merged.split('\n'));
  return all.split('\n').flatMap((line) => {
    const [ref = '', head = '', symbolic = '', subject = ''] = line.split('\0');
    if (ref === '' || symbolic !== '') return [];
    return [{ name: ref.replace(/^refs\/(heads|remotes)\//, ''), head, subject, merged: there.has(ref) }];
  });
}
