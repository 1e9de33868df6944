import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAdapter, AgentContext, AgentEvent, AgentVerdict } from '../../src/agent/adapter.ts';
import { withOverlay } from '../../src/agent/environment.ts';

export interface AgentRun {
  events: AgentEvent[];
  verdict: AgentVerdict;
  exit: number | null;
  signal: string | null;
  transcript: string;
  stderr: string;
  /** The transcript as a person reads it. */
  log: string;
}

export interface RunningAgent {
  pid: number;
  /** Resolves when the agent has ended. */
  ended: Promise<AgentRun>;
}

export interface AgentRunOptions {
  /** The environment that the adapter's overlay is put over. */
  env: NodeJS.ProcessEnv;
  prompt: string;
  /** Folder for the prompt, the transcript and stderr. */
  dir: string;
  context: Omit<AgentContext, 'promptFile'>;
}

/** Starts an agent the way copse does: by its adapter's command line, with files as stdin, stdout and stderr. */
export function startAgent(adapter: AgentAdapter, options: AgentRunOptions): RunningAgent {
  const file = (name: string) => join(options.dir, `${options.context.task}.${options.context.attempt}.${name}`);
  const promptFile = file('prompt.txt');
  writeFileSync(promptFile, options.prompt);
  const context: AgentContext = { ...options.context, promptFile };
  const { argv, env, stdin } = adapter.command(context);
  const stdio = [
    openSync(stdin === 'prompt' ? promptFile : '/dev/null', 'r'),
    openSync(file('transcript'), 'w'),
    openSync(file('stderr'), 'w'),
  ];
  const child = spawn(argv[0]!, argv.slice(1), { cwd: context.workspace, env: withOverlay(options.env, env), stdio });
  const ended = new Promise<AgentRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) => {
      for (const fd of stdio) closeSync(fd);
      const transcript = readFileSync(file('transcript'), 'utf8');
      resolve(account(adapter, context, { exit, signal, transcript, stderr: readFileSync(file('stderr'), 'utf8') }));
    });
  });
  return { pid: child.pid!, ended };
}

/** Starts an agent and waits for its end. */
export function runAgent(adapter: AgentAdapter, options: AgentRunOptions): Promise<AgentRun> {
  return startAgent(adapter, options).ended;
}

type Ended = Pick<AgentRun, 'exit' | 'signal' | 'transcript' | 'stderr'>;

function account(adapter: AgentAdapter, context: AgentContext, ended: Ended): AgentRun {
  const reader = adapter.reader(context);
  const lines = ended.transcript.split('\n').filter((line) => line !== '');
  const events = lines.flatMap((line) => reader.line(line));
  const verdict = reader.verdict(ended.exit, ended.signal, ended.stderr);
  const log = lines.map((line) => adapter.render(line)).filter((text) => text !== null);
  return { ...ended, events, verdict, log: log.join('\n') };
}
