import type { SharedDirectory } from '../scope/directories.ts';
import type { Pattern } from './pattern.ts';

/** One thing that was measured and speaks for a pattern or against it; bytes. */
export type Reason =
  /** All worktrees stand until they are cleaned up; `work`: what agents in them write; `floor` is to stay free. */
  | { about: 'disk'; fits: boolean; worktrees: number; each: number; work: number; free: number; floor: number }
  /** What one checkout is; told where it is large. */
  | { about: 'tree'; files: number; bytes: number }
  /** Tasks that nothing gives a directory. */
  | { about: 'no-directories'; tasks: string[] }
  /** Tasks that may run at the same time in directories that meet. */
  | { about: 'shared-directories'; pairs: number; first: SharedDirectory }
  /** Packages that the plan installs, which the checkout would not see. */
  | { about: 'dependencies'; steps: number }
  /** What holds an agent in its directories; null: nothing, and why. */
  | { about: 'sandbox'; name: string }
  | { about: 'no-sandbox'; message: string }
  /** The checkout, or the directories of tasks in it, hold what is in no commit. */
  | { about: 'uncommitted'; what: string }
  | { about: 'one-at-a-time'; tasks: number };

export interface PatternVerdict {
  pattern: Pattern;
  /** A run with it would neither be refused nor stand still. */
  possible: boolean;
  reasons: Reason[];
}

/** How many agents could work at once as far as each resource goes; null where the system does not tell. */
export interface AgentRoom {
  memory: number | null;
  disk: number | null;
  files: number | null;
  cores: number;
}

export interface AgentAdvice {
  count: number;
  /** What keeps it from being more. */
  limit: keyof AgentRoom | 'plan' | 'pattern';
  room: AgentRoom;
  /** Pairs of tasks that never run together. */
  exclusive: number;
}

/** Which pattern a run should take, how many agents at once (in it, or in the one that was asked for), and why. */
export interface Advice {
  pattern: Pattern;
  /** All of them, the advised one first. */
  patterns: PatternVerdict[];
  agents: AgentAdvice;
}
