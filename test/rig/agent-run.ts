import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAdapter, AgentContext, AgentEvent, AgentVerdict } from '../../src/agent/adapter.ts';
import { withOverlay } from '../../src/agent/environment.ts';
import { launch } from '../../src/process/launch.ts';
import { descendants } from '../../src/process/tree.ts';
import { readExit } from '../../src/process/wait.ts';

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
  /** Signals the agent itself, not the wrapper around it. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the agent has ended. */
  ended: Promise<AgentRun>;
}

export interface AgentRunOptions {
  /** The environment that the adapter's overlay is put over. */
  env: NodeJS.ProcessEnv;
  prompt: string;
  /** Folder for the prompt, the transcript, stderr and the exit status. */
  dir: string;
  context: Omit<AgentContext, 'promptFile'>;
}

/** Starts an agent the way copse does: by its adapter's command line, with files as stdin, stdout and stderr. */
export async function startAgent(adapter: AgentAdapter, options: AgentRunOptions): Promise<RunningAgent> {
  const file = (name: string) => join(options.dir, `${options.context.session}.${name}`);
  const context: AgentContext = { ...options.context, promptFile: file('prompt.txt') };
  writeFileSync(context.promptFile, options.prompt);
  const { argv, env, stdin } = adapter.command(context);
  const [stdout, stderr, exitFile] = [file('transcript'), file('stderr'), file('exit')];
  const launched = await launch({
    argv,
    cwd: context.workspace,
    env: withOverlay(options.env, env),
    stdin: stdin === 'prompt' ? context.promptFile : null,
    stdout,
    stderr,
    exitFile,
  });
  if ('error' in launched) throw new Error(`${launched.error.code}: ${launched.error.message}`);
  return {
    kill: (signal) => process.kill(descendants(launched.pid)[0]!, signal),
    ended: launched.exited.then(() => {
      const { exit, signal } = readExit(exitFile) ?? { exit: null, signal: null };
      const text = (path: string) => readFileSync(path, 'utf8');
      return account(adapter, context, { exit, signal, transcript: text(stdout), stderr: text(stderr) });
    }),
  };
}

/** Starts an agent and waits for its end. */
export async function runAgent(adapter: AgentAdapter, options: AgentRunOptions): Promise<AgentRun> {
  return (await startAgent(adapter, options)).ended;
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
