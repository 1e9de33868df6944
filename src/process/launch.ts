import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { CHILD, LASTING_CHILD } from './mark.ts';
import { findProgram } from './program.ts';
import { type ProcessId, processStart } from './tree.ts';

export interface LaunchOptions {
  /** Program and arguments; found in `env.PATH`. */
  argv: readonly string[];
  cwd: string;
  /** The whole environment of the program; nothing is inherited besides it. */
  env: NodeJS.ProcessEnv;
  /** A file, or null for /dev/null. */
  stdin: string | null;
  /** Files that are appended to, made with mode 0600. */
  stdout: string;
  stderr: string;
  /** Gets the exit status as a line of decimal digits, 128 + n for signal n; see `readExit`. */
  exitFile: string;
  /** Gets `{"pid":…,"start":"…"}` before the program starts. One start for each such file: a second launch is refused. */
  pidFile?: string;
}

/** The wrapper of a launched program; leader of its own session and process group. */
export interface Launched extends ProcessId {
  /** Resolves when our child has ended, however; the exit file then is complete, if it ever will be. */
  exited: Promise<void>;
}

export interface LaunchError {
  /** `ENOENT`, `EACCES`: the program; `ENOTDIR`: the working directory; `EEXIST`: launched before; else of spawn or open. */
  code: string;
  message: string;
}

/**
 * Waits for the program in the foreground, so that it has our stdin and its signals are not ignored, and outlives the
 * signals that end it. Data comes as positional arguments only. Nothing but builtins is used: no PATH and no fork
 * stands between an agent that ended and its exit status, except that on a full disk it waits for room. `set -C` makes `>`
 * exclusive.
 */
const WRAPPER = `
_copse_exit=$1 _copse_pid=$2
shift 2
trap : HUP INT QUIT TERM
_copse_fields() { _copse_start=\${20}; }
if [ -n "$_copse_pid" ]; then
  if [ -e /proc/$$/stat ] && read -r _copse_stat </proc/$$/stat; then
    _copse_fields \${_copse_stat##*') '}
    read -r _copse_boot 2>/dev/null </proc/sys/kernel/random/boot_id && _copse_start=$_copse_start@$_copse_boot
  else _copse_start=$(echo $(LC_ALL=C TZ=UTC0 PATH=/bin:/usr/bin ps -o lstart= -p $$)); fi
  set -C
  printf '{"pid":%s,"start":"%s"}\\n' $$ "$_copse_start" >"$_copse_pid" || exit 125
  set +C
fi
"$@"
_copse_status=$?
until printf '%s\\n' $_copse_status >"$_copse_exit"; do
  [ -d "\${_copse_exit%/*}" ] && sleep 1 || exit
done 2>/dev/null
`;

/**
 * Starts a program that outlives us: own session, files as stdio, its exit status in a file. What can go wrong is in the result,
 * never thrown.
 */
export async function launch(options: LaunchOptions): Promise<Launched | { error: LaunchError }> {
  const { argv, cwd, env, exitFile, pidFile } = options;
  if (!isFolder(cwd)) return { error: { code: 'ENOTDIR', message: `the working directory ${cwd} does not exist` } };
  const program = findProgram(argv[0] ?? '', { cwd, env });
  if ('error' in program) return program;
  const trace = [exitFile, ...(pidFile === undefined ? [] : [pidFile])].find((file) => existsSync(file));
  if (trace !== undefined) return { error: { code: 'EEXIST', message: `${trace} exists: this was launched before` } };
  const opened: number[] = [];
  try {
    opened.push(openSync(options.stdin ?? '/dev/null', 'r'));
    opened.push(openSync(options.stdout, 'a', 0o600));
    opened.push(openSync(options.stderr, 'a', 0o600));
    // With an absolute path no word of the plan can name a builtin of the shell (`eval`, `exec`).
    const args = ['-c', WRAPPER, 'sh', exitFile, pidFile ?? '', program.path, ...argv.slice(1)];
    // It outlives us: whoever ends what we leave behind must not take it for one of our helpers.
    const { [CHILD]: _, [LASTING_CHILD]: __, ...own } = env;
    return await started(spawn('/bin/sh', args, { cwd, env: own, stdio: opened, detached: true }));
  } catch (error) {
    // Too long or with NUL in argv or env: spawn throws instead of emitting.
    return { error: launchError(error) };
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function started(child: ChildProcess): Promise<Launched | { error: LaunchError }> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error: launchError(error) }));
    child.once('spawn', () => {
      child.unref();
      const pid = child.pid!;
      // Node has not collected the child yet, so the row is there even when it has ended by now.
      resolve({ pid, pidStart: processStart(pid) ?? '', exited });
    });
  });
}

/** The wrapper that wrote this pid file; null when there is none, or it holds no process. */
export function readPidFile(pidFile: string): ProcessId | null {
  try {
    const { pid, start } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number; start: string };
    return pid > 0 ? { pid, pidStart: start } : null;
  } catch {
    return null; // missing, or its writer was killed between making and filling it: then the program never started
  }
}

/**
 * Settles a launch whose launcher died: either its wrapper has started, and is given, or it never will start its program
 * (null), whatever becomes of it.
 */
export async function settleLaunch(pidFile: string): Promise<ProcessId | null> {
  try {
    writeFileSync(pidFile, '{"pid":0,"start":""}\n', { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Between making the file and filling it lies one instruction of a living wrapper.
  for (let tries = 0; tries < 50 && !readFileSync(pidFile, 'utf8').endsWith('\n'); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return readPidFile(pidFile);
}

function launchError(error: unknown): LaunchError {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint =
    code === 'E2BIG' ? ': the arguments are too long (128 KiB each on Linux); pass them on stdin or by file' : '';
  return { code: code ?? 'internal', message: `${message}${hint}` };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
