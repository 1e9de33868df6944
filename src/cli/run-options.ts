import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Choices, Reading } from '../compose/choices.ts';
import { parseDuration } from '../util/duration.ts';
import { parseBytes } from '../util/size.ts';

/** Options that `run`, `resume` and `plan` share, as commander hands them over. */
export interface RunOptions extends Choices, Reading {
  /** Try accounts that are parked at once. */
  now?: boolean;
  /** What tasks may write besides their scopes. */
  grant?: string[];
}

export function addLimitOptions(command: Command): Command {
  return command
    .option('--max-concurrent <n>', 'agents at once; auto: as `copse plan` advises (default: config, else 3)', agents)
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
    .addOption(
      new Option(
        '--on-conflict <policy>',
        'retry: do the task again; agent: an agent resolves it; manual: you do (default: config, else retry)',
      ).choices(['retry', 'agent', 'manual']),
    )
    .addOption(
      new Option(
        '--checklist <mode>',
        'run: commands of a checklist must succeed (default: config, else show)',
      ).choices(['run', 'show']),
    )
    .addOption(
      new Option(
        '--gate <mode>',
        "checks: tasks land when the project's checks pass on what they make together (default: config, else checks where it names some)",
      ).choices(['checks', 'off']),
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
    'worktree: each task in a worktree of its own; branch: one after the other in this checkout; directory: all at once in this checkout, each in its directories; auto: as `copse plan` advises';
  const option = new Option('--pattern <name>', `${text} (default: manifest, config, else worktree)`);
  return option.choices(['worktree', 'branch', 'directory', 'auto']);
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

function agents(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : whole(1, 1000)(text);
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
