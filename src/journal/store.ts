import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunId, TaskId } from '../run/event.ts';
import type { Clock } from '../util/clock.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** Files of one run, absolute when the common dir is. */
export interface RunPaths {
  dir: string;
  journal: string;
  /** The plan as it was when the run began. */
  plan: string;
  /** Holds a folder for each attempt. */
  attempts: string;
}

/** Files of one attempt; see process/launch.ts for the last two. */
export interface AttemptPaths {
  dir: string;
  prompt: string;
  transcript: string;
  stderr: string;
  exit: string;
  pid: string;
}

/** Prompts and transcripts may hold secrets: nobody else reads them. */
const PRIVATE_FOLDER = 0o700;
/** Mode of every file below a run folder. */
export const PRIVATE_FILE = 0o600;

const RUN_ID = /^\d{8}-\d{6}-[0-9a-z]{4}$/;

/** A new run's id: the time in UTC and four random characters, `20261123-142233-ab12`; ids sort by time. `random` gives [0, 1). */
export function newRunId(clock: Clock, random: () => number): RunId {
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const tail = Array.from({ length: 4 }, () => Math.floor(random() * 36).toString(36)).join('');
  return `${time}-${tail}`;
}

/** Where a run keeps its files; `commonDir` is git's common dir. Refuses what is no run id: it may come from the command line. */
export function runPaths(commonDir: string, run: RunId): RunPaths {
  if (!RUN_ID.test(run)) {
    throw new Refusal('unknown-run', `${JSON.stringify(run)} is no run id (they look like 20261123-142233-ab12)`, {
      exit: EXIT.usage,
      hint: '`copse status` shows the latest run',
    });
  }
  const dir = join(runsFolder(commonDir), run);
  return { dir, journal: join(dir, 'journal.jsonl'), plan: join(dir, 'plan.json'), attempts: join(dir, 'attempts') };
}

/** Where attempt `attempt` (from 1) at a task keeps its files. */
export function attemptPaths(commonDir: string, run: RunId, task: TaskId, attempt: number): AttemptPaths {
  // Ids are checked when the plan is read; this is what stands between a slip there and a path outside.
  if (/[/\\\0]/.test(task)) throw new Error(`task id ${JSON.stringify(task)} is no file name`);
  const dir = join(runPaths(commonDir, run).attempts, `${task}.${attempt}`);
  return {
    dir,
    prompt: join(dir, 'prompt.txt'),
    transcript: join(dir, 'transcript.jsonl'),
    stderr: join(dir, 'stderr.log'),
    exit: join(dir, 'exit'),
    pid: join(dir, 'pid'),
  };
}

/**
 * Makes the private folder of a new run; throws EEXIST when there is a run of that id, and a refusal when the system lets
 * us make none.
 */
export function createRun(commonDir: string, run: RunId): RunPaths {
  const paths = runPaths(commonDir, run);
  try {
    mkdirSync(runsFolder(commonDir), { recursive: true, mode: PRIVATE_FOLDER });
  } catch (error) {
    throw noFolder(runsFolder(commonDir), error as NodeJS.ErrnoException);
  }
  mkdirSync(paths.dir, { mode: PRIVATE_FOLDER });
  mkdirSync(paths.attempts, { mode: PRIVATE_FOLDER });
  return paths;
}

/** Removes a run that never began, and the folders above it as far as it was the first. */
export function removeRun({ dir }: RunPaths): void {
  rmSync(dir, { recursive: true, force: true });
  try {
    rmdirSync(dirname(dir));
    rmdirSync(dirname(dirname(dir)));
  } catch {
    // Other runs are in there.
  }
}

/** The refusal when the git directory takes no files of ours. */
export function noFolder(folder: string, { code, message }: NodeJS.ErrnoException): Refusal {
  const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : message.replace(/^[A-Z0-9]+: /, '');
  return new Refusal('run-folder', `runs cannot be kept in ${folder}: ${why}`, {
    exit: EXIT.environment,
    hint: 'copse keeps its journal in the git directory, which must be writable',
  });
}

/** The runs that have a journal, the newest first. */
export function listRuns(commonDir: string): RunId[] {
  return namesIn(runsFolder(commonDir))
    .filter((name) => RUN_ID.test(name))
    .filter((name) => statSync(runPaths(commonDir, name).journal, { throwIfNoEntry: false })?.isFile())
    .sort()
    .reverse();
}

function runsFolder(commonDir: string): string {
  return join(commonDir, 'copse', 'runs');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
