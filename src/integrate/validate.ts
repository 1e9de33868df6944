import type { Validation } from '../plan/plan.ts';
import { execWhole } from '../process/exec-whole.ts';
import { projectEnv } from './project-env.ts';

export interface ValidationRun {
  ok: boolean;
  /** Null when a signal or the time limit ended it, or nothing could be started. */
  exit: number | null;
  /** The end of its output, stdout and stderr; at most 8 KiB. */
  tail: string;
  /** Milliseconds. */
  ms: number;
}

export interface ValidationOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  signal?: AbortSignal;
}

const TAIL = 8 * 1024;

/** The programs to try for a validation, in order; the next one only when one is not installed. */
function programsOf({ kind, command }: Validation): [string, ...string[]][] {
  if (kind === 'shell')
    return [
      ['bash', '-c', command],
      ['sh', '-c', command],
    ];
  return [
    ['python', '-c', command],
    ['python3', '-c', command],
  ];
}

/** Runs a wave's validation in `cwd`, with the project's own tools first. Whatever it leaves running is ended with it. */
export async function runValidation(validation: Validation, options: ValidationOptions): Promise<ValidationRun> {
  const { cwd, timeoutMs, signal } = options;
  const env = projectEnv(cwd, options.env);
  const began = performance.now();
  const run = { cwd, env, timeoutMs, maxBytes: 1 << 20, ...(signal && { signal }) };
  let missing = '';
  for (const [program, ...args] of programsOf(validation)) {
    const result = await execWhole(program, args, run);
    if (result.spawnError === 'ENOENT') {
      missing = program;
      continue;
    }
    const why = result.timedOut
      ? `\n(ended after ${timeoutMs / 1000} s)`
      : result.spawnError
        ? `\n(${result.spawnError})`
        : '';
    const output = `${result.stdout.toString('utf8')}${result.stderr.toString('utf8')}${why}`.trim();
    return {
      ok: result.exit === 0,
      exit: result.exit,
      tail: output.slice(-TAIL),
      ms: Math.round(performance.now() - began),
    };
  }
  return { ok: false, exit: null, tail: `${missing} is not installed`, ms: Math.round(performance.now() - began) };
}
