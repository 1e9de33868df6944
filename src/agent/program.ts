import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export interface ProgramSearch {
  /** `PATH` of the environment the program will run in. */
  path: string | undefined;
  /** Absolute folder that a name with a slash is relative to: the agent itself runs in its workspace. */
  baseDir: string;
}

/** Absolute path of an executable file: a bare name is looked up in PATH, a name with a slash below `baseDir`; null when there is none. */
export function findProgram(name: string, search: ProgramSearch): string | null {
  if (name === '' || name.includes('\0')) return null;
  if (name.includes('/')) return executable(resolve(search.baseDir, name));
  for (const folder of (search.path ?? '').split(delimiter)) {
    // A relative PATH entry would mean another program in every workspace.
    if (!isAbsolute(folder)) continue;
    const found = executable(join(folder, name));
    if (found !== null) return found;
  }
  return null;
}

function executable(file: string): string | null {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}
