import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { addWorktree, populate } from '../git/worktree.ts';
import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';

export interface IntegrationWorktree {
  /** Absolute. */
  path: string;
  /**
   * Puts exactly the files of `commit` there: what an earlier check changed or left is gone, ignored files stay
   * (`node_modules`, caches). Gives a failure when there is no place for it.
   */
  checkout(commit: Oid): Promise<Failure | null>;
}

export interface IntegrationWorktreeOptions {
  repository: Repository;
  path: string;
  /** Makes a fresh worktree usable (copies, links, set-up command), as for tasks. */
  setUp: (path: string) => Promise<Failure | null>;
}

/** Our own detached worktree for whatever has to see merged files: validations, installing dependencies. Made when first used. */
export function integrationWorktree({ repository, path, setUp }: IntegrationWorktreeOptions): IntegrationWorktree {
  const git = repository.git.at(path);

  async function checkout(commit: Oid): Promise<Failure | null> {
    if (existsSync(join(path, '.git'))) {
      await git.bytes(['checkout', '-q', '--detach', '--force', commit]);
      await git.bytes(['clean', '-ffdq']);
      return null;
    }
    const added = await addWorktree(repository, { path, branch: null, base: commit });
    if (!added.ok) return { code: 'workspace', message: added.message };
    await populate(git);
    return setUp(path);
  }

  return { path, checkout };
}
