import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Config, loadConfig } from '../project/config.ts';
import { type Mask, maskOf } from '../util/mask.ts';
import { Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';

interface Known {
  /** What is handed out: it does what `current` does, also when that has learned more since. */
  mask: Mask;
  current: Mask;
}

const known = new WeakMap<NodeJS.ProcessEnv, Known>();

/** The mask of the user's environment; `COPSE_MASK` names further variables that hold secrets, and so does the config. */
export function maskFor({ env }: Pick<Surroundings, 'env'>): Mask {
  return knownFor(env).mask;
}

/** From now on the mask knows what the config calls a secret, and the variables that it sets for agents. */
export function learnSecrets({ env }: Pick<Surroundings, 'env'>, { agents, secrets }: Config): void {
  const forms = secrets.mask.flatMap((each) => /^\/(.*)\/$/s.exec(each)?.[1] ?? []);
  const names = secrets.mask.filter((each) => !each.startsWith('/'));
  const variables = Object.values(agents).flatMap((agent) => Object.entries(agent.env ?? {}));
  knownFor(env).current = maskOf(env, { names: [...names, ...namesIn(env)], variables, forms });
}

/** The same for a command that does without a repository; a config that is wrong is told by those that need it. */
export function learnSecretsNear(context: Pick<Surroundings, 'cwd' | 'env'>): void {
  for (let folder = context.cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) {
      try {
        return learnSecrets(context, loadConfig(folder));
      } catch (error) {
        if (error instanceof Refusal) return;
        throw error;
      }
    }
    if (folder === dirname(folder)) return;
  }
}

function knownFor(env: NodeJS.ProcessEnv): Known {
  const found = known.get(env);
  if (found) return found;
  const fresh = { current: maskOf(env, { names: namesIn(env) }) } as Known;
  fresh.mask = Object.assign((text: string) => fresh.current(text), {
    lines: () => fresh.current.lines(),
    find: (text: string) => fresh.current.find(text),
  });
  known.set(env, fresh);
  return fresh;
}

const namesIn = (env: NodeJS.ProcessEnv) => (env.COPSE_MASK ?? '').split(/[\s,]+/).filter(Boolean);
