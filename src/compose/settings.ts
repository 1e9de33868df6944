import type { Plan } from '../plan/plan.ts';
import type { Config } from '../project/config.ts';
import type { Advice } from '../run/advice.ts';
import type { RunSettings, SandboxMode } from '../run/event.ts';
import type { PatternChoice } from '../run/pattern.ts';
import type { SelectOptions } from '../schedule/select.ts';

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
  /** This wave only; the waves before it must be integrated. */
  wave?: number;
  /** These tasks only. */
  only?: string[];
  /** All tasks but these. */
  skip?: string[];
  /** Failed tasks get a fresh set of attempts. */
  retryFailed?: boolean;
}

const HOUR = 3_600_000;

/** What is asked for and may be `auto`: what was typed, else the plan, else the config. */
function askedFor({ pattern, limits }: Config, plan: Plan, options: Choices) {
  return {
    pattern: options.pattern ?? plan.pattern ?? pattern ?? 'worktree',
    maxConcurrent: options.maxConcurrent ?? limits.maxConcurrent ?? 3,
  };
}

/** Whether something is `auto`, and has to be chosen by what is measured. */
export function leavesToAuto(config: Config, plan: Plan, options: Choices): boolean {
  return Object.values(askedFor(config, plan, options)).includes('auto');
}

/**
 * The settings of a new run: what was typed, else the plan, else the config, else the defaults.
 * @param advice what to take for `auto`; the defaults until it is there
 */
export function settingsOf(config: Config, plan: Plan, options: Choices, advice: Advice | null): RunSettings {
  const { limits } = config;
  const model = options.model;
  const asked = askedFor(config, plan, options);
  const pattern = asked.pattern === 'auto' ? (advice?.pattern ?? 'worktree') : asked.pattern;
  const agents = asked.maxConcurrent === 'auto' ? (advice?.agents.count ?? 3) : asked.maxConcurrent;
  return {
    pattern,
    ...sandboxOf(options.sandbox ?? config.sandbox.mode),
    agent: options.agent ?? config.agent,
    ...(model && { model }),
    maxConcurrent: pattern === 'branch' ? 1 : agents,
    retries: options.retries ?? limits.retries ?? 1,
    timeoutMs: options.timeout ?? limits.timeout ?? 2 * HOUR,
    stallMs: options.stall ?? limits.stall ?? HOUR / 2,
    barrier: options.barrier ?? 'none',
    scope: options.scope ?? config.scope.policy ?? 'warn',
    escape: options.escape ?? config.escape ?? 'warn',
    ...taskMemoryOf(options.taskMemory ?? limits.taskMemory),
    ...budgetOf({
      maxUsd: options.maxCost ?? limits.maxCost,
      maxTaskUsd: options.maxTaskCost ?? limits.maxTaskCost,
      maxTokens: options.maxTokens ?? limits.maxTokens,
    }),
  };
}

/** The settings of a run that goes on: as they were, with what was typed this time. */
export function changedSettings(frozen: RunSettings, options: Choices): RunSettings {
  const { taskMemory, maxUsd, maxTaskUsd, maxTokens, ...kept } = frozen;
  const agents = options.maxConcurrent === 'auto' ? undefined : options.maxConcurrent;
  return {
    ...kept,
    ...(agents !== undefined && frozen.pattern !== 'branch' && { maxConcurrent: agents }),
    ...(options.retries !== undefined && { retries: options.retries }),
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.stall !== undefined && { stallMs: options.stall }),
    ...(options.barrier !== undefined && { barrier: options.barrier }),
    ...(options.scope !== undefined && { scope: options.scope }),
    ...(options.escape !== undefined && { escape: options.escape }),
    ...taskMemoryOf(options.taskMemory ?? taskMemory),
    ...budgetOf({
      maxUsd: options.maxCost ?? maxUsd,
      maxTaskUsd: options.maxTaskCost ?? maxTaskUsd,
      maxTokens: options.maxTokens ?? maxTokens,
    }),
    ...(options.agent !== undefined && { agent: options.agent }),
    ...(options.model !== undefined && { model: options.model }),
  };
}

function sandboxOf(mode: SandboxMode): Pick<RunSettings, 'sandbox'> {
  return mode === 'auto' ? {} : { sandbox: mode };
}

/** 0 is no limit, which the journal says by saying nothing. */
function taskMemoryOf(bytes: number | undefined): Pick<RunSettings, 'taskMemory'> {
  return bytes ? { taskMemory: bytes } : {};
}

/** The same of budgets. */
function budgetOf(limits: { [name in 'maxUsd' | 'maxTaskUsd' | 'maxTokens']: number | undefined }) {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit)) as Pick<
    RunSettings,
    'maxUsd' | 'maxTaskUsd' | 'maxTokens'
  >;
}

export function selectionOf({ wave, only, skip, retryFailed }: Choices): SelectOptions {
  return {
    ...(wave !== undefined && { wave }),
    ...(only && { only }),
    ...(skip && { skip }),
    ...(retryFailed && { retryFailed }),
  };
}
