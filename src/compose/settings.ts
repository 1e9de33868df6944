import type { Plan } from '../plan/plan.ts';
import type { Config } from '../project/config.ts';
import type { Advice } from '../run/advice.ts';
import type { RunSettings, SandboxMode } from '../run/event.ts';
import type { SelectOptions } from '../schedule/select.ts';
import type { Choices } from './choices.ts';

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
    ...onConflictOf(options.onConflict ?? config.onConflict.policy),
    ...checklistOf(options.checklist ?? config.checklist),
    ...gateOf(options.gate ?? config.landing.gate ?? (namesChecks(config) ? 'checks' : 'off')),
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
  const { onConflict, checklist, gate, taskMemory, maxUsd, maxTaskUsd, maxTokens, ...kept } = frozen;
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
    ...onConflictOf(options.onConflict ?? onConflict),
    ...checklistOf(options.checklist ?? checklist),
    ...gateOf(options.gate ?? gate),
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

/** To try again is what the journal says by saying nothing. */
function onConflictOf(policy: 'retry' | 'agent' | 'manual' | undefined): Pick<RunSettings, 'onConflict'> {
  return policy === undefined || policy === 'retry' ? {} : { onConflict: policy };
}

/** To show them is what the journal says by saying nothing. */
function checklistOf(mode: 'run' | 'show' | undefined): Pick<RunSettings, 'checklist'> {
  return mode === 'run' ? { checklist: mode } : {};
}

function gateOf(gate: 'checks' | 'off' | undefined): Pick<RunSettings, 'gate'> {
  return gate === 'checks' ? { gate } : {};
}

/** Somebody has said what checks the project has: what they cost is known. */
function namesChecks({ checks }: Config): boolean {
  return checks.some(({ command }) => command !== false);
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
