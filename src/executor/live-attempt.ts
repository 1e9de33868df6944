import type { AgentAdapter } from '../agent/adapter.ts';
import type { Ending } from '../run/event.ts';
import type { Clock } from '../util/clock.ts';
import type { Mask } from '../util/mask.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import type { AttemptSpec, ExecutorEvent, Key } from './executor.ts';

/** The files of one attempt, all absolute. */
export interface AttemptFiles {
  dir: string;
  prompt: string;
  transcript: string;
  stderr: string;
  /** Written by the wrapper when the agent has ended. */
  exit: string;
  /** Written by the wrapper before the agent starts. */
  pid: string;
  /** The transcript as readable text. */
  log: string;
}

/** What all attempts on this machine share. */
export interface AttemptSurroundings {
  workspaces: Workspaces;
  /** The environment that agents inherit. */
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Between SIGTERM and SIGKILL, and after an agent's last word; milliseconds. */
  graceMs: number;
  /** Takes secrets out of the readable log. */
  mask?: Mask;
  /** Aborted: graces are over. */
  hurry?: AbortSignal;
  /** Bytes of the agent's output that are kept on the disk. */
  maxTranscript: number;
  newSession(): string;
  /** The command line that runs the agent's, confined to what it may write; default not confined. */
  confine?(spec: AttemptSpec, argv: string[]): string[];
}

export interface AttemptParts extends AttemptSurroundings {
  adapter: AgentAdapter;
  files: AttemptFiles;
  /** The role of the task, when the adapter knows it. */
  role(): Promise<string | undefined>;
  emit(event: ExecutorEvent): void;
}

/** One attempt on this machine. Both ways end in one `attempt.ended`, unless they reject: then the caller says so. */
export interface LiveAttempt {
  /** Makes the workspace, starts the agent, sees it through. */
  start(): Promise<void>;
  /** Takes over what an earlier coordinator started: a living agent, one that has ended since, or nothing. */
  adopt(): Promise<{ state: 'adopted' | 'lost'; done: Promise<void> }>;
  cancel(reason: 'stopped' | Ending): void;
  /** Bytes of memory that its processes hold; null when that is not known. */
  memory(): number | null;
}

/** Environment variable that marks every process of an attempt, whatever session or group it moves to. */
export const ATTEMPT_MARKER = 'COPSE_ATTEMPT';

/** What every process of that attempt carries in its environment. */
export const markerOf = ({ run, task, attempt }: Key) => ({ name: ATTEMPT_MARKER, value: `${run}/${task}.${attempt}` });
