import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { exec } from '../process/exec.ts';
import type { CheckSpec } from './spec.ts';

interface Place {
  /** Where the check runs. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Why a check cannot be run here, in one sentence; null when all it needs is there. */
export async function missing({ argv, needs }: CheckSpec, { cwd, env }: Place): Promise<string | null> {
  const program = programOf(argv[0], env);
  for (const need of [{ program: argv[0] }, ...needs]) {
    if ('program' in need && !isInstalled(need.program, { cwd, env })) return `${need.program} is not installed`;
    if ('packages' in need && !existsSync(join(cwd, 'node_modules'))) {
      return 'the packages of package.json are not installed there: set workspace.link or workspace.setup in the config';
    }
    if ('module' in need && !(await hasModule(program, need.module, { cwd, env }))) {
      return `${need.module} is not installed for ${program}`;
    }
  }
  return null;
}

/** `python` is `python3` where only that is there. */
export function programOf(name: string, env: NodeJS.ProcessEnv): string {
  return name === 'python' && onPath(name, env) === null && onPath('python3', env) !== null ? 'python3' : name;
}

function isInstalled(name: string, { cwd, env }: Place): boolean {
  if (name.includes('/')) return isExecutable(resolve(cwd, name));
  return onPath(programOf(name, env), env) !== null;
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function hasModule(python: string, name: string, { cwd, env }: Place): Promise<boolean> {
  const code = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  return (await exec(python, ['-c', code, name], { cwd, env, timeoutMs: 60_000 })).exit === 0;
}
