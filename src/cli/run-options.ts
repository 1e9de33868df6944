import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../project/config.ts';
import type { Pattern, RunSettings, SandboxMode } from '../run/event.ts';
import type { SelectOptions } from '../schedule/select.ts';
import { parseDuration } from '../util/duration.ts';
import { parseBytes } from '../util/size.ts';

/** Options that `run`, `resume` and `plan` share, as commander hands them over. */
export interface RunOptions {
  maxConcurrent?: number;
  retries?: number;
  timeout?: number;
  stall?: number;
  taskMemory?: number;
  /** US dollars; 0 is no limit. */
  maxCost?: number;
  maxTaskCost?: number;
  maxTokens?: number;
  /** Try accounts that are parked at once. */
  now?: boolean;
  barrier?: 'none' | 'wave';
  scope?: 'warn' | 'enforce';
  escape?: 'warn' | 'fail' | 'off';
  agent?: string;
  pattern?: Pattern;
  sandbox?: SandboxMode;
  model?: string;
  wave?: number;
  only?: string[];
  skip?: string[];
  retryFailed?: boolean;
  honorBlocks?: boolean;
  freshPrompts?: boolean;
}

const HOUR = 3_600_000;

export function addLimitOptions(command: Command): Command {
  return command
    .option('--max-concurrent <n>', 'agents at once (default: config, else 3)', whole(1, 1000))
    .option('--retries <n>', 'further attempts after a failure (default: config, else 1)', whole(0, 100))
    .option('--timeout <duration>', 'time an agent has, as 90s, 30m, 2h (default: config, else 2h)', positive)
    .option(
      '--stall <duration>',
      'end an agent that says nothing for so long; 0 is never (default: config, else 30m)',
      milliseconds,
    )
    .option('--task-memory <size>', 'end an agent that holds more memory, as 2G; 0 is no limit', bytes)
    .option('--max-cost <usd>', 'pause when the run has cost so much; 0 is no limit', usd)
    .option('--max-task-cost <usd>', 'fail a task that has cost so much; 0 is no limit', usd)
    .option('--max-tokens <n>', 'pause when the run has used so many; 0 is no limit', whole(0, 1e12))
    .addOption(
      new Option('--barrier <kind>', 'wave: a wave starts when all before it are in').choices(['none', 'wave']),
    )
    .addOption(
      new Option('--scope <policy>', 'changes outside CREATE and MODIFY (default: config, else warn)').choices([
        'warn',
        'enforce',
      ]),
    )
    .addOption(
      new Option('--escape <policy>', 'changes outside of the workspaces (default: config, else warn)').choices([
        'warn',
        'fail',
        'off',
      ]),
    )
    .option(
      '--agent <name>',
      'claude, codex, gemini, opencode, or one of the config, for tasks that name none (default: config, else claude)',
      word,
    )
    .option('--model <name>', 'model for agents that take one', word);
}

/** Where attempts work; fixed for the whole of a run. */
export function patternOption(): Option {
  const text =
    'worktree: each task in a worktree of its own; branch: one after the other in this checkout; directory: all at once in this checkout, each in its directories';
  const option = new Option('--pattern <name>', `${text} (default: config, else worktree)`);
  return option.choices(['worktree', 'branch', 'directory']);
}

/** Whether agents are confined by the system. */
export function sandboxOption(): Option {
  const text = 'on: the system refuses what an agent may not write; auto: with --pattern directory, where it can';
  return new Option('--sandbox <mode>', `${text} (default: config, else auto)`).choices(['auto', 'on', 'off']);
}

/** How a run shows itself while it goes on. */
export function progressOption(): Option {
  const text = 'live: a status drawn in place; plain: a line for each step; auto: live on a terminal';
  return new Option('--progress <kind>', text).choices(['auto', 'plain', 'live']).default('auto');
}

export function addSelectOptions(command: Command): Command {
  return command
    .option('--wave <n>', 'this wave only; the waves before it must be integrated', whole(1, 100_000))
    .option('--only <ids>', 'these tasks only, separated by commas', ids)
    .option('--skip <ids>', 'leave these tasks out, separated by commas', ids)
    .option('--retry-failed', 'give failed tasks a fresh set of attempts');
}

/** The settings of a new run: what was typed, else the config, else the defaults. */
export function settingsOf(config: Config, options: RunOptions): RunSettings {
  const { limits } = config;
  const model = options.model;
  const pattern = options.pattern ?? config.pattern;
  return {
    pattern,
    ...sandboxOf(options.sandbox ?? config.sandbox.mode),
    agent: options.agent ?? config.agent,
    ...(model && { model }),
    maxConcurrent: pattern === 'branch' ? 1 : (options.maxConcurrent ?? limits.maxConcurrent ?? 3),
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
export function changedSettings(frozen: RunSettings, options: RunOptions): RunSettings {
  const { taskMemory, maxUsd, maxTaskUsd, maxTokens, ...kept } = frozen;
  return {
    ...kept,
    ...(options.maxConcurrent !== undefined && frozen.pattern !== 'branch' && { maxConcurrent: options.maxConcurrent }),
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

export function selectionOf({ wave, only, skip, retryFailed }: RunOptions): SelectOptions {
  return {
    ...(wave !== undefined && { wave }),
    ...(only && { only }),
    ...(skip && { skip }),
    ...(retryFailed && { retryFailed }),
  };
}

/** Reads a whole number from `min` to `max`, both included. */
export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
    }
    return value;
  };
}

function usd(text: string): number {
  const value = Number(text.replace(/^\$/, ''));
  if (!/^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text)) {
    throw new InvalidArgumentError('An amount in US dollars is needed, such as 20 or 2.50.');
  }
  return value;
}

function milliseconds(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new InvalidArgumentError('A duration is needed, such as 90s, 30m or 2h.');
  return value;
}

function bytes(text: string): number {
  const value = parseBytes(text);
  if (value === null) throw new InvalidArgumentError('A size is needed, such as 2G or 500M.');
  return value;
}

function positive(text: string): number {
  const value = milliseconds(text);
  if (value === 0) throw new InvalidArgumentError('An agent needs some time: 90s, 30m or 2h.');
  return value;
}

function word(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A name is needed.');
  return text;
}

function ids(text: string, before: string[] = []): string[] {
  const given = text
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  if (given.length === 0) throw new InvalidArgumentError('Ids of tasks are needed, separated by commas.');
  return [...before, ...given];
}
