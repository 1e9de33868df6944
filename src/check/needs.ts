import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../process/exec.ts';
import { findProgram } from '../process/program.ts';
import type { CheckSpec } from './spec.ts';

interface Place {
  /** Where the check runs. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Why a check cannot be run here, in one sentence; null when all it needs is there. */
export async function missing({ argv, needs }: CheckSpec, { cwd, env }: Place): Promise<string | null> {
  const program = programOf(argv[0], { cwd, env });
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
export function programOf(name: string, place: Place): string {
  return name === 'python' && !isThere(name, place) && isThere('python3', place) ? 'python3' : name;
}

function isInstalled(name: string, place: Place): boolean {
  return isThere(programOf(name, place), place);
}

function isThere(name: string, place: Place): boolean {
  return 'path' in findProgram(name, place);
}

async function hasModule(python: string, name: string, { cwd, env }: Place): Promise<boolean> {
  const code = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  return (await exec(python, ['-c', code, name], { cwd, env, timeoutMs: 60_000 })).exit === 0;
}
