import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';

/** Where a program was found, or why it was not: `ENOENT` (no such file), `EACCES` (a file nobody may execute). */
export type FoundProgram = { path: string } | { error: { code: 'ENOENT' | 'EACCES'; message: string } };

/**
 * Finds a program as execvp(3) does: a name with a slash is a path (relative to `cwd`), any other is looked for in
 * the folders of `env.PATH`. `path` is absolute.
 */
export function findProgram(name: string, options: { cwd: string; env: NodeJS.ProcessEnv }): FoundProgram {
  if (name === '' || name.includes('\0')) return missing(`${JSON.stringify(name)} is no name of a program`);
  const folders = (options.env.PATH ?? '').split(delimiter);
  const candidates = name.includes('/')
    ? [resolve(options.cwd, name)]
    : folders.map((folder) => resolve(isAbsolute(folder) ? folder : resolve(options.cwd, folder), name));
  let denied: string | null = null;
  for (const path of candidates) {
    if (!isFile(path)) continue;
    if (isExecutable(path)) return { path };
    denied ??= path;
  }
  if (denied !== null) return { error: { code: 'EACCES', message: `${denied} is not executable` } };
  if (name.includes('/')) return missing(`there is no program ${candidates[0]}`);
  return missing(options.env.PATH ? `${name} is in no folder of PATH` : `${name}: PATH is empty`);
}

function missing(message: string): FoundProgram {
  return { error: { code: 'ENOENT', message } };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // ENOTDIR, ENAMETOOLONG, EACCES on a folder: not to be run from there
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
