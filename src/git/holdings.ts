import type { Oid } from '../run/event.ts';
import { rawDiffs } from './diff.ts';
import type { Git } from './git.ts';
import { nestedIn, SHELF } from './nested.ts';
import type { KeptSnapshot } from './snapshots.ts';

/** What a snapshot holds beyond the commit its work began from. */
export interface Holdings {
  /** Of whoever worked there; ours, which hold what was not committed, do not count. */
  commits: number;
  files: number;
  /** Folders that were repositories of their own. */
  nested: string[];
  /** Every commit and every content is held elsewhere, too. */
  elsewhere: boolean;
}

export interface Question {
  snapshot: KeptSnapshot;
  base: Oid;
  /** Commits that count as elsewhere: where the work would have landed. */
  held: readonly Oid[];
}

export async function holdingsOf(git: Git, questions: readonly Question[]): Promise<Holdings[]> {
  const diffs = await rawDiffs(
    git,
    questions.map(({ snapshot, base }) => [base, snapshot.commit]),
  );
  const holdings: Holdings[] = [];
  for (const [at, { snapshot, base, held }] of questions.entries()) {
    const paths = diffs[at]!.map(({ path }) => path);
    holdings.push({
      commits: (await commitsBeyond(git, snapshot, [base])).length,
      files: paths.filter((path) => !path.startsWith(`${SHELF}/`)).length,
      nested: nestedIn(paths.map((path) => Buffer.from(path, 'latin1').toString('utf8'))),
      elsewhere: await isHeld(git, snapshot, held),
    });
  }
  return holdings;
}

/** The commits of a snapshot that these do not have, newest first; also those that HEAD had left. */
export async function commitsBeyond(git: Git, { commit, head, index }: KeptSnapshot, held: readonly Oid[]) {
  const text = await git.text(['rev-list', commit, ...held.map((oid) => `^${oid}`), '--']);
  return text.split('\n').filter((oid) => oid !== '' && oid !== index && (oid !== commit || commit === head));
}

async function isHeld(git: Git, snapshot: KeptSnapshot, held: readonly Oid[]): Promise<boolean> {
  if ((await commitsBeyond(git, snapshot, held)).length > 0) return false;
  if (snapshot.commit === snapshot.head) return true;
  const only = ['--objects', '--filter=object:type=blob', '--filter-provided-objects'];
  const blobs = await git.text(['rev-list', ...only, snapshot.commit, ...held.map((oid) => `^${oid}`), '--']);
  return blobs === '';
}

/** Bytes on disk of the objects that nothing but these refs holds. */
export async function bytesOnlyIn(git: Git, refs: readonly string[]): Promise<number> {
  if (refs.length === 0) return 0;
  const all = await git.text(['for-each-ref', '--format=%(refname)']);
  const gone = new Set(refs);
  const kept = all.split('\n').filter((ref) => ref !== '' && !gone.has(ref));
  const input = [...refs, ...[...kept, 'HEAD'].map((ref) => `^${ref}`)].map((line) => `${line}\n`).join('');
  return Number(await git.text(['rev-list', '--objects', '--disk-usage', '--stdin'], { input }));
}
