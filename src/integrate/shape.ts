import { changedPaths } from '../git/diff.ts';
import type { Git } from '../git/git.ts';
import { isAncestor } from '../git/history.ts';
import { commitTree, type Merge, mergeTrees, treeOf } from '../git/merge.ts';
import { writeCommit } from '../git/write-commit.ts';
import type { LandingHow, LandingStyle, Oid } from '../run/event.ts';
import { replay } from './replay.ts';

export interface LandingWish {
  /** Where the target is. */
  from: Oid;
  /** What is to land on it. */
  tip: Oid;
  /** Absent: a fast-forward where possible, else a merge commit. */
  style?: LandingStyle | undefined;
  /** Of the merge commit, or of the only one. */
  message: string;
  /** An earlier landing of the same branch: what the target got as `to` is all that `tip` was then. */
  earlier?: { tip: Oid; to: Oid } | null | undefined;
}

export type Shaped =
  /** The target has it all. */
  | { is: 'there' }
  | { is: 'made'; how: LandingHow; to: Oid }
  | { is: 'conflict'; paths: string[]; messages: string[] }
  /** Its commits make no line with the tree of the merge; `commit`: the one that does not go on top of what is before it. */
  | { is: 'not-linear'; commit: { oid: Oid; subject: string } | null; paths: string[]; messages: string[] };

/** The commit that a target would be moved to. In memory: no ref, index or work tree is touched. */
export async function shapeLanding(git: Git, wish: LandingWish): Promise<Shaped> {
  const { from, tip, style, message } = wish;
  if (await isAncestor(git, tip, from)) return { is: 'there' };
  const earlier = await standing(git, wish);
  if (earlier?.tip === tip) return { is: 'there' };
  if (style === undefined && (await isAncestor(git, from, tip))) return { is: 'made', how: 'fast-forward', to: tip };
  const merge = await mergeSince(git, wish, earlier);
  if (!merge.clean) return { is: 'conflict', paths: merge.paths, messages: merge.messages };
  const { tree } = merge;
  if (style !== 'merge' && tree === (await treeOf(git, from))) return { is: 'there' };
  switch (style) {
    case 'squash':
      return { is: 'made', how: 'squash', to: await commitTree(git, { tree, parents: [from], message }) };
    case 'rebase':
      return inLine(git, { ...wish, tree, without: earlier === null ? [from] : [from, earlier.tip] });
    default:
      return { is: 'made', how: 'merge', to: await commitTree(git, { tree, parents: [from, tip], message }) };
  }
}

/** The earlier landing, if the target still has it, and the branch is what it was and more. */
async function standing(git: Git, { from, tip, earlier }: LandingWish): Promise<{ tip: Oid; to: Oid } | null> {
  if (!earlier) return null;
  const stands = (await isAncestor(git, earlier.to, from)) && (await isAncestor(git, earlier.tip, tip));
  return stands ? earlier : null;
}

/** Of what landed with another history only the record tells that the target has it: it is made a parent for this merge. */
async function mergeSince(git: Git, { from, tip }: LandingWish, earlier: { tip: Oid } | null): Promise<Merge> {
  if (earlier === null || (await isAncestor(git, earlier.tip, from))) return mergeTrees(git, from, tip);
  const parents = [from, earlier.tip];
  const tree = await treeOf(git, from);
  const both = await writeCommit(git, { tree, parents, message: 'copse: what has landed', date: 0 });
  return mergeTrees(git, both, tip);
}

async function inLine(
  git: Git,
  { from, tip, tree, without }: LandingWish & { tree: Oid; without: Oid[] },
): Promise<Shaped> {
  const line = await replay(git, { onto: from, tip, without });
  if (!line.ok) {
    const { commit: oid, subject, paths, messages } = line;
    return { is: 'not-linear', commit: { oid, subject }, paths, messages };
  }
  if ((await treeOf(git, line.tip)) === tree) return { is: 'made', how: 'rebase', to: line.tip };
  const paths = (await changedPaths(git, line.tip, tree)).map(({ path }) => path);
  return { is: 'not-linear', commit: null, paths, messages: [] };
}
