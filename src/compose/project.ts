import { existsSync } from 'node:fs';
import { createGit } from '../git/git.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { type Config, loadConfig } from '../project/config.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import { learnSecrets } from './mask.ts';

/** The user's repository with its config: what almost every command begins with. */
export interface Project {
  repository: Repository;
  config: Config;
  /** Where the user stands; plan paths are relative to it. */
  cwd: string;
}

/** Throws a refusal when there is no repository to work in, or its config is wrong. */
export async function openProject(context: Pick<Surroundings, 'cwd' | 'env'>): Promise<Project> {
  if (!existsSync(context.cwd)) {
    const hint = 'cd to a repository';
    throw new Refusal('no-folder', `the folder ${context.cwd} is not there any more`, { exit: EXIT.environment, hint });
  }
  const repository = await openRepository(createGit({ cwd: context.cwd, env: context.env }));
  const config = loadConfig(repository.root);
  learnSecrets(context, config);
  return { repository, config, cwd: context.cwd };
}
