import type { SandboxMode } from '../run/event.ts';
import type { PatternChoice } from '../run/pattern.ts';

/** What may be chosen of a run; whatever is left out is as the config says, else as it is by default. */
export interface Choices {
  /** The agent of tasks that name none: `claude`, `codex`, `gemini`, `opencode`, or one of the config. Default `claude`. */
  agent?: string;
  /** For agents that take one. */
  model?: string;
  /** Where attempts work; default `worktree`. `auto`: as is advised. Fixed for the whole of a run. */
  pattern?: PatternChoice;
  /** Whether the system refuses what an agent may not write; default `auto`. Fixed for the whole of a run. */
  sandbox?: SandboxMode;
  /** Agents at once; default 3. `auto`: as many as is advised. */
  maxConcurrent?: number | 'auto';
  /** Further attempts after a failure; default 1. */
  retries?: number;
  /** Milliseconds that an agent has; default two hours. */
  timeout?: number;
  /** Milliseconds after which an agent that says nothing is ended; 0 is never; default half an hour. */
  stall?: number;
  /** Bytes of memory that all processes of one agent may hold; 0 is no limit, which is the default. */
  taskMemory?: number;
  /** US dollars; the run pauses when it has cost so much. 0 is no limit, which is the default. */
  maxCost?: number;
  /** US dollars; a task fails when it has cost so much. 0 is no limit, which is the default. */
  maxTaskCost?: number;
  /** The run pauses when it has used so many. 0 is no limit, which is the default. */
  maxTokens?: number;
  /** `wave`: a wave starts when all before it are integrated; default `none`. */
  barrier?: 'none' | 'wave';
  /** What follows from changes outside of CREATE and MODIFY; default `warn`. */
  scope?: 'warn' | 'enforce';
  /** What follows from changes outside of the workspaces; default `warn`. */
  escape?: 'warn' | 'fail' | 'off';
  /** What follows when a landing conflicts: the task is done again, an agent resolves it, or a person (`manual`); default `retry`. */
  onConflict?: 'retry' | 'agent' | 'manual';
  /** `run`: commands of a task's checklist must succeed in its workspace; default `show`. */
  checklist?: 'run' | 'show';
  /** `checks`: the project's own checks must pass on what tasks make together before they land; default as the config says. */
  gate?: 'checks' | 'off';
  /** This wave only; the waves before it must be integrated. */
  wave?: number;
  /** These tasks only. */
  only?: string[];
  /** All tasks but these. */
  skip?: string[];
  /** Failed tasks get a fresh set of attempts. */
  retryFailed?: boolean;
}

/** How a plan folder is read. */
export interface Reading {
  /** `blocks` that no `deps` mirrors count as dependencies. */
  honorBlocks?: boolean;
  /** The prompts are generated anew, whatever `prompts/` holds. */
  freshPrompts?: boolean;
}
