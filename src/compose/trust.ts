import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { guardRepository } from '../git/guard.ts';
import { runPaths } from '../journal/store.ts';
import { listed } from '../run/describe.ts';
import type { RunId } from '../run/event.ts';
import type { Project } from './project.ts';

/**
 * The project as the gits of this run see it: they start only what was configured when the run began, whatever its agents have
 * configured since. `warn` takes what is passed over now, a sentence.
 */
export async function trusting(project: Project, run: RunId, warn?: (message: string) => void): Promise<Project> {
  const { repository } = project;
  const { dir } = runPaths(repository.commonDir, run);
  if (!existsSync(dir)) return project; // a snapshot outlives its run
  const onPassedOver = (keys: readonly string[]) =>
    warn?.(
      `set in git's configuration since the run began, and passed over: ${listed(keys, 5)}; if that was you, land by hand: git merge`,
    );
  return { ...project, repository: await guardRepository(repository, join(dir, 'git-settings.json'), onPassedOver) };
}
