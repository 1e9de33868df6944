import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The environment in which a project's own tools are found: its virtual environment and its node_modules/.bin come first
 * on the PATH, where they exist. An activated environment of the user's shell is for another tree and goes.
 */
export function projectEnv(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { VIRTUAL_ENV: activated, ...rest } = env;
  const venv = join(folder, '.venv');
  const bins = [join(venv, 'bin'), join(folder, 'node_modules', '.bin')].filter((path) => existsSync(path));
  const inherited = (env.PATH ?? '').split(delimiter).filter((path) => !activated || path !== join(activated, 'bin'));
  return {
    ...rest,
    PATH: [...bins, ...inherited].join(delimiter),
    ...(existsSync(join(venv, 'bin')) && { VIRTUAL_ENV: venv }),
  };
}
