import type { Advice } from './advice.ts';
import type { LandingEvent } from './batch.ts';
import type { BrokenContract } from './broken.ts';
import type { StackCheck } from './check.ts';
import type { ContractCheck } from './contract.ts';
import type { Escape } from './escape.ts';
import type { Failure, Limit, Outcome } from './failure.ts';
import type { GateName } from './gate-name.ts';
import type { Hold } from './hold.ts';
import type { Pattern } from './pattern.ts';
import type { Selection, TaskSeed } from './selection.ts';
import type { Settled } from './settled.ts';

export type RunId = string;
export type TaskId = string;
/** A full git object id. */
export type Oid = string;

/** What every journal line carries. `at`: milliseconds since the epoch; `seq`: from 1, without gaps. */
export interface Stamp {
  v: 1;
  seq: number;
  at: number;
  run: RunId;
}

/** Tokens of one attempt so far (not a delta: reading a line twice changes nothing). */
export interface Tokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** Money of one attempt so far. `reported` by the agent, `estimated` from tokens, `unknown` when there is no figure. */
export interface Cost {
  usd: number | null;
  source: 'reported' | 'estimated' | 'unknown';
}

/** What an agent is doing right now, one line for people. */
export interface Activity {
  kind: 'tool' | 'text' | 'waiting';
  /** `Write src/a.ts`, `Bash npm test`, `retry 2/10 after 529`; at most 200 characters, one line. */
  summary: string;
}

/** The agent's JSON block, as it said it: shown beside the evidence, never taken for it. */
export interface Claim {
  task_completed?: boolean;
  validation_passed?: boolean;
  files_created?: string[];
  files_modified?: string[];
  tests_run?: number;
  tests_passed?: number;
  tests_failed?: number;
  summary?: string;
  full_log?: string;
  error_message?: string | null;
  /** What it would have to write besides its scope. */
  scope_request?: ScopeRequest[];
}

/** A file, or a part of one (`src/a.ts::Order`), that an agent asks to write; as it said it. */
export interface ScopeRequest {
  path: string;
  reason: string;
}

/** One thing that was measured about an attempt. */
export interface Evidence {
  gate: GateName;
  verdict: 'pass' | 'warn' | 'fail';
  /** One sentence, for people. */
  summary: string;
  details?: unknown;
}

/** Whether the system holds agents to what they may write; auto: where a pattern depends on it, and the machine can. */
export type SandboxMode = 'auto' | 'on' | 'off';

/** Settings of a run that its journal fixes; durations in milliseconds. */
export interface RunSettings {
  pattern: Pattern;
  /** Default auto. */
  sandbox?: SandboxMode;
  agent: string;
  model?: string;
  maxConcurrent: number;
  /** Further attempts after the first. */
  retries: number;
  timeoutMs: number;
  /** No byte from the agent for this long ends the attempt; 0 is never. */
  stallMs: number;
  barrier: 'none' | 'wave';
  scope: 'warn' | 'enforce';
  /** What follows when an agent changes what is not in its workspace; absent: warn. */
  escape?: 'warn' | 'fail' | 'off';
  /** What follows when a landing conflicts; absent: the task is tried again. */
  onConflict?: 'agent' | 'manual';
  /** Commands of checklists must succeed before a task lands; absent: they are shown. */
  checklist?: 'run';
  /** The project's own checks must pass on what tasks make together before they land; absent: that is not asked for. */
  gate?: 'checks';
  /** Bytes of memory that all processes of one agent may hold; absent is no limit. */
  taskMemory?: number;
  /** US dollars that all attempts of the run together may cost; it pauses when they have. */
  maxUsd?: number;
  /** The same in tokens, those read from a cache included. */
  maxTokens?: number;
  /** US dollars that all attempts at one task together may cost; it fails when they have. */
  maxTaskUsd?: number;
}

/** `paused`: its budget was reached. */
export type RunOutcome = 'integrated' | 'partial' | 'failed' | 'stopped' | 'paused';

/** A limit of the run that was reached; US dollars or tokens. */
export interface BudgetReached {
  what: 'cost' | 'tokens';
  spent: number;
  limit: number;
}

/** Why an agent was told to end while it ran. */
export type Ending = 'limit' | 'budget' | 'task-budget';

/** Everything a run can say. Ids and facts, past tense; sentences exist in renderers only. */
export type RunEvent = Stamp & RunEventBody;

export type RunEventBody =
  | {
      type: 'run.created';
      plan: string;
      title: string;
      /** Absolute path of the plan folder at the start. */
      planDir: string;
      base: Oid;
      /** The branch the run started from; null on a detached HEAD. */
      target: string | null;
      /** `refs/heads/copse/TS-0042-inventory-system`. */
      integrationRef: string;
      settings: RunSettings;
      tasks: TaskSeed[];
      waves: { number: number; name?: string; validated: boolean }[];
      dependencies: boolean;
      /** What `auto` chose, and why; absent when nothing was left to it. */
      advice?: Advice;
    }
  /** `settings`: in force from here on; a resumed run may change limits. `now`: parked accounts are tried at once. */
  | {
      type: 'run.opened';
      pid: number;
      host: string;
      epoch: number;
      selection: Selection;
      settings?: RunSettings;
      now?: true;
    }
  | { type: 'run.stopping'; signal: string }
  /** Nothing starts any more, running agents are ended. */
  | ({ type: 'budget.reached' } & BudgetReached)
  | { type: 'run.finished'; outcome: RunOutcome; failure?: Failure }
  /** The machine has no room for one more agent; told when it begins, and when what is short changes. */
  | { type: 'admission.held'; hold: Hold }
  | { type: 'admission.resumed' }
  /**
   * No agent of the account starts before `until`, jitter included. `strikes`: how often in a row it was limited without
   * saying until when.
   */
  | {
      type: 'quota.parked';
      account: string;
      until: number;
      resetsAt: number | null;
      reason: 'usage-limit' | 'overloaded';
      text: string;
      strikes: number;
      by: { task: TaskId; attempt: number };
    }
  /** An agent of the account got answers again. */
  | { type: 'quota.reopened'; account: string; by: { task: TaskId; attempt: number } }
  | { type: 'dependencies.started'; onto: Oid }
  | { type: 'dependencies.installed'; commit: Oid }
  | { type: 'dependencies.failed'; failure: Failure }
  | { type: 'wave.started'; wave: number }
  | { type: 'wave.validating'; wave: number; commit: Oid; command: string }
  | { type: 'wave.validated'; wave: number; commit: Oid; ms: number }
  | { type: 'wave.failed'; wave: number; failure: Failure }
  | { type: 'wave.completed'; wave: number; integrated: number; total: number }
  /** The contracts of the plan are compared with the merged tree. */
  | { type: 'contracts.checking'; commit: Oid }
  /** `broken`: those whose errors count by the policy. */
  | { type: 'contracts.checked'; commit: Oid; checks: ContractCheck[]; broken: BrokenContract[] }
  | { type: 'task.blocked'; task: TaskId; by: { task: TaskId } | { wave: number } }
  | { type: 'task.noted'; task: TaskId; note: string }
  /** A person lets the task write these besides its scope: `src/a.ts`, `src/a.ts::Order`. */
  | { type: 'scope.granted'; task: TaskId; entries: string[] }
  | {
      type: 'attempt.started';
      task: TaskId;
      attempt: number;
      agent: string;
      branch: string;
      workspace: string;
      base: Oid;
      /** The failure this attempt is to mend. */
      because?: Failure;
      /** Whose allowance it uses; agents with the same login share one. */
      account?: string;
      /** The session of an earlier attempt that it goes on with, in the same workspace. */
      resume?: string;
      /** The work of an earlier attempt that it merges with what has landed, where git met a conflict. */
      resolves?: { attempt: number; head: Oid };
    }
  | { type: 'attempt.prepared'; task: TaskId; attempt: number; ms: number; notes: string[] }
  | { type: 'attempt.spawned'; task: TaskId; attempt: number; pid: number; pidStart: string; session?: string }
  | { type: 'attempt.activity'; task: TaskId; attempt: number; activity: Activity }
  | { type: 'attempt.usage'; task: TaskId; attempt: number; tokens: Tokens; cost: Cost; turns?: number }
  /** The agent waits because its account is limited; it may still get answers later. */
  | { type: 'attempt.limited'; task: TaskId; attempt: number; limit: Limit }
  /** We asked the agent to end. */
  | { type: 'attempt.ending'; task: TaskId; attempt: number; why: Ending }
  | ({ type: 'attempt.ended'; task: TaskId; attempt: number } & AttemptResult)
  | { type: 'attempt.verified'; task: TaskId; attempt: number; head: Oid; evidence: Evidence[] }
  /** `granted`: what it asked for, and nobody else owns: the next attempt may write it. */
  | {
      type: 'attempt.failed';
      task: TaskId;
      attempt: number;
      failure: Failure;
      evidence: Evidence[];
      granted?: string[];
    }
  /** Something outside of the workspaces changed while agents ran. */
  | ({ type: 'escape.found' } & Escape)
  | LandingEvent
  /** `settled`: its work conflicted, and landed all the same. */
  | {
      type: 'task.integrated';
      task: TaskId;
      attempt: number;
      head: Oid;
      commit: Oid;
      commits: number;
      settled?: Settled;
    }
  /** A person committed to the integration branch between two openings of the run. */
  | { type: 'integration.moved'; from: Oid; to: Oid }
  /** The project's own checks were run on what is to land; empty: they were left out this time. */
  | { type: 'stack.checked'; commit: Oid; checks: StackCheck[] }
  /** The target is about to be moved; `tip`: the commit of the integration branch that lands. */
  | { type: 'target.landing'; target: string; from: Oid; to: Oid; tip: Oid; how: LandingHow }
  /** `from` and `to` are the same when it had everything already. */
  | { type: 'target.landed'; target: string; from: Oid; to: Oid; how: LandingHow; settled?: Settled }
  /** A landing was taken back: the target is at `to` again. */
  | { type: 'target.restored'; target: string; from: Oid; to: Oid }
  /** The integration branch was pushed to a remote, to be merged into `base` there; `url`: null where a person has to ask for it. */
  | { type: 'pull-request.opened'; remote: string; branch: string; base: string; commit: Oid; url: string | null }
  | { type: 'workspace.removed'; task: TaskId; path: string; branch: string | null }
  /** Given up by a person (`clean --force`): nothing of it will be gone on with. */
  | { type: 'run.abandoned' };

/** The history that a landing makes: one commit, always a merge commit, the commits of the tasks in a line. */
export type LandingStyle = 'squash' | 'merge' | 'rebase';
export type LandingHow = 'fast-forward' | LandingStyle;

/** How an attempt ended, as its executor measured it. The merger reads `head` and nothing else. */
export interface AttemptResult {
  outcome: Outcome;
  /** One sentence from the agent's result or stderr. */
  message: string;
  exit: number | null;
  signal: string | null;
  /** The branch tip after leftovers were committed; null when there was no workspace to read. */
  head: Oid | null;
  /** Commits after the base. */
  commits: number;
  /** Paths that the agent left uncommitted and we committed for it. */
  leftovers: string[];
  /** Paths of the plan that it changed, and that were given back. */
  refused?: string[];
  /** `.claude-task-complete` was there. */
  marker: boolean;
  /** What was changed meanwhile of what all worktrees share: `config core.hookspath`, `hooks/pre-commit`. */
  shared?: string[];
  /** Its transcript shows a command that runs tests; absent where a transcript cannot tell. */
  ranTests?: boolean;
  claim: Claim | null;
  tokens: Tokens;
  cost: Cost;
  ms: number;
  /** The most memory that its processes held at once, bytes; absent when nobody looked, as for a short one. */
  memory?: number;
  /** The account was limited: this is what ended it. */
  limit?: Limit;
  /** The failure of the executor itself (no workspace, set-up failed), when it never came to an agent. */
  failure?: Failure;
}
