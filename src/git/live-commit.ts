import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { withStage } from './stage.ts';
import { writeCommit } from './write-commit.ts';

export interface LiveOptions {
  /** This work tree's own git directory. */
  gitDir: string;
  /** gitignore patterns of files that are never committed. */
  junk: readonly string[];
  /** Paths that no task may change. */
  never: readonly string[];
}

/**
 * A commit of all that a work tree holds at this moment, on top of its HEAD; HEAD itself when nothing is uncommitted. No ref
 * points to it: it is for looking, and goes with the next `git gc`. Index, HEAD and files stay as they are, somebody may be
 * working there.
 */
export function liveCommit(git: Git, options: LiveOptions): Promise<Oid> {
  return withStage(git, options, async (stage) => {
    const { head } = stage.scan;
    if (head === null) throw new Error(`${git.cwd} has no commit at all`);
    if (stage.differs === 'no') return head;
    return writeCommit(git, { tree: await stage.tree(), parents: [head], message: 'copse: as it stands', date: 0 });
  });
}
