import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../process/exec.ts';
import { findProgram } from '../process/program.ts';
import { bubblewrap } from './bubblewrap.ts';
import type { Sandbox } from './sandbox.ts';
import { sandboxExec } from './sandbox-exec.ts';

export type FoundSandbox = { ok: true; sandbox: Sandbox; path: string } | { ok: false; message: string; hint: string };

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  /** Further paths that agents may write, from the config; relative to the home folder. */
  writable: readonly string[];
}

/** The sandbox of this machine, tried out: many containers have the program and forbid what it does. */
export async function findSandbox({ env, platform = process.platform, writable }: FindOptions): Promise<FoundSandbox> {
  const state = stateOf(env, writable);
  if (platform === 'linux') {
    const hint = 'install bubblewrap (Debian: apt-get install bubblewrap), or go on without: --sandbox off';
    return tried('bwrap', env, { hint, make: (path) => bubblewrap(path, state) });
  }
  if (platform === 'darwin') {
    return tried('sandbox-exec', env, { hint: '--sandbox off', make: (path) => sandboxExec(path, state) });
  }
  return { ok: false, message: `there is no sandbox for ${platform}`, hint: 'go on without: --sandbox off' };
}

async function tried(
  name: string,
  env: NodeJS.ProcessEnv,
  { hint, make }: { hint: string; make: (path: string) => Sandbox },
): Promise<FoundSandbox> {
  const found = findProgram(name, { cwd: '/', env });
  if ('error' in found) return { ok: false, message: found.error.message, hint };
  const sandbox = make(found.path);
  const [program = '', ...args] = sandbox.wrap(['/bin/sh', '-c', ':'], { protect: [], writable: [] }, '/');
  const { exit, stderr } = await exec(program, args, { env, timeoutMs: 10_000 });
  if (exit === 0) return { ok: true, sandbox, path: found.path };
  const [first = ''] = stderr.toString('utf8').trim().split('\n');
  return { ok: false, message: `${found.path} does not work here: ${first || `exit status ${exit}`}`, hint };
}

/** Where agents and their tools keep their own state, below the home folder. */
const STATE = [
  '.claude',
  '.claude.json',
  '.codex',
  '.gemini',
  '.opencode',
  '.config',
  '.cache',
  '.local',
  '.npm',
  '.bun',
  'Library',
];

/** Paths that agents may write besides their task: temporary files, their state, what the config names. */
function stateOf(env: NodeJS.ProcessEnv, writable: readonly string[]): string[] {
  const home = env.HOME;
  const own = home === undefined ? [] : [...STATE, ...writable].map((path) => join(home, path));
  // The third is where macOS has the temporary files and caches of each user, whether or not TMPDIR says so.
  const places = [
    '/tmp',
    '/var/tmp',
    '/var/folders',
    env.TMPDIR,
    env.CLAUDE_CONFIG_DIR,
    env.CODEX_HOME,
    env.XDG_CACHE_HOME,
    ...own,
  ];
  return [...new Set(places.flatMap((path) => (path === undefined ? [] : (real(path) ?? []))))];
}

/** Without symbolic links and in its own upper and lower case, as the system sees it; null when it is not there. */
function real(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
