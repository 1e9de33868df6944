import { existsSync } from 'node:fs';
import { type Dialogue, startDialogue } from '../process/dialogue.ts';
import { type ExecResult, exec } from '../process/exec.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { gitEnv } from './env.ts';

/** The oldest git that merges in memory (`merge-tree --write-tree`). */
const OLDEST_GIT = [2, 38] as const;

/**
 * On every call of ours: no repository hook and no file-system monitor runs unasked, no background maintenance starts, no
 * setting of the user stops a plumbing command. Filters and merge drivers stay, for without them content would be wrong
 * (docs/decisions/0002-git-hooks.md).
 */
const PROTECTION = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'core.filesRefLockTimeout=2000',
  'core.packedRefsTimeout=5000',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'log.showSignature=false',
  'advice.graftFileDeprecated=false', // said on every call, for env.ts has git read none
].flatMap((setting) => ['-c', setting]);

export interface GitOptions {
  input?: string | Uint8Array;
  /** Added to the environment of this call. */
  env?: Record<string, string>;
  cwd?: string;
  /** Further settings of this call: `core.excludesFile=/x`. */
  config?: readonly string[];
  signal?: AbortSignal;
  /** Bytes of output that are kept, the last ones; default 1 GiB. */
  maxBytes?: number;
}

/** git in one folder. Arguments are data, never a shell string; paths go by stdin or after `--`. */
export interface Git {
  readonly cwd: string;
  /** As git gets it: free of GIT_DIR and the like. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs git and gives whatever came of it. Throws only when git could not be started. */
  run(args: readonly string[], options?: GitOptions): Promise<ExecResult>;
  /** The bytes on stdout; throws {@link GitError} when git failed. */
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** Stdout without its last newline; throws {@link GitError} when git failed. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The NUL-terminated fields on stdout (of a `-z` command); throws {@link GitError} when git failed. */
  fields(args: readonly string[], options?: GitOptions): Promise<string[]>;
  /** A git that stays and answers one question after another; without one for `idleMs` (default 10 s) it is let go. */
  converse(args: readonly string[], options?: { idleMs?: number }): Promise<Dialogue>;
  /** The same git in another folder. */
  at(cwd: string): Git;
}

/** git failed where nothing we foresee explains it: a bug of ours or a broken machine. */
export class GitError extends Error {
  readonly args: readonly string[];
  readonly exit: number | null;
  readonly stderr: string;

  constructor(args: readonly string[], result: Pick<ExecResult, 'exit' | 'signal' | 'stderr' | 'spawnError'>) {
    const stderr = result.stderr.toString('utf8').trim();
    const how = result.spawnError ?? result.signal ?? result.exit;
    super(`git ${args.slice(0, 12).join(' ')} failed (${how})${stderr ? `: ${stderr.slice(0, 2000)}` : ''}`);
    this.name = 'GitError';
    this.args = args;
    this.exit = result.exit;
    this.stderr = stderr;
  }
}

/** A git in `cwd`; the binary is looked up on the PATH of `env` (default: our own environment). */
export function createGit({ cwd, env = process.env }: { cwd: string; env?: NodeJS.ProcessEnv }): Git {
  return gitIn(cwd, gitEnv(env));
}

/** Variables for a call in a folder; asked before each call. */
type Guard = (cwd: string) => Promise<Record<string, string>>;

/** The same git, in all folders, with what a guard adds to the environment of each call. */
export function withGuard({ cwd, env }: Git, guard: Guard): Git {
  return gitIn(cwd, env, guard);
}

function gitIn(cwd: string, env: NodeJS.ProcessEnv, guard?: Guard): Git {
  const git: Git = {
    cwd,
    env,
    run: async (args, options = {}) => {
      const at = options.cwd ?? cwd;
      return start(guard ? { ...env, ...(await guard(at)) } : env, at, args, options);
    },
    async bytes(args, options) {
      const result = await git.run(args, options);
      if (result.exit !== 0) throw new GitError(args, result);
      return result.stdout;
    },
    text: async (args, options) => (await git.bytes(args, options)).toString('utf8').replace(/\n$/, ''),
    fields: async (args, options) => splitFields(await git.bytes(args, options)),
    converse: async (args, options) => {
      const own = guard ? { ...env, ...(await guard(cwd)) } : env;
      return startDialogue('git', [...PROTECTION, ...args], { cwd, env: own, ...options });
    },
    at: (folder) => gitIn(folder, env, guard),
  };
  return git;
}

/** NUL-terminated fields as text. */
export function splitFields(bytes: Buffer, encoding: 'utf8' | 'latin1' = 'utf8'): string[] {
  const fields = bytes.toString(encoding).split('\0');
  fields.pop(); // what stands after the last terminator
  return fields;
}

async function start(env: NodeJS.ProcessEnv, cwd: string, args: readonly string[], options: GitOptions) {
  const config = (options.config ?? []).flatMap((setting) => ['-c', setting]);
  const result = await exec('git', [...PROTECTION, ...config, ...args], {
    cwd,
    env: options.env ? { ...env, ...options.env } : env,
    maxBytes: options.maxBytes ?? 2 ** 30,
    lasting: true,
    ...(options.input !== undefined && { input: options.input }),
    ...(options.signal && { signal: options.signal }),
  });
  if (result.spawnError === null) return result;
  if (result.spawnError === 'ENOENT' && existsSync(cwd)) throw gitMissing();
  throw new GitError(args, result);
}

/** The version of git as text (`2.39.5`); a Refusal when git is missing or older than 2.38. */
export async function requireGit(git: Git): Promise<string> {
  const text = await git.text(['version']);
  const found = /(\d+)\.(\d+)[.\w]*/.exec(text);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1])) return found![0];
  throw new Refusal('git-too-old', `${text} is too old: copse merges in memory, which needs git 2.38 or later`, {
    exit: EXIT.environment,
    hint: 'install a newer git (https://git-scm.com/downloads) and check with `git version`',
  });
}

function gitMissing(): Refusal {
  return new Refusal('git-missing', 'git was not found on the PATH', {
    exit: EXIT.environment,
    hint: 'install git 2.38 or later and check with `git version`',
  });
}
