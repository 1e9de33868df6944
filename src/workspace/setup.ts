import { outsideEnv } from '../git/env.ts';
import { GitError } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { updateSubmodules } from '../git/submodules.ts';
import { exec } from '../process/exec.ts';
import type { Failure } from '../run/failure.ts';
import { type Clock, systemClock } from '../util/clock.ts';
import { outputTail } from '../util/output-tail.ts';
import { provideFiles } from './provide.ts';

/** What a fresh checkout needs before anyone can work in it; from the project's configuration. */
export interface SetupConfig {
  /** gitignore patterns of ignored files to copy, besides `.worktreeinclude`. */
  copy: readonly string[];
  /** gitignore patterns of ignored files and folders to link: `node_modules`. */
  link: readonly string[];
  /** Run by `bash -c` in the workspace, last. */
  command: string | null;
  /** Milliseconds. */
  timeoutMs: number;
  submodules: boolean;
}

export const NO_SETUP: SetupConfig = { copy: [], link: [], command: null, timeoutMs: 10 * 60_000, submodules: false };

export type SetupResult = { ok: true; provided: string[]; notes: string[] } | { ok: false; failure: Failure };

export interface SetupOptions {
  repository: Repository;
  config: SetupConfig;
  /** The user's environment; what git left in it goes. */
  env: NodeJS.ProcessEnv;
  /** Aborted: the command is ended. */
  signal?: AbortSignal;
  clock?: Clock;
}

/**
 * Makes a checked-out worktree ready to work in: submodules, copied and linked files, the set-up command. The command also
 * gets COPSE_SOURCE (the user's checkout) and COPSE_WORKSPACE.
 */
export async function setUp(path: string, options: SetupOptions): Promise<SetupResult> {
  const { repository, config } = options;
  const notes: string[] = [];
  if (config.submodules) {
    const failure = await fillSubmodules(path, repository, notes);
    if (failure) return { ok: false, failure };
  }
  const provision = await provideFiles(repository.git, path, config);
  if (provision.linked.length > 0) notes.push(`linked ${listed(provision.linked)}`);
  if (provision.copied.length > 0) notes.push(`copied ${listed(provision.copied)}`);
  notes.push(...provision.notes);
  if (config.command !== null) {
    const failure = await runCommand(path, config.command, options, notes);
    if (failure) return { ok: false, failure };
  }
  return { ok: true, provided: [...provision.linked, ...provision.copied], notes };
}

async function fillSubmodules(path: string, repository: Repository, notes: string[]): Promise<Failure | null> {
  try {
    const filled = await updateSubmodules(repository, repository.git.at(path));
    if (filled.length > 0) notes.push(`filled submodules ${listed(filled)}`);
    return null;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const command = `git ${error.args.join(' ')}`;
    return { code: 'setup', command, exit: error.exit, tail: error.stderr };
  }
}

async function runCommand(
  path: string,
  command: string,
  { repository, config, env, signal, clock = systemClock }: SetupOptions,
  notes: string[],
): Promise<Failure | null> {
  const started = clock.now();
  const result = await exec('bash', ['-c', command], {
    cwd: path,
    env: { ...outsideEnv(env), COPSE_SOURCE: repository.root, COPSE_WORKSPACE: path },
    timeoutMs: config.timeoutMs,
    ...(signal && { signal }),
  });
  const ms = clock.now() - started;
  if (result.exit === 0 && !result.timedOut) {
    notes.push(`ran the set-up command in ${(ms / 1000).toFixed(1)} s`);
    return null;
  }
  const why = result.timedOut
    ? `ended after ${config.timeoutMs / 1000} s`
    : (result.spawnError && `bash: ${result.spawnError}`) || (result.signal && `ended by ${result.signal}`);
  const tail = [outputTail(result.stdout, result.stderr), why].filter(Boolean).join('\n');
  return { code: 'setup', command, exit: result.exit, tail };
}

function listed(paths: readonly string[]): string {
  return paths.length <= 5 ? paths.join(', ') : `${paths.slice(0, 4).join(', ')} and ${paths.length - 4} more`;
}
