import type { Git } from './git.ts';

const FALLBACK = { name: 'copse', email: 'copse@localhost' };
/** By environment, which all work trees of one repository share: they have one configuration, too. */
const known = new WeakMap<NodeJS.ProcessEnv, Promise<Record<string, string>>>();

/**
 * Variables that give an identity to the commits of this repository where its user has set none; empty where git has one.
 * Agents need it as much as we: their commits would fail, or carry a name guessed from the host.
 */
export function identityEnv(git: Git): Promise<Record<string, string>> {
  const found = known.get(git.env) ?? findIdentity(git);
  known.set(git.env, found);
  return found;
}

async function findIdentity(git: Git): Promise<Record<string, string>> {
  const [author, committer] = await Promise.all(
    ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT'].map((name) =>
      git.run(['var', name], { config: ['user.useConfigOnly=true'] }),
    ),
  );
  return {
    ...(author!.exit !== 0 && { GIT_AUTHOR_NAME: FALLBACK.name, GIT_AUTHOR_EMAIL: FALLBACK.email }),
    ...(committer!.exit !== 0 && { GIT_COMMITTER_NAME: FALLBACK.name, GIT_COMMITTER_EMAIL: FALLBACK.email }),
  };
}
